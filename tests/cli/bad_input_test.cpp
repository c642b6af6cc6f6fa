#include <filesystem>

#include "tests/cli/subprocess.h"

namespace neph {
namespace {

using testing::HasSubstr;

constexpr int kNo = 1;
constexpr int kBadInput = 2;

std::string designOf(const std::string& nodes, const std::string& links = "")
{
    return R"({"format": "nephoscope", "version": 1, "name": "x", "runSeconds": 60, "nodes": [)" + nodes +
           R"(], "links": [)" + links + "]}";
}

std::string node(const std::string& id, const std::string& kind, const std::string& rest = "")
{
    return R"({"id": ")" + id + R"(", "kind": ")" + kind + R"(", "position": {"x": 0, "y": 0})" + rest + "}";
}

/// A file that somebody might feed to 'nepho check', and what must be said about it.
struct BadFile {
    const char* name;
    std::string text;
    int exitCode;
    const char* message;
};

class BadDesign : public testing::TestWithParam<BadFile> {
protected:
    TestFolder m_folder;
};

TEST_P(BadDesign, IsRefusedWithAClearMessageWithinASecond)
{
    const std::string file = m_folder.write("bad.nepho", GetParam().text);
    const Finished check = nepho({"check", file});
    EXPECT_EQ(check.exitCode, GetParam().exitCode) << check.out << check.err;
    EXPECT_THAT(check.out, HasSubstr(GetParam().message));
    EXPECT_LT(check.seconds, 1.0);
}

TEST_P(BadDesign, IsNotRun)
{
    const std::string file = m_folder.write("bad.nepho", GetParam().text);
    const Finished run = nepho({"run", file});
    EXPECT_EQ(run.exitCode, kBadInput);
    EXPECT_THAT(run.err, HasSubstr(GetParam().message));
    EXPECT_EQ(run.out, "");
}

// clang-format off
INSTANTIATE_TEST_SUITE_P(Of, BadDesign, testing::Values(
    BadFile{"AnEmptyFile", "", kBadInput, "error"},
    BadFile{"TextThatIsNoJson", "hello, world\n", kBadInput, "error"},
    BadFile{"AFileThatEndsTooSoon", designOf(node("t", "aws.dynamodb")).substr(0, 90), kBadInput, "error"},
    BadFile{"JsonOfSomethingElse", R"({"name": "package", "version": "1.0.0"})", kBadInput, "not a Nephoscope design"},
    BadFile{"AListInsteadOfAnObject", "[1, 2, 3]", kBadInput, "not a Nephoscope design"},
    BadFile{"NotANumberWhereANumberBelongs",
            R"({"format": "nephoscope", "version": 1, "name": "x", "runSeconds": NaN, "nodes": [], "links": []})",
            kBadInput, "error"},
    BadFile{"WrongTypes", R"({"format": "nephoscope", "version": 1, "name": 7, "runSeconds": "long", "nodes": {}, "links": []})",
            kNo, "/runSeconds"},
    BadFile{"AnUnknownKind", designOf(node("t", "aws.dynamodbb")), kNo, "Did you mean 'aws.dynamodb'?"},
    BadFile{"ADanglingLink", designOf(node("u", "users"), R"({"id": "l", "from": "u", "to": "nowhere"})"), kNo,
            "not in the design"},
    BadFile{"FramesWithinEachOther",
            designOf(node("a", "aws.vpc", R"(, "parent": "b")") + "," + node("b", "aws.vpc", R"(, "parent": "a")")), kNo,
            "lies in itself"},
    BadFile{"CallsInARing",
            designOf(node("r", "aws.region") + "," + node("v", "aws.vpc", R"(, "parent": "r")") + "," +
                         node("a", "aws.ecs.fargate_service", R"(, "parent": "v")") + "," +
                         node("b", "aws.ecs.fargate_service", R"(, "parent": "v")"),
                     R"({"id": "ab", "from": "a", "to": "b"}, {"id": "ba", "from": "b", "to": "a"})"), kNo,
            "is a ring of calls: a request would go round for ever. (allowed: links that lead on"},
    BadFile{"AComponentThatCallsItself",
            designOf(node("s", "aws.ecs.fargate_service"), R"({"id": "l", "from": "s", "to": "s"})"), kNo,
            "is linked to itself"},
    BadFile{"ATaskSizeThatFargateDoesNotHave",
            designOf(node("s", "aws.ecs.fargate_service", R"(, "properties": {"cpu": "0.25"})")), kNo,
            "No Fargate configuration exists for given values"},
    BadFile{"TooManyReplicas",
            designOf(node("s", "aws.ecs.fargate_service", R"(, "properties": {"desiredCount": 1000000000000000000})")), kNo,
            "/nodes/0/properties/desiredCount"},
    BadFile{"DuplicateIds", designOf(node("t", "users") + "," + node("t", "users")), kNo, "taken twice"},
    BadFile{"AnUnknownFault",
            R"({"format": "nephoscope", "version": 1, "name": "x", "runSeconds": 60, "nodes": [], "links": [],
                "faults": [{"id": "f", "kind": "killTsk", "target": "t", "atSeconds": 1}]})", kNo, "Did you mean 'killTask'?"},
    BadFile{"AMillionLevelsOfNesting", std::string(1'000'000, '['), kBadInput, "error"},
    BadFile{"AMillionNestedObjects", [] {
                std::string text;
                for (int i = 0; i < 1'000'000; ++i) {
                    text += R"({"a":)";
                }
                return text;
            }(), kBadInput, "error"},
    BadFile{"BytesThatAreNoText", std::string("\xff\xfe\x00\x80{", 5), kBadInput, "error"}),
    [](const auto& example) { return example.param.name; });
// clang-format on

TEST(AFileOf200Megabytes, IsRefusedBeforeItIsRead)
{
    const TestFolder folder;
    const std::string file = folder.write("huge.nepho", "{");
    std::filesystem::resize_file(file, 200u << 20);
    const Finished check = nepho({"check", file});
    EXPECT_EQ(check.exitCode, kBadInput);
    EXPECT_THAT(check.out, HasSubstr("huge.nepho"));
    EXPECT_LT(check.seconds, 1.0);
}

TEST(AFolderInsteadOfADesign, IsRefused)
{
    const TestFolder folder;
    const Finished check = nepho({"check", folder.path("")});
    EXPECT_EQ(check.exitCode, kBadInput);
    EXPECT_THAT(check.out, HasSubstr("error"));
}

TEST(ADesignThatIsNotThere, IsRefusedWithTheNearestTemplate)
{
    const Finished check = nepho({"check", "startr"});
    EXPECT_EQ(check.exitCode, kBadInput);
    EXPECT_EQ(
        check.out, "error at startr: There is no such file and no such template. Did you mean 'starter'?\n"
                   "This is not a design: 1 error, 0 warnings.\n");
}

/// A command line that cannot be followed, and what must be said about it.
struct BadArguments {
    const char* name;
    std::vector<std::string> arguments;
    const char* message;
};

class CommandLine : public testing::TestWithParam<BadArguments> {};

TEST_P(CommandLine, IsRefusedWithAWayOn)
{
    const Finished refused = nepho(GetParam().arguments);
    EXPECT_EQ(refused.exitCode, kBadInput) << refused.out << refused.err;
    EXPECT_THAT(refused.err, HasSubstr(GetParam().message));
}

// clang-format off
INSTANTIATE_TEST_SUITE_P(With, CommandLine, testing::Values(
    BadArguments{"AnUnknownCommand", {"rum", "starter"}, "Did you mean 'run'?"},
    BadArguments{"AnUnknownOption", {"run", "starter", "--fast"}, "--fast"},
    BadArguments{"AnUnknownTemplate", {"new", "sport"}, "Did you mean 'spot'?"},
    BadArguments{"AnUnknownKind", {"catalog", "aws.dynamo"}, "Did you mean 'aws.dynamodb'?"},
    BadArguments{"AnUnknownService", {"prices", "AmazonEC"}, "There are no prices of 'AmazonEC'."},
    BadArguments{"AnUnknownRegion", {"prices", "--region", "us-east-9"}, "Did you mean 'us-east-1'?"},
    BadArguments{"NoDesign", {"run"}, "DESIGN is required"},
    BadArguments{"AToleranceOfNothing", {"run", "starter", "--engine", "auto", "--tolerance", "0"},
                 "Give a share from 0.1% to 50%"},
    BadArguments{"APartWithoutLength", {"run", "starter", "--part", "17h20m"}, "start and its length: 17h20m+10m"},
    BadArguments{"AnUnknownEngine", {"run", "starter", "--engine", "magic"}, "There is no engine 'magic'."},
    BadArguments{"ATimeWithoutMeaning", {"run", "starter", "--for", "soon"}, "Write it like 90s, 10m, 1h30m or 30d."},
    BadArguments{"ATimeOfNothing", {"run", "starter", "--for", "0s"}, "out of range"},
    BadArguments{"ATimeOfAges", {"run", "starter", "--for", "9999999d"}, "at most 366 days"},
    BadArguments{"ATimeBelowNothing", {"run", "starter", "--for=-5m"}, "no length of time"},
    BadArguments{"ASeedThatIsNoNumber", {"run", "starter", "--seed", "x"}, "--seed"},
    BadArguments{"AStartThatIsNoTime", {"run", "starter", "--start", "yesterday"}, "--start"},
    BadArguments{"NeitherDesignNorUsage", {"bill"}, "Name a design, or a list of usage"},
    BadArguments{"AUsageListThatIsNotThere", {"bill", "--usage", "nowhere.csv"}, "nowhere.csv"}),
    [](const auto& example) { return example.param.name; });
// clang-format on

}  // namespace
}  // namespace neph
