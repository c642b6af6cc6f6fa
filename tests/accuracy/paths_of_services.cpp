#include "sim/base/assets.h"
#include "sim/model/design_json.h"
#include "tests/accuracy/examples.h"
#include "tests/support/drawing.h"

namespace neph {

namespace {

/// Tasks of a size, and what a request asks of one.
Properties tasks(int count, const char* vcpu, int memoryMiB, double cpuMs, int workers = 64)
{
    return {{"desiredCount", count}, {"cpu", vcpu},        {"memoryMiB", memoryMiB},
            {"cpuMs", cpuMs},        {"workers", workers}, {"memoryPerRequestMiB", 1}};
}

Properties with(Properties properties, const Properties& more)
{
    for (const auto& [key, value] : more) {
        properties[key] = value;
    }
    return properties;
}

Properties alwaysRate(double rate)
{
    return {{"load", "constant"}, {"rate", rate}};
}

/// A day of `hours`: lowest at its start, highest in its middle.
Properties daily(double lowest, double highest, double hours)
{
    return {{"load", "daily"}, {"rate", lowest}, {"peakRate", highest}, {"periodHours", hours}};
}

/// More than usual for a while.
Properties spike(double usual, double highest, double atSeconds, double forSeconds)
{
    return {
        {"load", "spike"},
        {"rate", usual},
        {"peakRate", highest},
        {"startSeconds", atSeconds},
        {"rampSeconds", forSeconds}};
}

/// A region with a VPC of three zones, a cluster, an image and a load balancer, to put services in.
class Site {
public:
    Site()
    {
        m_drawing.add("region", "aws.region", "").add("vpc", "aws.vpc", "region");
        for (const char* letter : {"a", "b", "c"}) {
            m_drawing.add(
                std::string("zone-") + letter, "aws.availability_zone", "vpc", {{"letter", letter}});
        }
        m_drawing.add("cluster", "aws.ecs.cluster", "vpc")
            .add("image", "container.image", "region")
            .add("ecr", "aws.ecr", "region")
            .connect("image", "ecr")
            .add("lb", "aws.alb", "vpc", {{"deregistrationDelay", 30}});
    }

    Site& users(const std::string& id, const Properties& load, const std::string& target = "lb")
    {
        const Value one = Value::array(
            {{{"name", id}, {"weight", 1}, {"cpuMs", 0}, {"requestKiB", 2}, {"responseKiB", 8}}});
        m_drawing.add(id, "users", "", with({{"classes", one}}, load)).connect(id, target);
        return *this;
    }
    Site& service(const std::string& id, Properties properties)
    {
        m_drawing.add(id, "aws.ecs.fargate_service", "cluster", std::move(properties)).connect(id, "image");
        return *this;
    }
    Site& balancer(const std::string& id)
    {
        m_drawing.add(id, "aws.alb", "vpc", {{"deregistrationDelay", 30}});
        return *this;
    }
    Site& table(const std::string& id, Properties properties)
    {
        m_drawing.add(id, "aws.dynamodb", "region", std::move(properties));
        return *this;
    }
    Site& link(const std::string& from, const std::string& to, Properties properties = {})
    {
        m_drawing.connect(from, to, std::move(properties));
        return *this;
    }
    Site& without(const std::string& id)
    {
        m_drawing.remove(id);
        return *this;
    }
    Site& set(const std::string& id, const std::string& key, Value value)
    {
        m_drawing.set(id, key, std::move(value));
        return *this;
    }
    Site& fault(
        const std::string& kind, const std::string& target, double atSeconds, Properties properties = {},
        double forSeconds = 0)
    {
        m_drawing.fault(kind, target, atSeconds, std::move(properties), forSeconds);
        return *this;
    }

    Example example(const std::string& name, const std::string& point, double hours, int truths = 3) const
    {
        Example made{name, point, m_drawing.design(), truths};
        made.design.name = name;
        made.design.runSeconds = hours * 3600;
        return made;
    }

private:
    Drawing m_drawing;
};

Example chainWithRetries()
{
    return Site()
        .users("shoppers", daily(200, 560, 8))
        .service("front", tasks(6, "1", 2048, 4))
        .service("back", tasks(16, "1", 2048, 20))
        .link("lb", "front")
        .link("front", "back", {{"timeoutMs", 200}, {"retries", 2}, {"retryBaseMs", 100}})
        .example("chain-retries", "two services, timeout 200 ms, two retries with backoff", 8);
}

Example fanOut()
{
    return Site()
        .users("shoppers", daily(150, 350, 8))
        .service("front", tasks(3, "1", 2048, 5))
        .service("stock", tasks(12, "1", 2048, 8))
        .service("prices", tasks(5, "1", 2048, 10))
        .balancer("inner")
        .link("lb", "front")
        .link("front", "inner", {{"callsPerRequest", 3}, {"parallel", true}})
        .link("inner", "stock")
        .link("front", "prices")
        .example("fan-out", "three calls at once, joined, then another service", 8);
}

Example sharedTable()
{
    const Properties put{{"operation", "PutItem"}, {"retries", 3}, {"retryBaseMs", 50}, {"itemKB", 0.5}};
    return Site()
        .users("shoppers", daily(200, 450, 8))
        .users("suppliers", alwaysRate(100), "stock")
        .service("shop", tasks(6, "1", 2048, 8))
        .service("stock", tasks(3, "1", 2048, 10))
        .table("orders", {{"billingMode", "PROVISIONED"}, {"writeCapacity", 500}})
        .link("lb", "shop")
        .link("shop", "orders", put)
        .link("stock", "orders", put)
        .example("shared-table", "two services, one provisioned table near its limit, retries", 8);
}

Example hotKey()
{
    return Site()
        .users("shoppers", daily(400, 900, 6))
        .service("shop", tasks(10, "1", 2048, 6))
        .table("votes", {{"keySkew", 1.1}, {"partitions", 4}, {"items", 100'000}})
        .link("lb", "shop")
        .link("shop", "votes", {{"operation", "PutItem"}, {"itemKB", 2.5}, {"retries", 3}})
        .example("hot-key", "on-demand table, a skewed key throttles one partition, retries", 6);
}

Example concurrencyLimit()
{
    return Site()
        .without("lb")
        .users("shoppers", with(daily(800, 2200, 4), {{"retries", 2}}), "function")
        .service("function", with(tasks(1, "4", 8192, 1, 40), {{"queueLimit", 0}}))
        .table("items", Properties{})
        .link("function", "items", {{"operation", "Query"}, {"callsPerRequest", 4}})
        .example("concurrency-limit", "40 at a time, no queue (a loss system), retries", 4);
}

Example flashCrowd()
{
    return Site()
        .users("shoppers", with(spike(420, 720, 10'800, 900), {{"retries", 0}, {"patienceSeconds", 600}}))
        .service("front", tasks(3, "2", 4096, 5))
        .service("back", with(tasks(6, "4", 8192, 40, 4), {{"queueLimit", 100'000}}))
        .link("lb", "front")
        .link("front", "back", {{"timeoutMs", 600'000}})
        .set("front", "workers", 100'000)
        .set("front", "memoryPerRequestMiB", 0)
        .example("flash-crowd", "a long queue fills for 15 minutes and drains", 6);
}

Example classesThatDiffer()
{
    const Value classes = Value::array(
        {{{"name", "light"}, {"weight", 90}, {"cpuMs", 1}, {"requestKiB", 1}, {"responseKiB", 4}},
         {{"name", "medium"}, {"weight", 9}, {"cpuMs", 20}, {"requestKiB", 1}, {"responseKiB", 4}},
         {{"name", "heavy"}, {"weight", 1}, {"cpuMs", 400}, {"requestKiB", 1}, {"responseKiB", 4}}});
    return Site()
        .users("shoppers", with(daily(500, 900, 6), {{"classes", classes}}))
        .service("shop", tasks(4, "2", 4096, 1, 8))
        .table("items", Properties{})
        .link("lb", "shop")
        .link("shop", "items")
        .example("classes", "1, 20 and 400 ms of CPU in one service", 6);
}

Example closedLoad()
{
    return Site()
        .users("testers", {{"load", "closed"}, {"users", 6000}, {"thinkSeconds", 10}, {"arriveSeconds", 60}})
        .service("front", tasks(4, "1", 2048, 4))
        .service("back", tasks(8, "1", 2048, 12))
        .link("lb", "front")
        .link("front", "back")
        .example("closed-load", "6,000 users who think 10 s, the second service at 90 %", 6);
}

Example balanced(const char* algorithm, const char* name)
{
    return Site()
        .users("shoppers", daily(700, 1050, 5))
        .service("shop", with(tasks(28, "1", 2048, 20, 1), {{"queueLimit", 1000}}))
        .table("items", Properties{})
        .set("lb", "algorithm", algorithm)
        .link("lb", "shop")
        .link("shop", "items")
        .example(name, "28 tasks that do one request at a time, up to 85 %", 5);
}

Example lawOfTimes(const char* law, double scv, const char* name)
{
    const Properties times{{"cpuLaw", law}, {"cpuScv", scv}, {"queueLimit", 5000}};
    return Site()
        .users("shoppers", daily(400, 900, 5))
        .service("front", with(tasks(3, "4", 8192, 10, 4), times))
        .service("back", with(tasks(6, "4", 8192, 20, 4), times))
        .set("front", "workers", 64)
        .link("lb", "front")
        .link("front", "back")
        .example(name, "two services whose times are " + std::string(law), 5);
}

Example scalingOnRequests()
{
    const Properties onRequests{
        {"autoscaling", "requests"}, {"targetRequestsPerTarget", 4000}, {"minCount", 2}, {"maxCount", 30},
        {"scaleOutCooldown", 60},    {"scaleInCooldown", 300}};
    const Properties onCpu{{"autoscaling", "cpu"}, {"targetCpu", 60}, {"minCount", 2}, {"maxCount", 40}};
    return Site()
        .users("shoppers", daily(100, 900, 10))
        .service("front", with(tasks(3, "1", 2048, 9), onRequests))
        .service("back", with(tasks(4, "1", 2048, 12), onCpu))
        .link("lb", "front")
        .link("front", "back")
        .example("scaling-both", "one service scales on requests per target, the next on CPU", 10);
}

Example scalingUnderACrowd()
{
    const Properties onCpu{{"autoscaling", "cpu"}, {"targetCpu", 55},        {"minCount", 3},
                           {"maxCount", 40},       {"scaleOutCooldown", 60}, {"queueLimit", 4000}};
    return Site()
        .users("shoppers", daily(150, 500, 8))
        .users("crowd", spike(0, 900, 14'400, 1'200))
        .service("shop", with(tasks(5, "1", 2048, 12), onCpu))
        .table("items", {{"billingMode", "PROVISIONED"}, {"autoscaling", true}, {"readCapacity", 200}})
        .link("lb", "shop")
        .link("shop", "items", {{"consistency", "strong"}})
        .example("scaling-crowd", "tasks and table scale, a crowd comes faster than they do, retries", 8);
}

Example retryStorm()
{
    return Site()
        .users(
            "shoppers",
            with(spike(300, 620, 3600, 120), {{"patienceSeconds", 2}, {"retries", 3}, {"retryBaseMs", 200}}))
        .service("front", tasks(4, "1", 2048, 3))
        .service("back", tasks(8, "1", 2048, 20, 16))
        .link("lb", "front")
        .link("front", "back", {{"timeoutMs", 1000}, {"retries", 2}, {"retryBaseMs", 50}})
        .example("retry-storm", "a spike of two minutes, after which retries keep the load up", 3);
}

Example zoneLost()
{
    return Site()
        .users("shoppers", with(alwaysRate(420), {{"patienceSeconds", 3}}))
        .service("front", tasks(6, "1", 2048, 7))
        .service("back", tasks(9, "1", 2048, 12))
        .link("lb", "front")
        .link("front", "back", {{"timeoutMs", 500}, {"retries", 1}})
        .fault("loseZone", "zone-b", 7200, {}, 3600)
        .example("zone-lost", "a third of the tasks of two services goes for an hour", 6);
}

Example tasksKilled()
{
    return Site()
        .users("shoppers", alwaysRate(450))
        .service("front", tasks(5, "1", 2048, 6))
        .service("back", with(tasks(8, "1", 2048, 13), {{"deployAtSeconds", 14'400}}))
        .link("lb", "front")
        .link("front", "back", {{"timeoutMs", 1000}, {"retries", 2}})
        .fault("killTask", "back", 3600, {{"count", 2}})
        .fault("killTask", "front", 9000, {{"count", 2}})
        .example("tasks-killed", "tasks die twice, a deployment rolls through", 6);
}

Example smallTasks()
{
    return Site()
        .users("shoppers", daily(500, 1000, 5))
        .service("shop", tasks(20, "0.25", 512, 4))
        .table("items", Properties{})
        .link("lb", "shop")
        .link("shop", "items")
        .example("small-tasks", "a quarter of a vCPU shared by all requests of a task", 5);
}

Example fromTemplate(const std::string& name, const std::string& point)
{
    Example made{name, point, readDesign(assetText("templates/" + name + ".nepho")).design};
    made.design.name = name;
    return made;
}

}  // namespace

std::vector<Example> pathsOfServices()
{
    return {
        chainWithRetries(),
        fanOut(),
        sharedTable(),
        hotKey(),
        concurrencyLimit(),
        flashCrowd(),
        classesThatDiffer(),
        closedLoad(),
        balanced("round_robin", "round-robin"),
        balanced("least_outstanding_requests", "least-outstanding"),
        lawOfTimes("lognormal", 2.25, "log-normal"),
        lawOfTimes("constant", 0, "constant"),
        scalingOnRequests(),
        scalingUnderACrowd(),
        retryStorm(),
        zoneLost(),
        tasksKilled(),
        smallTasks(),
        fromTemplate("starter", "half an hour of deployment, campaign and a lost task"),
        fromTemplate("spot", "Spot tasks taken away")};
}

}  // namespace neph
