// The lab from outside. What needs a container engine skips itself, loudly, where there is none.
#include <cstdlib>
#include <future>
#include <thread>

#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/subprocess.h"

namespace neph {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

/// The smallest design that can run for real: one container of the sample service, and who asks it.
constexpr const char* kTiny = R"({
  "format": "nephoscope", "version": 1, "minReader": 1, "name": "Tiny", "runSeconds": 40,
  "nodes": [
    {"id": "users", "kind": "users", "name": "Users", "position": {"x": 0, "y": 0}, "properties": {"rate": 20}},
    {"id": "web", "kind": "container.own", "name": "Web", "position": {"x": 300, "y": 0},
     "properties": {"cpu": 0.5, "cpuMs": 2, "memoryMiB": 128, "baseMemoryMiB": 20, "startSeconds": 1}}
  ],
  "links": [{"id": "users-web", "from": "users", "to": "web"}]
})";

class TheLabCommand : public testing::Test {
protected:
    void SetUp() override { setenv("XDG_STATE_HOME", m_folder.path("state").c_str(), 1); }
    /// Whether containers can run here; says so where they cannot.
    static bool hasEngine()
    {
        static const bool isThere = [] {
            const Finished doctor = nepho({"lab", "doctor"}, {std::chrono::seconds(90)});
            if (doctor.exitCode != 0 || std::getenv("NEPH_NO_REAL_ENGINE") != nullptr) {
                fprintf(
                    stderr, "\n**** No real containers here, so 'nepho lab' was NOT tested:\n%s\n",
                    doctor.out.c_str());
                return false;
            }
            return true;
        }();
        return isThere;
    }
    std::string tiny() const { return m_folder.write("tiny.nepho", kTiny); }

    /// Whatever became of the test, nothing stays up.
    struct Down {
        ~Down() { nepho({"lab", "down"}, {std::chrono::seconds(90)}); }
    };

    TestFolder m_folder;
};

TEST_F(TheLabCommand, PlansWithoutStartingAnything)
{
    const Finished plan = nepho({"lab", "plan", "starter"});
    EXPECT_EQ(plan.exitCode, 0);
    EXPECT_THAT(plan.out, HasSubstr("3 to 24 x Shop (tasks): 0.5 vCPU, 1024 MiB"));
    EXPECT_THAT(plan.out, HasSubstr("No container may become root"));
    const Finished asJson = nepho({"lab", "plan", "own-servers", "--json"});
    EXPECT_EQ(json::parse(asJson.out)["containers"].size(), 3U);
    EXPECT_EQ(nepho({"lab", "plan", "no-such-design"}).exitCode, 2);
}

TEST_F(TheLabCommand, SaysWhatIsThereToRunContainers)
{
    const Finished doctor = nepho({"lab", "doctor"}, {std::chrono::seconds(90)});
    EXPECT_THAT(doctor.out, HasSubstr("container engine"));
    EXPECT_THAT(doctor.exitCode, testing::AnyOf(0, 1));
    const Finished none = nepho({"lab", "doctor", "--engine", m_folder.path("nobody.sock")});
    EXPECT_EQ(none.exitCode, 1);
    EXPECT_THAT(none.out, HasSubstr("nobody.sock"));
}

TEST_F(TheLabCommand, HasNoOptionsThatMeanNothing)
{
    EXPECT_EQ(nepho({"lab"}).exitCode, 2);
    EXPECT_EQ(nepho({"lab", "plan"}).exitCode, 2);
    EXPECT_EQ(nepho({"lab", "plan", "starter", "--allow-containers"}).exitCode, 2);
    EXPECT_EQ(nepho({"lab", "up", "starter", "--for", "soon"}).exitCode, 2);
    EXPECT_EQ(nepho({"lab", "compare", "starter", "--warm-up", "-1s"}).exitCode, 2);
    EXPECT_EQ(nepho({"lab", "down", "starter"}).exitCode, 2);
    EXPECT_EQ(nepho({"lab", "load", "starter", "--share", "-1"}).exitCode, 2);
    EXPECT_EQ(nepho({"lab", "load", "starter", "--allow-containers"}).exitCode, 2);
}

TEST_F(TheLabCommand, KnowsOfNothingWhereNothingRuns)
{
    const Finished status = nepho({"lab", "status"});
    EXPECT_EQ(status.exitCode, 1);
    EXPECT_EQ(status.out, "No design runs for real.\n");
    EXPECT_EQ(json::parse(nepho({"lab", "status", "--json"}).out), json::array());
}

TEST_F(TheLabCommand, WritesAComposeFileOrSaysWhyNot)
{
    const std::string file = m_folder.path("compose.yaml");
    EXPECT_EQ(nepho({"lab", "compose", "own-servers", "-o", file}).exitCode, 0);
    EXPECT_THAT(m_folder.read("compose.yaml"), HasSubstr("postgres:15"));
    const Finished none = nepho({"lab", "compose", "starter"});
    EXPECT_EQ(none.exitCode, 1);
    EXPECT_EQ(none.out, "");
    EXPECT_THAT(none.err, HasSubstr("no container that Compose could start"));
}

TEST_F(TheLabCommand, StartsNothingUnasked)
{
    if (!hasEngine()) {
        GTEST_SKIP() << "No container engine.";
    }
    const Finished up = nepho({"lab", "up", tiny()}, {std::chrono::seconds(90)});
    EXPECT_EQ(up.exitCode, 1);
    EXPECT_EQ(up.out, "");
    EXPECT_THAT(up.err, HasSubstr("would start"));
    EXPECT_THAT(up.err, HasSubstr("--allow-containers"));
    EXPECT_EQ(nepho({"lab", "status"}).exitCode, 1);
}

TEST_F(TheLabCommand, ComparesThePredictionWithTheRealThing)
{
    if (!hasEngine()) {
        GTEST_SKIP() << "No container engine.";
    }
    const std::string report = m_folder.path("report.json");
    const Finished compare = nepho(
        {"lab", "compare", tiny(), "--for", "20s", "--allow-containers", "--report", report},
        {std::chrono::seconds(150)});
    EXPECT_EQ(compare.exitCode, 0) << compare.err;
    EXPECT_THAT(compare.out, HasSubstr("predicted against measured"));
    const json seen = json::parse(m_folder.read("report.json"));
    const json& all = seen["classes"][0];
    EXPECT_EQ(all["class"], "all");
    // The same arrivals on either side; some are answered just before or after an end of the compared time.
    EXPECT_NEAR(all["measured"]["requests"].get<double>(), all["simulated"]["requests"].get<double>(), 8);
    EXPECT_EQ(all["measured"]["failed"], 0);
    EXPECT_GT(all["measured"]["p50_ms"], 0);
    EXPECT_EQ(nepho({"lab", "status"}).exitCode, 1) << "nothing is left";
}

TEST_F(TheLabCommand, BringsADesignUpUntilItIsToldToStop)
{
    if (!hasEngine()) {
        GTEST_SKIP() << "No container engine.";
    }
    const std::string design = tiny();
    auto up = std::async(std::launch::async, [&design] {
        return nepho({"lab", "up", design, "--allow-containers"}, {std::chrono::seconds(150)});
    });
    Finished status;
    for (int i = 0; i < 300 && status.out.find("(running)") == std::string::npos &&
                    status.out.find("running") == std::string::npos;
         ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        status = nepho({"lab", "status"});
    }
    EXPECT_EQ(status.exitCode, 0);
    EXPECT_THAT(status.out, HasSubstr("Tiny: running"));
    EXPECT_THAT(status.out, HasSubstr("curl http://127.0.0.1:"));
    std::this_thread::sleep_for(std::chrono::seconds(3));
    const Finished logs = nepho({"lab", "logs", "web"});
    EXPECT_EQ(logs.exitCode, 0);
    const Finished down = nepho({"lab", "down"}, {std::chrono::seconds(90)});
    EXPECT_EQ(down.exitCode, 0) << down.out << down.err;
    const Finished ended = up.get();
    EXPECT_EQ(ended.exitCode, 0) << ended.err;
    EXPECT_FALSE(ended.timedOut);
    EXPECT_EQ(nepho({"lab", "status"}).exitCode, 1);
}

TEST_F(TheLabCommand, StaysUpWithoutATerminalAndTakesLoadFromAnother)
{
    if (!hasEngine()) {
        GTEST_SKIP() << "No container engine.";
    }
    const Finished none = nepho({"lab", "load", tiny(), "--for", "1s"});
    EXPECT_EQ(none.exitCode, 2);
    EXPECT_THAT(none.err, HasSubstr("No lab of 'Tiny' is up."));

    const Finished up =
        nepho({"lab", "up", tiny(), "--allow-containers", "--detach"}, {std::chrono::seconds(150)});
    const Down down;
    ASSERT_EQ(up.exitCode, 0) << up.err;
    EXPECT_THAT(up.out, HasSubstr("curl http://127.0.0.1:"));
    EXPECT_THAT(up.out, HasSubstr("nepho lab down"));
    const Finished load = nepho({"lab", "load", tiny(), "--for", "4s", "--share", "2", "--json"});
    ASSERT_EQ(load.exitCode, 0) << load.err;
    const json seen = json::parse(load.out);
    EXPECT_NEAR(seen["started"].get<double>(), 160, 50) << "20/s, twice of it, for 4 s";
    EXPECT_EQ(seen["classes"][0]["class"], "all");
    EXPECT_EQ(seen["classes"][0]["failed"], 0);
    EXPECT_GT(seen["classes"][0]["p99_ms"], 0);
    EXPECT_EQ(nepho({"lab", "down"}, {std::chrono::seconds(90)}).exitCode, 0);
    EXPECT_EQ(nepho({"lab", "status"}).exitCode, 1);
}

TEST_F(TheLabCommand, SaysAtOnceWhyItDoesNotStayUp)
{
    if (!hasEngine()) {
        GTEST_SKIP() << "No container engine.";
    }
    const Finished up = nepho(
        {"lab", "up", tiny(), "--allow-containers", "--detach", "--engine", m_folder.path("nobody.sock")},
        {std::chrono::seconds(60)});
    EXPECT_EQ(up.exitCode, 2);
    EXPECT_THAT(up.err, HasSubstr("nobody.sock"));
}

TEST_F(TheLabCommand, MeasuresWhatThisMachineTakesAndReckonsWithIt)
{
    if (!hasEngine()) {
        GTEST_SKIP() << "No container engine.";
    }
    const std::string file = m_folder.path("measured.json");
    const Finished calibrate = nepho(
        {"lab", "calibrate", tiny(), "--for", "24s", "--allow-containers", "--calibration", file},
        {std::chrono::seconds(150)});
    ASSERT_EQ(calibrate.exitCode, 0) << calibrate.err;
    EXPECT_THAT(calibrate.out, HasSubstr("container.own +cpuMs = "));
    const json measured = json::parse(m_folder.read("measured.json"));
    for (const json& value : measured["values"]) {
        if (value["reference"] == "+cpuMs") {
            EXPECT_GT(value["value"].get<double>(), 0.01) << "nothing is free";
            EXPECT_LT(value["value"].get<double>(), 10) << "ms beyond what a request asks for";
        }
    }
    const Finished bad = nepho(
        {"lab", "compare", tiny(), "--allow-containers", "--calibration", m_folder.write("bad.json", "{}")});
    EXPECT_EQ(bad.exitCode, 2);
    EXPECT_THAT(bad.err, HasSubstr("bad.json#/format"));
}

}  // namespace
}  // namespace neph
