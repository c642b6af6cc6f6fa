#include "sim/local/consent.h"

#include <filesystem>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "sim/local/trust.h"
#include "tests/local/scratch_folder.h"

namespace neph {
namespace {

TEST(AConsent, IsForOneDesignAndOnePlan)
{
    const ScratchFolder folder;
    const Consents consents(folder.path());
    EXPECT_FALSE(consents.hasConsent("design", "plan"));
    ASSERT_TRUE(consents.give("design", "plan"));
    EXPECT_TRUE(consents.hasConsent("design", "plan"));
    EXPECT_FALSE(consents.hasConsent("design", "plan2")) << "another plan asks again";
    EXPECT_FALSE(consents.hasConsent("design2", "plan")) << "another design asks again";
    EXPECT_FALSE(consents.hasConsent("plan", "design"));
    EXPECT_TRUE(Consents(folder.path()).hasConsent("design", "plan")) << "the next start knows it";
}

TEST(AConsent, CanBeTakenBack)
{
    const ScratchFolder folder;
    const Consents consents(folder.path());
    ASSERT_TRUE(consents.give("design", "plan"));
    ASSERT_TRUE(consents.give("design", "plan2"));
    ASSERT_TRUE(consents.give("other", "plan"));
    ASSERT_TRUE(consents.revoke("design", "plan"));
    EXPECT_FALSE(consents.hasConsent("design", "plan"));
    EXPECT_TRUE(consents.hasConsent("design", "plan2"));
    ASSERT_TRUE(consents.revoke("design"));
    EXPECT_FALSE(consents.hasConsent("design", "plan2"));
    EXPECT_TRUE(consents.hasConsent("other", "plan"));
}

TEST(AConsent, IsNeverGivenForNothing)
{
    const ScratchFolder folder;
    const Consents consents(folder.path());
    EXPECT_FALSE(consents.give("", "plan"));
    EXPECT_FALSE(consents.give("design", ""));
    EXPECT_FALSE(consents.hasConsent("", ""));
}

TEST(Consents, AreAtMost200AndTheOldestGo)
{
    const ScratchFolder folder;
    const Consents consents(folder.path());
    for (int i = 0; i < 205; ++i) {
        ASSERT_TRUE(consents.give("design", std::to_string(i)));
        if (i == 100) {
            ASSERT_TRUE(consents.give("design", "0")) << "renewed";
        }
    }
    EXPECT_EQ(consents.all().size(), 200u);
    EXPECT_TRUE(consents.hasConsent("design", "0"));
    EXPECT_FALSE(consents.hasConsent("design", "1"));
    EXPECT_TRUE(consents.hasConsent("design", "204"));
}

TEST(Consents, InADamagedFileAreNone)
{
    const ScratchFolder folder;
    const Consents consents(folder.path());
    ASSERT_TRUE(consents.give("design", "plan"));
    const std::string good = folder.read("lab/consents.json");
    for (std::size_t length = 0; length + 2 < good.size(); ++length) {
        folder.write("lab/consents.json", good.substr(0, length));
        EXPECT_FALSE(consents.hasConsent("design", "plan")) << length;
    }
    for (const char* text :
         {"[]", "null", R"({"pairs": [["design", "plan", 1]]})",
          R"({"format": "nephoscope-own-designs", "version": 1, "pairs": [["design", "plan", 1]]})",
          R"({"format": "nephoscope-lab-consents", "version": 1, "pairs": [["design", "plan", 1], 7]})",
          R"({"format": "nephoscope-lab-consents", "version": 1, "pairs": [["design", ["plan"], 1]]})"}) {
        folder.write("lab/consents.json", text);
        EXPECT_FALSE(consents.hasConsent("design", "plan")) << text;
    }
    ASSERT_TRUE(consents.give("design", "plan")) << "and the next one mends it";
    EXPECT_TRUE(consents.hasConsent("design", "plan"));
}

TEST(Consents, OfANewerProgramAreNotUsedAndNotLost)
{
    const ScratchFolder folder;
    const std::string newer =
        R"({"format": "nephoscope-lab-consents", "version": 2, "pairs": [["design", "plan", 1]]})";
    folder.write("lab/consents.json", newer);
    const Consents consents(folder.path());
    EXPECT_FALSE(consents.hasConsent("design", "plan"));
    const Result<Done> given = consents.give("design", "plan");
    ASSERT_FALSE(given);
    EXPECT_EQ(given.error().code, ErrorCode::NewerVersion);
    EXPECT_EQ(folder.read("lab/consents.json"), newer);
}

TEST(Consents, OfSeveralAtOnceAreAllKept)
{
    const ScratchFolder folder;
    {
        std::vector<std::jthread> threads;
        for (int thread = 0; thread < 4; ++thread) {
            threads.emplace_back([&folder, thread] {
                for (int i = 0; i < 10; ++i) {
                    EXPECT_TRUE(Consents(folder.path()).give(std::to_string(thread), std::to_string(i)));
                }
            });
        }
    }
    EXPECT_EQ(Consents(folder.path()).all().size(), 40u);
}

TEST(ADesign, IsOwnWhereThisUserSavedThoseBytes)
{
    const ScratchFolder folder;
    const OwnDesigns own(folder.path());
    folder.write("shop.nepho", "x");
    const std::string path = folder.path("shop.nepho");
    EXPECT_FALSE(own.isOwn(path, "digest"));
    ASSERT_TRUE(own.addOwn(path, "digest"));
    EXPECT_TRUE(own.isOwn(path, "digest"));
    EXPECT_FALSE(own.isOwn(path, "other")) << "somebody else wrote over it";
    EXPECT_FALSE(own.isOwn(folder.path("copy.nepho"), "digest")) << "other files may lie beside a copy";
    EXPECT_FALSE(own.isOwn(path, ""));
    EXPECT_FALSE(own.isOwn("", "digest"));
}

TEST(ADesign, IsOwnByWhateverWayItIsReached)
{
    const ScratchFolder folder;
    const OwnDesigns own(folder.path());
    folder.write("designs/shop.nepho", "x");
    std::filesystem::create_symlink(folder.path("designs"), folder.path("link"));
    ASSERT_TRUE(own.addOwn(folder.path("link/shop.nepho"), "digest"));
    EXPECT_TRUE(own.isOwn(folder.path("designs/../designs/shop.nepho"), "digest"));
}

TEST(ADesign, ThatIsSavedAgainIsOwnAsItIsNow)
{
    const ScratchFolder folder;
    const OwnDesigns own(folder.path());
    ASSERT_TRUE(own.addOwn(folder.path("shop.nepho"), "first"));
    ASSERT_TRUE(own.addOwn(folder.path("shop.nepho"), "second"));
    EXPECT_FALSE(own.isOwn(folder.path("shop.nepho"), "first"));
    EXPECT_TRUE(own.isOwn(folder.path("shop.nepho"), "second"));
    ASSERT_TRUE(own.forget(folder.path("shop.nepho")));
    EXPECT_FALSE(own.isOwn(folder.path("shop.nepho"), "second"));
}

TEST(ADesign, IsRestrictedWhereTheListIsDamaged)
{
    const ScratchFolder folder;
    const OwnDesigns own(folder.path());
    ASSERT_TRUE(own.addOwn(folder.path("shop.nepho"), "digest"));
    folder.write("lab/own-designs.json", "{");
    EXPECT_FALSE(own.isOwn(folder.path("shop.nepho"), "digest"));
}

}  // namespace
}  // namespace neph
