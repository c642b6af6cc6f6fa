#include <QTest>
#include <algorithm>
#include <set>

#include "app/desktop/design_document.h"
#include "app/desktop/panels/inspector_panel_faults.h"
#include "sim/model/catalog.h"
#include "sim/model/rules.h"
#include "sim/run.h"
#include "tests/desktop/window/window_fixture.h"

using namespace neph;

namespace {

/// A small shop in which every kind of the catalog that a fault can hit stands once.
Design shopOfAllKinds(const Catalog& catalog)
{
    Design design;
    design.name = "Shop";
    design.runSeconds = 900;
    const auto add = [&](const std::string& kind, const std::string& parent) {
        Node node = newNode(design, *catalog.find(kind));
        node.parent = parent;
        design.nodes.push_back(node);
        return node.id;
    };
    const auto connect = [&design](const std::string& from, const std::string& to) {
        Link link;
        link.id = design.freeId("link");
        link.from = from;
        link.to = to;
        design.links.push_back(link);
    };
    const std::string users = add("users", "");
    const std::string region = add("aws.region", "");
    const std::string vpc = add("aws.vpc", region);
    add("aws.availability_zone", vpc);
    const std::string cluster = add("aws.ecs.cluster", vpc);
    const std::string service = add("aws.ecs.fargate_service", cluster);
    const std::string balancer = add("aws.alb", vpc);
    const std::string table = add("aws.dynamodb", region);
    const std::string image = add("container.image", region);
    const std::string own = add("container.own", vpc);
    connect(users, balancer);
    connect(balancer, service);
    connect(balancer, own);
    connect(own, add("container.postgresql", vpc));
    connect(own, add("container.redis", vpc));
    connect(service, table);
    connect(service, image);
    connect(image, add("aws.ecr", region));
    add("docker.hub", "");
    return design;
}

FaultSpec faultOf(const FaultKind& kind, const std::string& target)
{
    FaultSpec fault;
    fault.id = "by-hand";
    fault.kind = kind.id;
    fault.target = target;
    fault.forSeconds = kind.lasts ? 30 : 0;
    for (const PropertySpec& spec : kind.properties) {
        fault.properties[spec.key] = spec.fallback;
    }
    return fault;
}

std::unique_ptr<LiveRun> startedShop(const Design& design)
{
    Result<std::unique_ptr<LiveRun>> run = LiveRun::start(design, RunOptions{});
    if (!run) {
        qFatal("the shop does not run: %s", run.error().what.c_str());
    }
    (*run)->advance(Time(120s), 60s, {});
    return std::move(*run);
}

}  // namespace

/// What the window offers to break, the engine can break.
class FaultsTest : public QObject {
    Q_OBJECT

private slots:
    void everyOneThatIsOfferedIsAcceptedByTheEngine()
    {
        const DesignDocument document;
        const Design design = shopOfAllKinds(document.catalog());
        std::set<std::string> hit;
        for (const FaultKind& fault : faultKinds()) {
            for (const Node& node : design.nodes) {
                if (!canHit(fault, *document.catalog().find(node.kind))) {
                    continue;
                }
                hit.insert(fault.id);
                const std::unique_ptr<LiveRun> run = startedShop(design);
                const Result<Done> done = run->inject(faultOf(fault, node.id));
                QVERIFY2(
                    done, (fault.id + " on " + node.kind + (done ? "" : ": " + done.error().what)).c_str());
            }
        }
        QCOMPARE(hit.size(), faultKinds().size());
    }

    void everyKindOfTheCatalogThatCanBeHitIsInTheShop()
    {
        const DesignDocument document;
        const Design design = shopOfAllKinds(document.catalog());
        for (const KindSpec& kind : document.catalog().kinds()) {
            const bool canBeHit =
                std::any_of(faultKinds().begin(), faultKinds().end(), [&kind](const FaultKind& fault) {
                    return canHit(fault, kind);
                });
            QVERIFY2(!canBeHit || test::nodeOfKind(design, kind.id) != nullptr, kind.id.c_str());
        }
    }

    /// A key that the engine does not read would leave the figure at the engine's own default.
    void theFiguresThatAreAskedForAreTheOnesTheEngineReads()
    {
        const DesignDocument document;
        const Design design = shopOfAllKinds(document.catalog());
        const std::pair<const char*, const char*> told[] = {
            {"slowDependency", "addedMs"}, {"throttle", "percent"}};
        for (const auto& [kind, key] : told) {
            const std::string table = test::nodeOfKind(design, "aws.dynamodb")->id;
            FaultSpec fault = faultOf(*faultKind(kind), table);
            QVERIFY2(fault.properties.contains(key), key);
            fault.properties[key] = 37;
            const std::unique_ptr<LiveRun> run = startedShop(design);
            QVERIFY(run->inject(fault));
            const RunResult result = run->result();
            QVERIFY2(
                result.log.back().what.find(" 37 ") != std::string::npos, result.log.back().what.c_str());
        }
        const std::string service = test::nodeOfKind(design, "aws.ecs.fargate_service")->id;
        FaultSpec kill = faultOf(*faultKind("killTask"), service);
        kill.properties["count"] = 2;
        const std::unique_ptr<LiveRun> run = startedShop(design);
        const double before = run->result().find(service, "RunningTaskCount")->valueAt(run->now());
        QVERIFY(run->inject(kill));
        run->advance(run->now() + 3s, 60s, {});
        const double after = run->result().find(service, "RunningTaskCount")->valueAt(run->now());
        QCOMPARE(before - after, 2.0);
    }
};

QTEST_MAIN(FaultsTest)
#include "faults_test.moc"
