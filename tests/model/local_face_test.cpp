#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/model/catalog.h"
#include "sim/model/kind_spec.h"
#include "tests/model/model_fixtures.h"

namespace neph {
namespace {

using testing::HasSubstr;

std::string withFace(const std::string& face)
{
    std::string text = test::kServiceKind;
    const std::string before = "\"localNote\"";
    return text.insert(text.find(before), "\"local\": " + face + ", ");
}

TEST(ALocalFace, IsReadFromTheDataFileOfItsKind)
{
    const Result<KindSpec> kind = readKindSpec(
        withFace(
            R"({"as": "tasks", "protocol": "http", "settings": {"grace": "grace", "start": "fact:start.seconds"},
                     "container": {"count": "replicas"}})"),
        "service.json");
    ASSERT_TRUE(kind) << kind.error().what;
    EXPECT_EQ(kind->local.as, LocalFace::As::Tasks);
    EXPECT_EQ(kind->local.settings.at("start"), "fact:start.seconds");
    EXPECT_EQ(kind->local.container.at("count"), "replicas");
    EXPECT_FALSE(kind->local.hasLogin);
}

TEST(ALocalFace, ThatTheLabCannotMakeIsRefused)
{
    const Result<KindSpec> kind = readKindSpec(withFace(R"({"as": "task"})"), "service.json");
    ASSERT_FALSE(kind);
    EXPECT_EQ(kind.error().where, "service.json#/local/as");
    EXPECT_THAT(kind.error().what, HasSubstr("Did you mean 'tasks'?"));
}

TEST(ALocalFace, ThatNamesNoPropertyOrFactIsRefused)
{
    for (const char* face :
         {R"({"as": "server", "container": {"cpu": "vcpus"}})",
          R"({"as": "server", "settings": {"a": "fact:none"}})", R"({"as": "server", "settings": {"a": 3}})",
          R"({"as": "server", "container": []})", R"({"as": "server", "colour": "red"})", R"([])"}) {
        EXPECT_FALSE(readKindSpec(withFace(face), "service.json")) << face;
    }
}

// The contract of every kind: something stands in for it, or its note says that nothing does.
TEST(EveryKind, HasALocalFaceOrSaysWhatStaysSimulation)
{
    for (const KindSpec& kind : Catalog::builtIn().kinds()) {
        EXPECT_FALSE(kind.localNote.empty()) << kind.id;
        if (kind.local.as == LocalFace::As::Nothing) {
            EXPECT_TRUE(kind.frame || kind.localNote.find("imulation only") != std::string::npos)
                << kind.id << " has no local face, so its localNote has to say \"simulation only\"";
        }
        if (kind.local.as == LocalFace::As::Server || kind.local.as == LocalFace::As::Tasks) {
            EXPECT_FALSE(kind.local.protocol.empty()) << kind.id;
            EXPECT_FALSE(kind.local.client.empty()) << kind.id;
        }
    }
}

}  // namespace
}  // namespace neph
