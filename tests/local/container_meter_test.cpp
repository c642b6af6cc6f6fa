#include <gtest/gtest.h>

#include "sim/local/container_meter.h"
#include "tests/local/memory_engine.h"
#include "tests/local/scratch_folder.h"

namespace neph {
namespace {

const std::string kId = "0123456789abcdef0123456789abcdef";

class MeteredEngine : public MemoryEngine {
public:
    Result<std::string> inspectJson(const std::string&) override { return inspected; }
    Result<ContainerUse> use(const std::string&) override
    {
        ++asked;
        return ContainerUse{7.5, 99, 0};
    }

    std::string inspected = R"({"State": {"Pid": 42}})";
    int asked = 0;
};

class AContainerMeter : public testing::Test {
protected:
    ScratchFolder m_folder;
    MeteredEngine m_engine;
    ContainerMeter m_meter{m_engine, m_folder.path("proc"), m_folder.path("cgroup")};
};

TEST_F(AContainerMeter, ReadsTheCountersOfControlGroupsVersion1)
{
    m_folder.write(
        "proc/42/cgroup", "5:memory:/libpod_parent/libpod-" + kId + "\n4:cpu,cpuacct:/libpod_parent/libpod-" +
                              kId + "\n3:cpuset:/x\n");
    m_folder.write("cgroup/cpuacct/libpod_parent/libpod-" + kId + "/cpuacct.usage", "2500000000\n");
    m_folder.write("cgroup/memory/libpod_parent/libpod-" + kId + "/memory.usage_in_bytes", "1048576\n");
    const std::optional<ContainerUse> use = m_meter.read(kId);
    ASSERT_TRUE(use);
    EXPECT_EQ(use->cpuSeconds, 2.5);
    EXPECT_EQ(use->memoryBytes, 1048576);
    EXPECT_TRUE(m_meter.isDirect());
    EXPECT_EQ(m_engine.asked, 0);
}

TEST_F(AContainerMeter, ReadsTheCountersOfControlGroupsVersion2)
{
    const std::string folder = "cgroup/machine.slice/libpod-" + kId + ".scope";
    m_folder.write("proc/42/cgroup", "0::/machine.slice/libpod-" + kId + ".scope\n");
    m_folder.write(folder + "/cpu.stat", "usage_usec 1250000\nuser_usec 1\nsystem_usec 2\n");
    m_folder.write(folder + "/memory.current", "4096\n");
    const std::optional<ContainerUse> use = m_meter.read(kId);
    ASSERT_TRUE(use);
    EXPECT_EQ(use->cpuSeconds, 1.25);
    EXPECT_EQ(use->memoryBytes, 4096);
}

TEST_F(AContainerMeter, AsksTheEngineWhereTheKernelShowsNothingOfThisContainer)
{
    m_folder.write("proc/42/cgroup", "0::/user.slice/somebody-else\n");
    m_folder.write("cgroup/user.slice/somebody-else/cpu.stat", "usage_usec 1\n");
    const std::optional<ContainerUse> use = m_meter.read(kId);
    ASSERT_TRUE(use);
    EXPECT_EQ(use->cpuSeconds, 7.5);
    EXPECT_FALSE(m_meter.isDirect());
}

TEST_F(AContainerMeter, SurvivesAnEngineThatTalksNonsense)
{
    for (const char* nonsense : {"", "[]", "null", "{\"State\": 3}", "{\"State\": {\"Pid\": \"x\"}}"}) {
        m_engine.inspected = nonsense;
        EXPECT_TRUE(m_meter.read(kId)) << nonsense;
    }
}

// A container that was started again has another process and other counters.
TEST_F(AContainerMeter, LooksAgainWhenTheCountersAreGone)
{
    m_folder.write("proc/42/cgroup", "0::/first-" + kId + "\n");
    m_folder.write("cgroup/first-" + kId + "/cpu.stat", "usage_usec 1000000\n");
    ASSERT_EQ(m_meter.read(kId)->cpuSeconds, 1.0);
    std::filesystem::remove_all(m_folder.path("cgroup/first-" + kId));
    m_folder.write("proc/42/cgroup", "0::/second-" + kId + "\n");
    m_folder.write("cgroup/second-" + kId + "/cpu.stat", "usage_usec 2000000\n");
    (void)m_meter.read(kId);
    const std::optional<ContainerUse> use = m_meter.read(kId);
    ASSERT_TRUE(use);
    EXPECT_EQ(use->cpuSeconds, 2.0);
}

}  // namespace
}  // namespace neph
