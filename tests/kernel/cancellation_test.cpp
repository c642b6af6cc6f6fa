#include "sim/kernel/process.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace neph {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Tells a log when it goes, to show that a frame was destroyed.
class Witness {
public:
    Witness(std::vector<std::string>& log, std::string name) : m_log(&log), m_name(std::move(name)) {}
    Witness(const Witness&) = delete;
    Witness& operator=(const Witness&) = delete;
    ~Witness() { m_log->push_back(m_name + " gone"); }

private:
    std::vector<std::string>* m_log;
    std::string m_name;
};

class CancellingAScope : public testing::Test {
protected:
    void runTo(Time end)
    {
        sim.runUntil(end, [](std::uint32_t) {});
    }

    Simulation sim;
    std::vector<std::string> log;
    std::unique_ptr<Scope> scope = std::make_unique<Scope>(sim);
};

Process sleep(Simulation& sim, std::vector<std::string>& log, std::string name)
{
    const Witness witness(log, name);
    co_await sim.after(1s);
    log.push_back(name + " slept");
}

TEST_F(CancellingAScope, DestroysProcessesThatHaveNotBegun)
{
    scope->start(sleep(sim, log, "a"));
    scope->cancel();
    runTo(2s);
    EXPECT_THAT(log, IsEmpty());
    EXPECT_EQ(scope->running(), 0u);
}

TEST_F(CancellingAScope, DestroysProcessesThatSleepOldestFirst)
{
    scope->start(sleep(sim, log, "a"));
    scope->start(sleep(sim, log, "b"));
    runTo(500ms);
    scope->cancel();
    EXPECT_THAT(log, ElementsAre("a gone", "b gone"));
    runTo(2s);
    EXPECT_THAT(log, ElementsAre("a gone", "b gone"));
}

TEST_F(CancellingAScope, HappensWhenItIsDestroyed)
{
    scope->start(sleep(sim, log, "a"));
    runTo(500ms);
    scope.reset();
    EXPECT_THAT(log, ElementsAre("a gone"));
}

TEST_F(CancellingAScope, LeavesOtherScopesAlone)
{
    Scope other(sim);
    scope->start(sleep(sim, log, "a"));
    other.start(sleep(sim, log, "b"));
    runTo(500ms);
    scope->cancel();
    runTo(2s);
    EXPECT_THAT(log, ElementsAre("a gone", "b slept", "b gone"));
}

Process waitFor(Trigger& trigger, std::vector<std::string>& log)
{
    const Witness witness(log, "waiter");
    co_await trigger.wait();
    log.push_back("woken");
}

TEST_F(CancellingAScope, DestroysProcessesThatWait)
{
    Trigger trigger(sim);
    scope->start(waitFor(trigger, log));
    runTo(1s);
    scope->cancel();
    trigger.fire();
    runTo(2s);
    EXPECT_THAT(log, ElementsAre("waiter gone"));
}

TEST_F(CancellingAScope, DestroysProcessesThatAreAboutToWake)
{
    Trigger trigger(sim);
    scope->start(waitFor(trigger, log));
    runTo(1s);
    trigger.fire();
    scope->cancel();
    runTo(2s);
    EXPECT_THAT(log, ElementsAre("waiter gone"));
}

TEST_F(CancellingAScope, DoesNotLetANewProcessInheritOldWakeUps)
{
    // The second process gets the slot of the first, for which a timer and a trigger are still on their way.
    Trigger trigger(sim);
    scope->start(waitFor(trigger, log));
    runTo(500ms);
    scope->cancel();
    log.clear();
    scope->start(sleep(sim, log, "b"));
    runTo(600ms);
    trigger.fire();
    runTo(1'400ms);
    EXPECT_THAT(log, IsEmpty());
    runTo(1'500ms);
    EXPECT_THAT(log, ElementsAre("b slept", "b gone"));
}

Process nest(Simulation& sim, std::vector<std::string>& log)
{
    const Witness witness(log, "parent");
    co_await sleep(sim, log, "child");
    log.push_back("parent went on");
}

TEST_F(CancellingAScope, DestroysWhatItsProcessesAwait)
{
    scope->start(nest(sim, log));
    runTo(500ms);
    scope->cancel();
    EXPECT_THAT(log, ElementsAre("child gone", "parent gone"));
}

Process nestLocal(Simulation& sim, std::vector<std::string>& log)
{
    Process unused = sleep(sim, log, "unused");
    Process child = sleep(sim, log, "child");
    co_await std::move(child);
    co_await std::move(unused);
}

TEST_F(CancellingAScope, DestroysProcessesThatWereNotAwaitedYet)
{
    scope->start(nestLocal(sim, log));
    runTo(500ms);
    scope->cancel();
    // The unused one had not begun, so it has no witness yet.
    EXPECT_THAT(log, ElementsAre("child gone"));
}

Process nestDeep(Simulation& sim, int depth)
{
    if (depth == 0) {
        co_await sim.after(1h);
        co_return;
    }
    Process child = nestDeep(sim, depth - 1);
    co_await std::move(child);
}

TEST_F(CancellingAScope, DestroysAThousandNestedFrames)
{
    scope->start(nestDeep(sim, 1000));
    runTo(1s);
    scope->cancel();
    runTo(2h);
    EXPECT_EQ(scope->running(), 0u);
}

Process
cancelItself(Simulation& sim, std::unique_ptr<Scope>& scope, std::vector<std::string>& log, bool destroy)
{
    const Witness witness(log, "canceller");
    co_await sim.after(500ms);
    if (destroy) {
        scope.reset();
    } else {
        scope->cancel();
    }
    log.push_back("still here");
    co_await sim.after(1ms);
    log.push_back("never");
}

TEST_F(CancellingAScope, FromOneOfItsProcessesLetsThatOneReachItsNextSuspension)
{
    scope->start(sleep(sim, log, "a"));
    scope->start(cancelItself(sim, scope, log, false));
    scope->start(sleep(sim, log, "b"));
    runTo(2s);
    EXPECT_THAT(log, ElementsAre("a gone", "b gone", "still here", "canceller gone"));
    EXPECT_EQ(scope->running(), 0u);
}

TEST_F(CancellingAScope, FromOneOfItsProcessesMayDestroyTheScopeAsWell)
{
    scope->start(cancelItself(sim, scope, log, true));
    scope->start(sleep(sim, log, "b"));
    runTo(2s);
    EXPECT_THAT(log, ElementsAre("b gone", "still here", "canceller gone"));
}

Process cancelInChild(Simulation& sim, std::unique_ptr<Scope>& scope, std::vector<std::string>& log)
{
    const Witness witness(log, "parent");
    Process child = cancelItself(sim, scope, log, false);
    co_await std::move(child);
    log.push_back("never");
}

TEST_F(CancellingAScope, FromANestedProcessDestroysTheNest)
{
    scope->start(cancelInChild(sim, scope, log));
    runTo(2s);
    EXPECT_THAT(log, ElementsAre("still here", "canceller gone", "parent gone"));
}

Process cancelAndEnd(Scope& scope, std::vector<std::string>& log)
{
    const Witness witness(log, "canceller");
    scope.cancel();
    co_return;
}

TEST_F(CancellingAScope, AsTheLastThingAProcessDoesIsFine)
{
    scope->start(cancelAndEnd(*scope, log));
    runTo(1s);
    EXPECT_THAT(log, ElementsAre("canceller gone"));
}

Process cancelAndRestart(Simulation& sim, Scope& scope, std::vector<std::string>& log)
{
    co_await sim.after(1ms);
    scope.cancel();
    scope.start(sleep(sim, log, "successor"));
    co_await sim.after(1h);
    log.push_back("never");
}

TEST_F(CancellingAScope, LeavesItUsable)
{
    scope->start(cancelAndRestart(sim, *scope, log));
    runTo(1s);
    EXPECT_EQ(scope->running(), 1u);
    runTo(2s);
    EXPECT_THAT(log, ElementsAre("successor slept", "successor gone"));
}

TEST_F(CancellingAScope, FreesAHundredThousandProcesses)
{
    for (int i = 0; i < 100'000; ++i) {
        scope->start(nestDeep(sim, 1));
    }
    runTo(1s);
    EXPECT_EQ(scope->running(), 100'000u);
    scope->cancel();
    EXPECT_EQ(scope->running(), 0u);
}

}  // namespace
}  // namespace neph
