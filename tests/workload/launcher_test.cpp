// The entry point of images without a shell.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/workload/child_process.h"

namespace neph {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class Launcher : public testing::Test {
protected:
    ChildProcess&
    launch(const ChildProcess::Words& words, const std::map<std::string, std::string>& variables)
    {
        ChildProcess::Words all = {NEPH_LAUNCHER_PROGRAM};
        all.insert(all.end(), words.begin(), words.end());
        m_process = std::make_unique<ChildProcess>(all, variables);
        return *m_process;
    }

    TemporaryFolder m_folder;
    std::unique_ptr<ChildProcess> m_process;
};

TEST_F(Launcher, WritesFilesWithTheirFolders)
{
    const std::string open = m_folder.path("etc/deep/redis.conf");
    const std::string secret = m_folder.path("pass word");
    ChildProcess& process = launch(
        {"true"},
        {{"NEPH_FILE_1", open + "\nport 1\nbind *\n"}, {"NEPH_FILE_2", secret + " 0600\nswordfish"}});
    EXPECT_EQ(process.wait(), 0) << process.errors();
    EXPECT_EQ(textOfFile(open), "port 1\nbind *\n");
    EXPECT_EQ(textOfFile(secret), "swordfish");
    EXPECT_EQ(fs::status(open).permissions(), fs::perms{0644});
    EXPECT_EQ(fs::status(secret).permissions(), fs::perms{0600});
}

TEST_F(Launcher, KnowsTheInterfaceWithAWayOut)
{
    const std::string file = m_folder.path("haproxy.cfg");
    ChildProcess& process =
        launch({"true"}, {{"NEPH_FILE_1", file + "\ninterface {outer interface} end {outer interface}\n"}});
    EXPECT_EQ(process.wait(), 0) << process.errors();
    EXPECT_EQ(textOfFile(file).find('{'), std::string::npos);
    EXPECT_EQ(textOfFile(file).find("interface  end"), std::string::npos) << "it is never nothing";
}

TEST_F(Launcher, RunsWhatComesBeforeInOrder)
{
    const std::string log = m_folder.path("log");
    const auto say = [&](const std::string& word) { return "sh\n-c\necho " + word + " >> " + log; };
    ChildProcess& process = launch(
        {"cat", log}, {{"NEPH_BEFORE_10", say("third")},
                       {"NEPH_BEFORE_2", say("second")},
                       {"NEPH_BEFORE_1", say("first")}});
    EXPECT_EQ(process.wait(), 0) << process.errors();
    EXPECT_EQ(process.output(), "first\nsecond\nthird\n");
}

TEST_F(Launcher, LeavesOutWhatIsDoneAlready)
{
    const std::string there = m_folder.path("PG_VERSION");
    std::ofstream(there) << "15";
    ChildProcess& process = launch(
        {"echo", "started"}, {{"NEPH_BEFORE_1", "unless=" + there + "\nfalse"},
                              {"NEPH_BEFORE_2", "unless=" + there + "-not\ntrue"}});
    EXPECT_EQ(process.wait(), 0) << process.errors();
    EXPECT_EQ(process.output(), "started\n");
}

TEST_F(Launcher, EndsWithWhatFails)
{
    ChildProcess& process = launch({"echo", "started"}, {{"NEPH_BEFORE_1", "sh\n-c\nexit 5"}});
    EXPECT_EQ(process.wait(), 5);
    EXPECT_EQ(process.output(), "");
    EXPECT_THAT(process.errors(), HasSubstr("sh failed with exit code 5"));
}

TEST_F(Launcher, BecomesTheProgramWithoutItsOwnVariables)
{
    ChildProcess& process = launch(
        {"sh", "-c", "env; exit 9"}, {{"NEPH_FILE_1", m_folder.path("a") + "\nsecret"},
                                      {"NEPH_BEFORE_1", "true"},
                                      {"NEPH_WORKLOAD", "{}"}});
    EXPECT_EQ(process.wait(), 9);
    EXPECT_THAT(process.output(), HasSubstr("NEPH_WORKLOAD={}"));
    EXPECT_THAT(process.output(), Not(HasSubstr("NEPH_FILE")));
    EXPECT_THAT(process.output(), Not(HasSubstr("NEPH_BEFORE")));
}

TEST_F(Launcher, SaysWhatIsWrong)
{
    EXPECT_EQ(launch({}, {}).wait(), 126);
    EXPECT_EQ(launch({"/no/such/program"}, {}).wait(), 127);
    EXPECT_THAT(m_process->errors(), HasSubstr("cannot run /no/such/program: No such file"));
    EXPECT_EQ(launch({"true"}, {{"NEPH_FILE_1", "relative\ntext"}}).wait(), 126);
    EXPECT_THAT(m_process->errors(), HasSubstr("must be an absolute path, not 'relative'"));
    EXPECT_EQ(launch({"true"}, {{"NEPH_FILE_one", "/x\ntext"}}).wait(), 126);
    EXPECT_THAT(m_process->errors(), HasSubstr("NEPH_FILE_one must end in a number"));
}

}  // namespace
}  // namespace neph
