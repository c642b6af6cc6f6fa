#include "sim/local/reaper.h"

#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/local/lab_guard.h"
#include "tests/local/memory_engine.h"
#include "tests/local/scratch_folder.h"

namespace neph {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;

class AReaper : public testing::Test {
protected:
    AReaper() : records(folder.path())
    {
        record.session = *newSession(folder.path(), 3600);
        record.socket = "/nowhere/engine.sock";
        EXPECT_TRUE(records.write(record));
    }
    Result<std::unique_ptr<Reaper>> start(const std::string& program = NEPH_REAPER)
    {
        return Reaper::start(records, record.session.id, program);
    }
    static bool ends(Reaper& reaper)
    {
        for (int i = 0; i < 200 && reaper.isWatching(); ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        return !reaper.isWatching();
    }

    const ScratchFolder folder;
    const SessionRecords records;
    SessionRecord record;
};

TEST_F(AReaper, WatchesUntilItIsDismissed)
{
    const Result<std::unique_ptr<Reaper>> reaper = start();
    ASSERT_TRUE(reaper) << reaper.error().what;
    EXPECT_TRUE((*reaper)->isWatching());
    (*reaper)->dismiss();
    EXPECT_FALSE((*reaper)->isWatching());
    EXPECT_NE(::kill((*reaper)->pid(), 0), 0) << "it is still there";
    EXPECT_TRUE(records.read(record.session.id)) << "the record is the program's to remove";
}

TEST_F(AReaper, OutlivesWhatEndsTheProgramFromATerminal)
{
    const Result<std::unique_ptr<Reaper>> reaper = start();
    ASSERT_TRUE(reaper) << reaper.error().what;
    const int pid = (*reaper)->pid();
    EXPECT_EQ(::getsid(pid), pid) << "leader of its own session";
    for (const int signal : {SIGINT, SIGHUP, SIGTERM, SIGQUIT, SIGPIPE}) {
        ASSERT_EQ(::kill(pid, signal), 0);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    EXPECT_TRUE((*reaper)->isWatching());
    (*reaper)->dismiss();
}

TEST_F(AReaper, HoldsNothingOfTheProgramOpen)
{
    const Result<std::unique_ptr<Reaper>> reaper = start();
    ASSERT_TRUE(reaper) << reaper.error().what;
    const std::string process = fmt::format("/proc/{}", (*reaper)->pid());
    std::vector<std::string> open;
    for (const fs::directory_entry& entry : fs::directory_iterator(process + "/fd")) {
        open.push_back(entry.path().filename());
    }
    EXPECT_THAT(open, testing::UnorderedElementsAre("0", "1", "2"));
    EXPECT_EQ(fs::read_symlink(process + "/cwd"), "/");
    (*reaper)->dismiss();
}

TEST_F(AReaper, ThatWasEndedIsNoticed)
{
    const Result<std::unique_ptr<Reaper>> reaper = start();
    ASSERT_TRUE(reaper) << reaper.error().what;
    ASSERT_EQ(::kill((*reaper)->pid(), SIGKILL), 0);
    EXPECT_TRUE(ends(**reaper));
    (*reaper)->dismiss();
}

TEST_F(AReaper, ThatIsNotThereIsSaid)
{
    const Result<std::unique_ptr<Reaper>> reaper = start(folder.path("absent"));
    ASSERT_FALSE(reaper);
    EXPECT_EQ(reaper.error().code, ErrorCode::NotFound);
    EXPECT_THAT(reaper.error().what, HasSubstr("nothing is started"));
}

TEST_F(AReaper, ThatIsAnotherProgramIsSaid)
{
    const Result<std::unique_ptr<Reaper>> reaper = start("/bin/true");
    ASSERT_FALSE(reaper);
    EXPECT_THAT(reaper.error().what, HasSubstr("does not watch"));
}

TEST_F(AReaper, WithoutARecordDoesNotWatch)
{
    ASSERT_TRUE(records.remove(record.session.id));
    const Result<std::unique_ptr<Reaper>> reaper = start();
    ASSERT_FALSE(reaper);
    EXPECT_THAT(reaper.error().what, HasSubstr("does not watch"));
}

TEST_F(AReaper, CanBeStartedFromSeveralThreadsAtOnce)
{
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([this] {
            const Result<std::unique_ptr<Reaper>> reaper = start();
            ASSERT_TRUE(reaper) << reaper.error().what;
            (*reaper)->dismiss();
            EXPECT_NE(::kill((*reaper)->pid(), 0), 0) << "each has its own connection and sees it close";
        });
    }
}

TEST(ALab, IsOnDiskAndWatchedBeforeAnythingIsMade)
{
    const ScratchFolder folder;
    const SessionRecords records(folder.path());
    MemoryEngine engine;
    Result<std::unique_ptr<LabGuard>> guard =
        LabGuard::begin(engine, records, {.runtime = "", .design = "Shop", .reaper = NEPH_REAPER});
    ASSERT_TRUE(guard) << guard.error().what;
    EXPECT_THAT(engine.calls, IsEmpty());
    const std::string id = (*guard)->session().id;
    EXPECT_EQ(records.read(id)->design, "Shop");
    EXPECT_EQ(records.read(id)->status, "starting");
    EXPECT_TRUE((*guard)->reaper().isWatching());

    engine.put(Thing::Container, "web", (*guard)->labels());
    ASSERT_TRUE((*guard)->update("running", {{"web", "127.0.0.1:49153"}}));
    EXPECT_EQ(records.read(id)->endpoints.at("web"), "127.0.0.1:49153");

    EXPECT_TRUE((*guard)->end().isClean());
    EXPECT_EQ(engine.count(), 0u);
    EXPECT_THAT(records.sessions(), IsEmpty());
    EXPECT_FALSE((*guard)->reaper().isWatching());
}

TEST(ALab, LeavesNothingWhereItCannotBegin)
{
    const ScratchFolder folder;
    const SessionRecords records(folder.path());
    MemoryEngine engine;
    EXPECT_FALSE(LabGuard::begin(engine, records, {.runtime = "", .design = "", .reaper = "/bin/false"}));
    EXPECT_THAT(records.sessions(), IsEmpty());
}

}  // namespace
}  // namespace neph
