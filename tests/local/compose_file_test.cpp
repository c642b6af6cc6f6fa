#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include "sim/local/compose_file.h"
#include "sim/run.h"
#include "tests/support/drawing.h"

namespace neph {
namespace {

using testing::HasSubstr;

Result<std::string> composed(const Drawing& drawing)
{
    RecipePlaces places;
    places.recipes = NEPH_SOURCE_DIR "/assets/containers";
    const LabPlan plan = planLab(*compile(drawing.design(), Catalog::builtIn(), serviceTypes()));
    return composeFile(drawing.design(), plan, places);
}

Drawing ownDesign()
{
    Drawing own;
    own.add("users", "users", "")
        .add(
            "site", "container.own", "",
            {{"image", "registry.example/site:2.1"},
             {"port", 9000},
             {"cpu", 0.5},
             {"memoryMiB", 96},
             {"command", "serve --price $5"},
             {"volume", "/srv"},
             {"environment", Value::array({{{"key", "MODE"}, {"value", "yes: #1 ${HOME}"}}})}})
        .add("sql", "container.postgresql", "")
        .add("cache", "container.redis", "")
        .connect("users", "site")
        .connect("site", "sql")
        .connect("site", "cache");
    return own;
}

// Field names: compose-spec, "Services top-level element" and "Deploy specification".
TEST(AComposeFile, HasTheUsersContainerAsTheLabRunsIt)
{
    const Result<std::string> text = composed(ownDesign());
    ASSERT_TRUE(text) << text.error().what;
    const YAML::Node file = YAML::Load(*text);
    const YAML::Node site = file["services"]["site"];
    EXPECT_EQ(site["image"].as<std::string>(), "registry.example/site:2.1");
    EXPECT_EQ(site["ports"][0].as<std::string>(), "127.0.0.1:9000:9000");
    EXPECT_EQ(site["deploy"]["resources"]["limits"]["cpus"].as<std::string>(), "0.5");
    EXPECT_EQ(site["deploy"]["resources"]["limits"]["memory"].as<std::string>(), "100663296b");
    EXPECT_EQ(site["user"].as<std::string>(), "65534:65534");
    EXPECT_TRUE(site["read_only"].as<bool>());
    EXPECT_EQ(site["cap_drop"][0].as<std::string>(), "ALL");
    EXPECT_EQ(site["security_opt"][0].as<std::string>(), "no-new-privileges:true");
    EXPECT_EQ(site["volumes"][0].as<std::string>(), "site-data:/srv");
    EXPECT_TRUE(file["volumes"]["site-data"]);
    EXPECT_EQ(site["depends_on"].size(), 2U);
    // A dollar sign would be a variable to Compose.
    EXPECT_EQ(site["command"][2].as<std::string>(), "$$5");
    EXPECT_EQ(site["environment"]["MODE"].as<std::string>(), "yes: #1 $${HOME}");
}

TEST(AComposeFile, HasStoresOfTheirPublicImages)
{
    const YAML::Node file = YAML::Load(*composed(ownDesign()));
    EXPECT_EQ(file["services"]["sql"]["image"].as<std::string>(), "docker.io/library/postgres:15");
    EXPECT_EQ(file["services"]["sql"]["volumes"][0].as<std::string>(), "sql-data:/var/lib/postgresql/data");
    EXPECT_EQ(file["services"]["cache"]["image"].as<std::string>(), "docker.io/library/redis:7.0");
    EXPECT_EQ(file["services"]["cache"]["ports"][0].as<std::string>(), "127.0.0.1:6379:6379");
    for (const auto& service : file["services"]) {
        EXPECT_TRUE(service.second["read_only"].as<bool>());
        EXPECT_FALSE(service.second["privileged"]);
        for (const auto& port : service.second["ports"]) {
            EXPECT_THAT(port.as<std::string>(), testing::StartsWith("127.0.0.1:"));
        }
    }
}

TEST(AComposeFile, GivesCopiesFreePorts)
{
    const YAML::Node file = YAML::Load(*composed(ownDesign().set("site", "replicas", 3)));
    EXPECT_EQ(file["services"]["site"]["deploy"]["replicas"].as<int>(), 3);
    EXPECT_EQ(file["services"]["site"]["ports"][0].as<std::string>(), "127.0.0.1::9000");
}

TEST(AComposeFile, SaysWhatItLeavesOut)
{
    Drawing own = ownDesign();
    const Result<std::string> text = composed(own.set("site", "image", ""));
    ASSERT_TRUE(text);
    EXPECT_THAT(*text, HasSubstr("# Left out: site: it runs Nephoscope's sample service"));
    EXPECT_FALSE(YAML::Load(*text)["services"]["site"]);
}

TEST(AComposeFile, IsRefusedWhereThereIsNothingForIt)
{
    const Result<std::string> text = composed(Drawing::shop());
    ASSERT_FALSE(text);
    EXPECT_EQ(text.error().code, ErrorCode::Invalid);
    EXPECT_THAT(text.error().what, HasSubstr("no container that Compose could start"));
}

}  // namespace
}  // namespace neph
