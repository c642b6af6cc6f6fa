#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/local/lab_plan.h"
#include "sim/model/design_json.h"
#include "sim/run.h"
#include "tests/support/drawing.h"

namespace neph {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

Design templateNamed(const std::string& name)
{
    std::ifstream file(std::string(NEPH_SOURCE_DIR "/assets/templates/") + name + ".nepho");
    std::stringstream text;
    text << file.rdbuf();
    return readDesign(text.str()).design;
}

LabPlan planOf(const Design& design)
{
    return planLab(*compile(design, Catalog::builtIn(), serviceTypes()));
}

LabPlan planOf(const Drawing& drawing)
{
    return planOf(drawing.design());
}

Drawing ownServer()
{
    Drawing own;
    own.add("users", "users", "")
        .add(
            "site", "container.own", "",
            {{"image", "registry.example/site:2.1"},
             {"port", 9000},
             {"replicas", 2},
             {"cpu", 0.5},
             {"memoryMiB", 96},
             {"command", "serve  --all /srv"},
             {"volume", "/srv"},
             {"environment", Value::array({{{"key", "MODE"}, {"value", "live"}}})}})
        .connect("users", "site");
    return own;
}

TEST(TheLabPlan, OfTheStarterHasItsTasksItsTablesItsRegistryAndBothVersions)
{
    const LabPlan plan = planOf(templateNamed("starter"));
    ASSERT_NE(plan.of("shop"), nullptr);
    EXPECT_EQ(plan.of("shop")->as, LocalFace::As::Tasks);
    EXPECT_EQ(plan.of("shop")->count, 3U);
    EXPECT_EQ(plan.of("shop")->most, 24U) << "a deployment may double them";
    EXPECT_EQ(plan.of("shop")->milliCpus, 500);
    EXPECT_EQ(plan.of("shop")->memoryBytes, 1024LL << 20);
    EXPECT_EQ(plan.of("products")->recipe, "dynalite");
    EXPECT_EQ(plan.of("orders")->as, LocalFace::As::Server);
    EXPECT_EQ(plan.of("registry")->as, LocalFace::As::Registry);
    EXPECT_TRUE(plan.of("registry")->hasLogin);
    EXPECT_THAT(plan.containers, SizeIs(4));
    ASSERT_THAT(plan.images, SizeIs(2));
    EXPECT_EQ(plan.images[0].name, "shop:1.0");
    EXPECT_EQ(plan.images[1].name, "shop:1.1");
    EXPECT_EQ(plan.images[1].registry, "registry");
    EXPECT_EQ(plan.of("users"), nullptr) << "users are the load generator";
}

TEST(TheLabPlan, OfOwnServersHasTheSampleServiceAndTheStores)
{
    const LabPlan plan = planOf(templateNamed("own-servers"));
    EXPECT_EQ(plan.of("shop")->count, 2U);
    EXPECT_TRUE(plan.of("shop")->isHttp());
    EXPECT_TRUE(plan.of("shop")->reference.empty());
    EXPECT_EQ(plan.of("orders")->recipe, "postgresql");
    EXPECT_TRUE(plan.of("orders")->hasLogin);
    EXPECT_EQ(plan.of("sessions")->protocol, "redis");
    EXPECT_EQ(plan.designId, "own-servers");
}

TEST(TheLabPlan, TakesTheUsersOwnImageAsItIsDescribed)
{
    const PlannedContainers site = *planOf(ownServer()).of("site");
    EXPECT_EQ(site.reference, "registry.example/site:2.1");
    EXPECT_EQ(site.recipe, "");
    EXPECT_EQ(site.port, 9000);
    EXPECT_EQ(site.count, 2U);
    EXPECT_EQ(site.milliCpus, 500);
    EXPECT_EQ(site.memoryBytes, 96 << 20);
    EXPECT_THAT(site.command, testing::ElementsAre("serve", "--all", "/srv"));
    EXPECT_EQ(site.volumePath, "/srv");
    EXPECT_EQ(site.environment.at("MODE"), "live");
}

TEST(TheLabPlan, OfAnOwnServerThatSpeaksTcpHasNoWebService)
{
    Drawing own = ownServer();
    EXPECT_FALSE(planOf(own.set("site", "protocol", "tcp")).of("site")->isHttp());
    // Without an image the sample service stands in, which speaks HTTP.
    EXPECT_TRUE(planOf(own.set("site", "image", "")).of("site")->isHttp());
}

TEST(TheLabPlan, SaysInWordsWhatComesFromWhereAndHowMuchItMayTake)
{
    const std::string text = toText(planOf(ownServer()));
    EXPECT_THAT(text, HasSubstr("2 x site (your image registry.example/site:2.1): 0.5 vCPU, 96 MiB"));
    EXPECT_THAT(text, HasSubstr("listens on port 9000"));
    EXPECT_THAT(text, HasSubstr("command: serve --all /srv"));
    EXPECT_THAT(text, HasSubstr("MODE=live"));
    EXPECT_THAT(text, HasSubstr("keeps /srv in a named volume"));
    EXPECT_THAT(text, HasSubstr("haproxy"));
    EXPECT_THAT(text, HasSubstr("127.0.0.1"));
    EXPECT_THAT(text, HasSubstr("At most 1 vCPU and 192 MiB"));
    const std::string starter = toText(planOf(templateNamed("starter")));
    EXPECT_THAT(starter, HasSubstr("3 to 24 x Shop"));
    EXPECT_THAT(starter, HasSubstr("image shop:1.1: the sample workload"));
    EXPECT_THAT(starter, HasSubstr("dynalite as it is installed here"));
}

TEST(TheLabPlan, ShowsNoControlCharactersOfADesignOnATerminal)
{
    Drawing own = ownServer();
    own.set("site", "command", "run \x1b[2J\r\nAllowed by the administrator");
    const std::string text = toText(planOf(own));
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_EQ(text.find('\r'), std::string::npos);
    EXPECT_EQ(text.find("\nAllowed"), std::string::npos);
}

TEST(TheLabPlan, SaysWhatStaysSimulation)
{
    const LabPlan plan = planOf(Drawing::shop());
    EXPECT_THAT(plan.notes, Contains(HasSubstr("Zones are labels here")));
    EXPECT_THAT(plan.notes, Contains(HasSubstr("Prices")));
    EXPECT_THAT(plan.notes, Not(Contains(HasSubstr("web ("))));
    const LabPlan own = planOf(ownServer());
    EXPECT_THAT(own.notes, Not(Contains(HasSubstr("Zones"))));
}

TEST(TheDigestOfALabPlan, ChangesWithEverythingThatWouldRunOtherwise)
{
    const std::string before = digestOf(planOf(ownServer()));
    const std::vector<std::pair<const char*, Value>> changes{
        {"image", "registry.example/site:2.2"},
        {"port", 9001},
        {"replicas", 3},
        {"cpu", 0.6},
        {"memoryMiB", 97},
        {"command", "serve --none"},
        {"volume", "/data"},
        {"protocol", "tcp"},
        {"environment", Value::array()}};
    for (const auto& [key, value] : changes) {
        EXPECT_NE(digestOf(planOf(ownServer().set("site", key, value))), before) << key;
    }
    Drawing more = ownServer();
    EXPECT_NE(digestOf(planOf(more.add("cache", "container.redis", "").connect("site", "cache"))), before);
    const std::string shop = digestOf(planOf(Drawing::shop()));
    EXPECT_NE(digestOf(planOf(Drawing::shop().set("image", "tag", "9.9"))), shop);
    EXPECT_NE(digestOf(planOf(Drawing::shop().set("web", "maxCount", 20))), shop);
}

TEST(TheDigestOfALabPlan, StaysWhereOnlyTheDrawingMoved)
{
    Design design = ownServer().design();
    const std::string before = digestOf(planOf(design));
    design.nodes[1].position = {500, 20};
    design.description = "another word";
    EXPECT_EQ(digestOf(planOf(design)), before);
    EXPECT_THAT(before, SizeIs(64));
}

// FIPS 180-2, appendix B.1.
TEST(Sha256, IsTheOneOfTheStandard)
{
    EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace neph
