#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <random>
#include <sstream>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "sim/local/clean_up.h"
#include "sim/local/state_folder.h"
#include "tests/local/live_engine.h"
#include "tests/local/scratch_folder.h"

// C1 of the test list: the program is killed at random moments, and nothing of it stays.

namespace neph {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

bool isSoak()
{
    const char* soak = std::getenv("NEPH_SOAK");
    return soak != nullptr && std::string(soak) == "1";
}

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// A running tests/local/crash_child.cpp.
class Victim {
public:
    Victim(const std::string& folder, const std::string& socket, const std::string& image)
    {
        int ends[2];
        EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
        m_said = ends[0];
        posix_spawn_file_actions_t files;
        posix_spawn_file_actions_init(&files);
        posix_spawn_file_actions_adddup2(&files, ends[1], 1);
        std::vector<std::string> words{NEPH_CRASH_CHILD, folder, socket, image, NEPH_REAPER};
        std::vector<char*> arguments;
        for (std::string& word : words) {
            arguments.push_back(word.data());
        }
        arguments.push_back(nullptr);
        EXPECT_EQ(posix_spawn(&m_pid, NEPH_CRASH_CHILD, &files, nullptr, arguments.data(), environ), 0);
        posix_spawn_file_actions_destroy(&files);
        ::close(ends[1]);
    }
    ~Victim()
    {
        kill();
        ::close(m_said);
    }
    Victim(const Victim&) = delete;
    Victim& operator=(const Victim&) = delete;

    void listenUntil(const std::string& phase)
    {
        const Clock::time_point end = Clock::now() + std::chrono::seconds(60);
        while (this->phase() != phase && Clock::now() < end) {
            pollfd said{m_said, POLLIN, 0};
            if (::poll(&said, 1, 1'000) > 0 && !hear()) {
                return;
            }
        }
    }
    void listenFor(milliseconds time)
    {
        const Clock::time_point end = Clock::now() + time;
        for (;;) {
            const auto left = std::chrono::ceil<milliseconds>(end - Clock::now());
            pollfd said{m_said, POLLIN, 0};
            if (left.count() <= 0 || ::poll(&said, 1, static_cast<int>(left.count())) == 0 || !hear()) {
                return;
            }
        }
    }
    /// SIGKILL, and what it said until then.
    void kill()
    {
        if (m_pid > 0) {
            ::kill(m_pid, SIGKILL);
            ::waitpid(m_pid, &m_status, 0);
            m_pid = 0;
            // The engine that it started may hold the other end of the pipe for a moment longer.
            listenFor(milliseconds(50));
        }
    }
    bool diedByOurHand() const { return WIFSIGNALED(m_status) && WTERMSIG(m_status) == SIGKILL; }
    /// The phase that it was in, and its last reaper (0: none).
    std::string phase() const { return lastLine().first; }
    int reaper() const
    {
        std::istringstream lines(m_text);
        std::string word;
        int number = 0;
        int reaper = 0;
        while (lines >> word >> number) {
            reaper = word == "reaper" ? number : reaper;
        }
        return reaper;
    }

private:
    bool hear()
    {
        char bytes[4096];
        const ssize_t count = ::read(m_said, bytes, sizeof bytes);
        if (count > 0) {
            m_text.append(bytes, static_cast<std::size_t>(count));
        }
        return count > 0;
    }
    std::pair<std::string, int> lastLine() const
    {
        std::istringstream lines(m_text);
        std::pair<std::string, int> line{"before", 0};
        std::pair<std::string, int> next;
        while (lines >> next.first >> next.second) {
            line = next;
        }
        return line;
    }

    pid_t m_pid = 0;
    int m_said = -1;
    int m_status = 0;
    std::string m_text;
};

/// Kills a process if it is a reaper: a number may have been given again.
void killReaper(int pid)
{
    std::error_code error;
    const std::string program = std::filesystem::read_symlink(fmt::format("/proc/{}/exe", pid), error);
    if (pid > 0 && program == std::filesystem::canonical(NEPH_REAPER)) {
        ::kill(pid, SIGKILL);
    }
}

class Killed : public test::WithARealEngine {
protected:
    void SetUp() override
    {
        WithARealEngine::SetUp();
        if (IsSkipped()) {
            return;
        }
        m_owner = *installationId(m_folder.path());
        m_image = probeImage();
        ASSERT_NE(m_image, "");
        makeForeign();
    }
    void TearDown() override
    {
        if (!test::LiveEngine::get().isThere()) {
            return;
        }
        for (const auto& [id, state] : m_foreign) {
            EXPECT_EQ(stateOf(id), state) << "a container that is not ours was touched";
            static_cast<void>(engine().remove(id));
        }
        EXPECT_TRUE(removeDataVolume(engine(), m_owner, m_data)) << "data is gone";
        WithARealEngine::TearDown();
    }

    /// Two running containers that no clean-up may touch, without labels and with those of somebody else
    /// whose process is long gone; and data of ours.
    void makeForeign()
    {
        LabSession theirs = *newSession(m_folder.path(), 0);
        theirs.owner = newUuid();
        theirs.process.started = 1;
        for (const Labels& labels : {Labels(), theirs.labels()}) {
            ContainerSpec spec = probe("foreign" + std::to_string(labels.size()), {"hello"});
            spec.labels = labels;
            const std::string id = started(spec);
            m_foreign[id] = stateOf(id);
        }
        m_data = named("data");
        ASSERT_TRUE(engine().createVolume(m_data, dataVolumeLabels(m_owner, "shop", "orders")));
    }
    /// Changes with every stop and start.
    std::string stateOf(const std::string& id)
    {
        const Result<std::string> text = engine().inspectJson(id);
        if (!text) {
            return "gone: " + text.error().what;
        }
        const nlohmann::json state = nlohmann::json::parse(*text).at("State");
        return fmt::format(
            "{} {} {}", state.at("Status").dump(), state.at("Pid").dump(), state.at("StartedAt").dump());
    }

    /// What sessions of this installation have made and is there, by name.
    std::vector<std::string> orphans()
    {
        std::vector<std::string> found;
        for (const Thing sort : {Thing::Container, Thing::Network, Thing::Volume, Thing::Image}) {
            const Result<std::vector<LabelledThing>> things =
                engine().labelled(sort, fmt::format("{}={}", kOwnerLabel, m_owner));
            EXPECT_TRUE(things) << things.error().what;
            for (const LabelledThing& thing : things ? *things : std::vector<LabelledThing>()) {
                if (!thing.labels.contains(kDataLabel)) {
                    found.push_back(thing.name);
                }
            }
        }
        return found;
    }
    /// Until the reaper has gone. `left` counts where something was there. Returns the second at which
    /// the last thing was gone.
    double waitForTheReaper(int& left)
    {
        const Clock::time_point start = Clock::now();
        double last = 0;
        left += orphans().empty() ? 0 : 1;
        const SessionRecords records(m_folder.path());
        while (secondsSince(start) < 40) {
            const bool isWatched = !records.sessions().empty();
            if (!orphans().empty()) {
                last = secondsSince(start);
            } else if (!isWatched) {
                break;
            }
            std::this_thread::sleep_for(milliseconds(100));
        }
        return last;
    }
    int kills(int soak, int usual) const { return isSoak() ? soak : usual; }

    /// Another phase each time, in a new order each time that all had their turn.
    std::string nextPhase()
    {
        if (m_due.empty()) {
            m_due = {"begin", "reaper", "network", "create", "start", "run", "stop", "end"};
            std::shuffle(m_due.begin(), m_due.end(), m_chance);
        }
        const std::string phase = m_due.back();
        m_due.pop_back();
        return phase;
    }
    /// Starts the program, and kills it at a random moment of some phase. Without a socket it has an engine
    /// of its own.
    void kill(const std::string& socket, bool reaperToo)
    {
        Victim victim(m_folder.path(), socket, m_image);
        victim.listenUntil(nextPhase());
        victim.listenFor(milliseconds(std::uniform_int_distribution(0, 400)(m_chance)));
        if (reaperToo) {
            killReaper(victim.reaper());
        }
        victim.kill();
        if (reaperToo) {
            killReaper(victim.reaper());
        }
        EXPECT_TRUE(victim.diedByOurHand()) << "it ended by itself in phase " << victim.phase();
        ++m_phases[victim.phase()];
    }
    void report(const std::string& what, int count, double slowest, double sum) const
    {
        std::string phases;
        for (const auto& [phase, times] : m_phases) {
            phases += fmt::format(" {} {}", phase, times);
        }
        std::cerr << fmt::format(
            "{}: {} kills, clean after {:.1f} s on average and {:.1f} s at most; killed in:{}\n", what, count,
            sum / count, slowest, phases);
    }
    /// Kills, and lets the reaper work each time.
    void killAndWait(const std::string& socket, int count, const std::string& what)
    {
        double slowest = 0;
        double sum = 0;
        int left = 0;
        for (int i = 0; i < count; ++i) {
            kill(socket, false);
            const double seconds = waitForTheReaper(left);
            EXPECT_LE(seconds, 10) << what << ", kill " << i;
            EXPECT_EQ(orphans(), std::vector<std::string>()) << what << ", kill " << i;
            slowest = std::max(slowest, seconds);
            sum += seconds;
        }
        report(fmt::format("{} ({} had left something)", what, left), count, slowest, sum);
    }

    const ScratchFolder m_folder;
    std::string m_owner;
    std::string m_image;
    std::string m_data;
    std::map<std::string, std::string> m_foreign;
    std::map<std::string, int> m_phases;
    std::vector<std::string> m_due;
    std::mt19937 m_chance{std::random_device{}()};
};

TEST_F(Killed, ItLeavesNothingForTheReaperRemovesIt)
{
    killAndWait(engine().socket(), kills(100, 3), "With the reaper");
}

TEST_F(Killed, TogetherWithThePodmanThatItStartedItLeavesNothing)
{
    if (!info().isPodman() || info().isRootless != (::getuid() != 0)) {
        GTEST_SKIP() << "This engine is not the Podman that this user would start: NOT tested.";
    }
    killAndWait("", kills(40, 2), "With the reaper, the engine dying too");
}

TEST_F(Killed, TogetherWithItsReaperItLeavesNothingAfterTheNextStart)
{
    const int count = kills(60, 3);
    const SessionRecords records(m_folder.path());
    double slowest = 0;
    double sum = 0;
    int left = 0;
    for (int i = 0; i < count; ++i) {
        kill(engine().socket(), true);
        left += orphans().empty() ? 0 : 1;
        const Clock::time_point start = Clock::now();
        const Result<SweepReport> report = sweep(engine(), records, {.quiet = milliseconds(2'000)});
        ASSERT_TRUE(report) << report.error().what;
        EXPECT_TRUE(report->isClean()) << report->text();
        EXPECT_EQ(orphans(), std::vector<std::string>()) << "kill " << i;
        slowest = std::max(slowest, secondsSince(start));
        sum += secondsSince(start);
    }
    EXPECT_EQ(records.sessions(), std::vector<std::string>());
    report(fmt::format("With the next sweep ({} had left something)", left), count, slowest, sum);
}

}  // namespace
}  // namespace neph
