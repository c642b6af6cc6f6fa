#include "sim/local/lab_session.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "sim/local/state_folder.h"
#include "tests/local/scratch_folder.h"

namespace neph {
namespace {

LabSession sessionIn(const ScratchFolder& folder)
{
    const Result<LabSession> session = newSession(folder.path(), 3600);
    EXPECT_TRUE(session) << session.error().what;
    return *session;
}

TEST(Installation, KeepsItsName)
{
    const ScratchFolder folder;
    const Result<std::string> first = installationId(folder.path("state"));
    ASSERT_TRUE(first) << first.error().what;
    EXPECT_TRUE(isUuid(*first)) << *first;
    EXPECT_EQ(*installationId(folder.path("state")), *first);
}

TEST(Installation, HasOneNameWhoeverAsksFirst)
{
    const ScratchFolder folder;
    std::vector<std::string> names(8);
    {
        std::vector<std::jthread> threads;
        for (std::string& name : names) {
            threads.emplace_back([&name, &folder] { name = *installationId(folder.path()); });
        }
    }
    EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 1u);
}

TEST(Installation, GetsANewNameWhereTheFileIsDamaged)
{
    const ScratchFolder folder;
    folder.write("installation", "\x01\x02 not a name");
    const Result<std::string> name = installationId(folder.path());
    ASSERT_TRUE(name) << name.error().what;
    EXPECT_TRUE(isUuid(*name));
    EXPECT_EQ(*installationId(folder.path()), *name);
}

TEST(StateFolder, IsForItsUserAlone)
{
    const ScratchFolder folder;
    ASSERT_TRUE(makePrivateFolder(folder.path("a/b")));
    struct stat status {};
    ASSERT_EQ(::stat(folder.path("a/b").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777u, 0700u);
}

TEST(StateFolder, ThatCannotBeMadeIsSaid)
{
    const ScratchFolder folder;
    folder.write("file", "");
    const Result<Done> made = makePrivateFolder(folder.path("file/below"));
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, ErrorCode::CannotWrite);
}

TEST(Uuids, AreOfVersion4AndDiffer)
{
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
        const std::string uuid = newUuid();
        EXPECT_TRUE(isUuid(uuid)) << uuid;
        EXPECT_EQ(uuid[14], '4');
        seen.insert(uuid);
    }
    EXPECT_EQ(seen.size(), 1000u);
    EXPECT_FALSE(isUuid("../../../../../../../../../etc/passwd"));
}

TEST(ASession, ComesBackFromItsLabels)
{
    const ScratchFolder folder;
    const LabSession session = sessionIn(folder);
    EXPECT_EQ(session.labels().at("io.nephoscope.owner"), *installationId(folder.path()));
    EXPECT_EQ(session.labels().at("io.nephoscope.pid"), std::to_string(::getpid()));
    EXPECT_EQ(LabSession::fromLabels(session.labels()), session);
}

TEST(ASession, IsNotReadFromLabelsThatWeDoNotWrite)
{
    const ScratchFolder folder;
    const Labels good = sessionIn(folder).labels();
    for (const char* key :
         {kOwnerLabel, kSessionLabel, kPidLabel, kBootLabel, kStartedLabel, kExpiresLabel}) {
        Labels without = good;
        without.erase(key);
        EXPECT_FALSE(LabSession::fromLabels(without)) << key;
        Labels empty = good;
        empty[key].clear();
        EXPECT_FALSE(LabSession::fromLabels(empty)) << key;
    }
    Labels odd = good;
    odd[kPidLabel] = "12 ";
    EXPECT_FALSE(LabSession::fromLabels(odd));
    odd[kPidLabel] = "-1";
    EXPECT_FALSE(LabSession::fromLabels(odd));
}

TEST(ASession, IsAliveAsLongAsItsProcessAndItsTime)
{
    const ScratchFolder folder;
    const LabSession session = sessionIn(folder);
    EXPECT_TRUE(isAlive(session));
    EXPECT_TRUE(isAlive(session, session.expires - 1));
    EXPECT_FALSE(isAlive(session, session.expires));
}

TEST(AProcess, ThatGotTheNumberOfAnotherIsToldApartByItsStart)
{
    ProcessIdentity other = *ownIdentity();
    EXPECT_TRUE(isAlive(other));
    other.started -= 1;
    EXPECT_FALSE(isAlive(other));
}

TEST(AProcess, OfAnotherBootIsGone)
{
    ProcessIdentity other = *ownIdentity();
    other.boot = "00000000-0000-4000-8000-000000000000";
    EXPECT_FALSE(isAlive(other));
}

TEST(AProcess, OfAnotherPidNamespaceCountsAsAlive)
{
    ProcessIdentity other = *ownIdentity();
    other.pidNamespace = "pid:[1]";
    other.started = 1;
    EXPECT_TRUE(isAlive(other));
}

TEST(AProcess, IsGoneOnceItHasEndedEvenIfNobodyHasFetchedIt)
{
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        const ProcessIdentity own = *ownIdentity();
        const bool told = ::write(ends[1], &own.started, sizeof own.started) == sizeof own.started;
        ::_exit(told ? 0 : 1);
    }
    ProcessIdentity identity = *ownIdentity();
    identity.pid = child;
    ASSERT_EQ(
        ::read(ends[0], &identity.started, sizeof identity.started),
        static_cast<ssize_t>(sizeof identity.started));
    siginfo_t info{};
    ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT), 0);
    EXPECT_FALSE(isAlive(identity)) << "a zombie";
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    EXPECT_FALSE(isAlive(identity));
    ::close(ends[0]);
    ::close(ends[1]);
}

TEST(ARecord, ComesBackAsItWasWritten)
{
    const ScratchFolder folder;
    const SessionRecords records(folder.path());
    SessionRecord record;
    record.session = sessionIn(folder);
    record.socket = "/run/user/1000/podman/podman.sock";
    record.runtime = "runc";
    record.ownEngine = true;
    record.design = "Shop \"1\"";
    record.status = "running";
    record.endpoints = {{"web", "127.0.0.1:49153"}};
    ASSERT_TRUE(records.write(record));
    const Result<SessionRecord> read = records.read(record.session.id);
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_EQ(*read, record);
    EXPECT_EQ(records.sessions(), std::vector<std::string>{record.session.id});
    ASSERT_TRUE(records.remove(record.session.id));
    EXPECT_TRUE(records.sessions().empty());
    EXPECT_TRUE(records.remove(record.session.id)) << "once more is fine";
}

TEST(ARecord, ThatIsDamagedIsRefusedWithAReason)
{
    const ScratchFolder folder;
    const SessionRecords records(folder.path());
    SessionRecord record;
    record.session = sessionIn(folder);
    const std::string id = record.session.id;
    ASSERT_TRUE(records.write(record));
    const std::string good = folder.read("lab/" + id + ".json");
    for (std::size_t length = 0; length + 2 < good.size(); length += 7) {
        folder.write("lab/" + id + ".json", good.substr(0, length));
        EXPECT_FALSE(records.read(id)) << length;
    }
    for (const char* text : {"[]", "{}", "null", "{\"format\":\"nephoscope-lab-session\",\"labels\":[1]}"}) {
        folder.write("lab/" + id + ".json", text);
        EXPECT_FALSE(records.read(id)) << text;
    }
    folder.write("lab/" + id + ".json", R"({"format": "nephoscope-lab-session", "version": 2})");
    EXPECT_EQ(records.read(id).error().code, ErrorCode::NewerVersion);
}

TEST(ARecord, OfAnotherSessionUnderThisNameIsRefused)
{
    const ScratchFolder folder;
    const SessionRecords records(folder.path());
    SessionRecord record;
    record.session = sessionIn(folder);
    ASSERT_TRUE(records.write(record));
    const std::string other = newUuid();
    folder.write("lab/" + other + ".json", folder.read("lab/" + record.session.id + ".json"));
    EXPECT_EQ(records.read(other).error().code, ErrorCode::Invalid);
}

}  // namespace
}  // namespace neph
