#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/local/replica_http.h"
#include "sim/local/workload_config.h"
#include "sim/run.h"
#include "tests/support/drawing.h"
#include "tests/workload/child_process.h"

namespace neph {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

Value configOf(
    const Drawing& drawing, const std::string& node, const std::map<std::string, LabAddress>& addresses,
    const ContainerImage& image = {}, std::uint16_t port = 8080)
{
    const auto compiled = compile(drawing.design(), Catalog::builtIn(), serviceTypes());
    return workloadConfig(*compiled, node, image, addresses, port, 5);
}

const std::map<std::string, LabAddress> kTable{{"table", {"table", 8000, "", "", ""}}};

TEST(TheConfigurationOfAWorkload, HasTheSettingsThatTheFaceOfItsKindNames)
{
    const Value config =
        configOf(Drawing::shop().set("web", "workers", 7).set("web", "cpuMs", 3.5), "web", kTable);
    EXPECT_EQ(config["service"], "web");
    EXPECT_EQ(config["port"], 8080);
    EXPECT_EQ(config["seed"], 5);
    EXPECT_EQ(config["workers"], 7);
    EXPECT_EQ(config["cpuMs"], 3.5);
    const KindSpec& kind = *Catalog::builtIn().find("aws.ecs.fargate_service");
    EXPECT_EQ(config["healthCpuMs"], kind.fact("health.cpuMs"));
    EXPECT_FALSE(config.contains("retryCapMs")) << "it belongs to the links";
}

TEST(TheConfigurationOfAWorkload, HasOnlyLinksToWhatStandsThere)
{
    const Value config = configOf(Drawing::shop().setLink("web", "table", "retries", 2), "web", kTable);
    ASSERT_THAT(config["links"], SizeIs(1)) << "the image is no call";
    const Value& link = config["links"][0];
    EXPECT_EQ(link["to"], "table");
    EXPECT_EQ(link["protocol"], "dynamodb");
    EXPECT_EQ(link["host"], "table");
    EXPECT_EQ(link["port"], 8000);
    EXPECT_EQ(link["retries"], 2);
    EXPECT_EQ(link["retryCapMs"], Catalog::builtIn().find("aws.ecs.fargate_service")->fact("retry.capMs"));
    EXPECT_TRUE(link["node"].contains("items"));
}

TEST(TheConfigurationOfAWorkload, HasTheRequestClasses)
{
    const Value config = configOf(Drawing::shop(), "web", {});
    ASSERT_FALSE(config["classes"].empty());
    EXPECT_TRUE(config["classes"][0].contains("responseBytes"));
}

TEST(TheConfigurationOfAWorkload, SaysWhatIsBrokenAboutAnImage)
{
    ContainerImage image;
    image.brokenAtStart = true;
    image.crashExitCode = 3;
    image.failsHealthCheck = true;
    image.start = 1500ms;
    const Value config = configOf(Drawing::shop(), "web", {}, image);
    EXPECT_EQ(config["crashAtStart"], true);
    EXPECT_EQ(config["crashExitCode"], 3);
    EXPECT_EQ(config["failsHealthCheck"], true);
    EXPECT_EQ(config["startupSeconds"], 1.5);
}

TEST(TheConfigurationOfAWorkload, LeavesOutWhatItCannotSpeakTo)
{
    Drawing own;
    own.add("users", "users", "")
        .add("shop", "container.own", "")
        .add("odd", "container.own", "", {{"image", "odd:1"}, {"protocol", "tcp"}})
        .connect("users", "shop")
        .connect("shop", "odd");
    EXPECT_THAT(configOf(own, "shop", {{"odd", {"odd", 9000, "", "", ""}}})["links"], SizeIs(0));
}

/// What the real program does with it.
void expectAccepted(Value config)
{
    config["port"] = 0;
    config["address"] = "127.0.0.1";
    ChildProcess program({NEPH_WORKLOAD_PROGRAM}, {{"NEPH_WORKLOAD", config.dump()}});
    const std::string before = "listening on 127.0.0.1:";
    ASSERT_TRUE(program.says(before)) << program.errors() << config.dump(2);
    const std::string output = program.output();
    const int port = std::stoi(output.substr(output.find(before) + before.size()));
    const Result<HttpAnswer> answer =
        askReplica(static_cast<std::uint16_t>(port), 1, "/ready", std::chrono::seconds(5));
    ASSERT_TRUE(answer) << answer.error().what;
    EXPECT_EQ(answer->status, 200);
}

TEST(TheConfigurationOfAWorkload, IsAcceptedByTheRealProgram)
{
    expectAccepted(configOf(Drawing::shop(), "web", kTable));
    Drawing own;
    own.add("users", "users", "")
        .add("shop", "container.own", "")
        .add("sql", "container.postgresql", "")
        .add("cache", "container.redis", "")
        .connect("users", "shop")
        .connect("shop", "sql")
        .connect("shop", "cache");
    expectAccepted(configOf(
        own, "shop",
        {{"sql", {"127.0.0.1", 1, "postgres", "word", "postgres"}},
         {"cache", {"127.0.0.1", 1, "", "", ""}}}));
}

}  // namespace
}  // namespace neph
