// reliability.md C3: a container that tries everything. Sources: OWASP Docker Security Cheat Sheet, rules 2
// to 8.
#include <gmock/gmock.h>

#include "tests/local/live_engine.h"

namespace neph::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class AContainerThatWantsOut : public WithARealEngine {};

TEST_F(AContainerThatWantsOut, IsRefusedEverything)
{
    ContainerSpec spec = probe("escape", {"escape"});
    spec.pids = 64;
    const std::string id = started(spec);
    ASSERT_TRUE(says(id, "tried everything", 20));
    const std::string log = *engine().logs(id);
    EXPECT_THAT(log, Not(HasSubstr("WORKED")));
    EXPECT_THAT(log, HasSubstr("become root: refused"));
    EXPECT_THAT(log, HasSubstr("fork without end: refused"));
    const std::size_t at = log.find("processes: ");
    ASSERT_NE(at, std::string::npos);
    EXPECT_LT(std::stoi(log.substr(at + 11)), 64) << "not more than it may have";
}

TEST_F(AContainerThatWantsOut, HasNoWayOutOfAnInternalNetworkNorToTheMachine)
{
    ASSERT_TRUE(engine().createNetwork(named("inner"), true, LiveEngine::get().labels()));
    for (const char* host : {"192.0.2.1", "127.0.0.1"}) {
        ContainerSpec spec = probe(std::string("out-") + host, {"connect", host, "22"});
        spec.networks = {{named("inner"), {}}};
        const std::string id = started(spec);
        ASSERT_TRUE(says(id, "connected")) << host;
        EXPECT_THAT(*engine().logs(id), HasSubstr("not connected")) << host;
    }
}

// It may listen wherever it likes: without a published port nobody outside its network comes there.
TEST_F(AContainerThatWantsOut, ListensForItsNetworkAlone)
{
    ASSERT_TRUE(engine().createNetwork(named("own"), true, LiveEngine::get().labels()));
    ContainerSpec spec = probe("listener", {"serve", "31999"});
    spec.networks = {{named("own"), {}}};
    const std::string id = started(spec);
    ASSERT_TRUE(says(id, "serving"));
    EXPECT_NE(run("timeout 2 bash -c '</dev/tcp/127.0.0.1/31999'").code, 0);
    EXPECT_TRUE(engine().inspect(id)->ports.empty());
}

}  // namespace
}  // namespace neph::test
