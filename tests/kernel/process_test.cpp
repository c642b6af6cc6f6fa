#include "sim/kernel/process.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace neph {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Log = std::vector<std::string>;

/// Runs until nothing is left to happen.
void runOut(Simulation& sim)
{
    sim.runUntil(kNever, [](std::uint32_t) {});
}

class Processes : public testing::Test {
protected:
    void runTo(Time end)
    {
        sim.runUntil(end, [](std::uint32_t) {});
    }

    Simulation sim;
    Scope scope{sim};
    Log log;
};

Process note(Simulation& sim, Log& log, std::string text, Duration after)
{
    co_await sim.after(after);
    log.push_back(std::move(text));
}

TEST_F(Processes, BeginThroughTheEventLoopOnly)
{
    scope.start(note(sim, log, "done", 0s));
    EXPECT_THAT(log, IsEmpty());
    runOut(sim);
    EXPECT_THAT(log, ElementsAre("done"));
}

TEST_F(Processes, WaitForTheTimeTheyAskFor)
{
    scope.start(note(sim, log, "late", 20ms));
    scope.start(note(sim, log, "early", 10ms));
    runTo(15ms);
    EXPECT_THAT(log, ElementsAre("early"));
    runTo(20ms);
    EXPECT_THAT(log, ElementsAre("early", "late"));
}

TEST_F(Processes, WakeAtOneMomentInTheOrderOfCreation)
{
    for (const char* name : {"a", "b", "c", "d"}) {
        scope.start(note(sim, log, name, 1s));
    }
    runOut(sim);
    EXPECT_THAT(log, ElementsAre("a", "b", "c", "d"));
}

Process awaitMoment(Simulation& sim, Log& log, Time at)
{
    co_await sim.until(at);
    log.push_back(std::to_string(sim.now() / 1ms));
}

TEST_F(Processes, WaitUntilAMoment)
{
    scope.start(awaitMoment(sim, log, 70ms));
    runOut(sim);
    EXPECT_THAT(log, ElementsAre("70"));
}

TEST_F(Processes, TakeAPassedMomentForNow)
{
    runTo(100ms);
    scope.start(awaitMoment(sim, log, 70ms));
    runOut(sim);
    EXPECT_THAT(log, ElementsAre("100"));
}

Process waitOn(Trigger& trigger, Log& log, std::string name)
{
    co_await trigger.wait();
    log.push_back(std::move(name));
}

TEST_F(Processes, AreWokenByATriggerInTheOrderOfWaiting)
{
    Trigger trigger(sim);
    scope.start(waitOn(trigger, log, "first"));
    scope.start(waitOn(trigger, log, "second"));
    runOut(sim);
    EXPECT_THAT(log, IsEmpty());
    trigger.fire();
    EXPECT_THAT(log, IsEmpty());
    runOut(sim);
    EXPECT_THAT(log, ElementsAre("first", "second"));
}

TEST_F(Processes, DoNotSeeATriggerThatFiredBefore)
{
    Trigger trigger(sim);
    trigger.fire();
    scope.start(waitOn(trigger, log, "woken"));
    runOut(sim);
    EXPECT_THAT(log, IsEmpty());
    EXPECT_EQ(scope.running(), 1u);
}

Process waitBriefly(Simulation& sim, Trigger& trigger, Log& log, Duration timeout)
{
    const bool fired = co_await trigger.waitFor(timeout);
    log.push_back((fired ? "fired at " : "timeout at ") + std::to_string(sim.now() / 1ms));
}

TEST_F(Processes, LearnThatATriggerFiredInTime)
{
    Trigger trigger(sim);
    scope.start(waitBriefly(sim, trigger, log, 30ms));
    runTo(10ms);
    trigger.fire();
    runOut(sim);
    EXPECT_THAT(log, ElementsAre("fired at 10"));
}

TEST_F(Processes, LearnThatATriggerDidNotFireInTime)
{
    Trigger trigger(sim);
    scope.start(waitBriefly(sim, trigger, log, 30ms));
    runOut(sim);
    trigger.fire();
    runOut(sim);
    EXPECT_THAT(log, ElementsAre("timeout at 30"));
}

Process waitThenRest(Simulation& sim, Trigger& trigger, Log& log)
{
    const bool fired = co_await trigger.waitFor(30ms);
    log.push_back(fired ? "fired" : "timeout");
    co_await sim.after(100ms);
    log.push_back(std::to_string(sim.now() / 1ms));
}

TEST_F(Processes, AreNotResumedByATimerThatLostTheRace)
{
    Trigger trigger(sim);
    scope.start(waitThenRest(sim, trigger, log));
    runTo(10ms);
    trigger.fire();
    runOut(sim);
    EXPECT_THAT(log, ElementsAre("fired", "110"));
}

TEST_F(Processes, AreNotResumedByATriggerThatLostTheRace)
{
    Trigger trigger(sim);
    scope.start(waitThenRest(sim, trigger, log));
    runTo(50ms);
    trigger.fire();
    runOut(sim);
    EXPECT_THAT(log, ElementsAre("timeout", "130"));
}

TEST_F(Processes, KeepNoMemoryOfTimeoutsInATrigger)
{
    // A process that polls for ever must not lengthen the list of those who wait; the fire at the end finds
    // one.
    struct Poll {
        static Process run(Trigger& trigger, int times, int& seen)
        {
            for (int i = 0; i < times; ++i) {
                const bool fired = co_await trigger.waitFor(1ms);
                seen += fired ? 1 : 0;
            }
        }
    };
    Trigger trigger(sim);
    int seen = 0;
    scope.start(Poll::run(trigger, 100'000, seen));
    runTo(50s);
    trigger.fire();
    runOut(sim);
    EXPECT_EQ(seen, 1);
}

TEST_F(Processes, OutliveTheTriggerTheyWaitForWithATimeout)
{
    auto trigger = std::make_unique<Trigger>(sim);
    scope.start(waitBriefly(sim, *trigger, log, 30ms));
    runTo(10ms);
    trigger.reset();
    runOut(sim);
    EXPECT_THAT(log, ElementsAre("timeout at 30"));
}

Process receive(Simulation& sim, Completion<std::string>& completion, Log& log)
{
    const std::string value = co_await completion.wait();
    log.push_back(value + " at " + std::to_string(sim.now() / 1ms));
}

TEST_F(Processes, ReceiveTheValueOfACompletion)
{
    Completion<std::string> completion(sim);
    scope.start(receive(sim, completion, log));
    runTo(5ms);
    completion.set("image");
    runOut(sim);
    EXPECT_THAT(log, ElementsAre("image at 5"));
}

TEST_F(Processes, ReceiveAValueThatIsKnownAlready)
{
    Completion<std::string> completion(sim);
    completion.set("image");
    runTo(5ms);
    scope.start(receive(sim, completion, log));
    runOut(sim);
    EXPECT_THAT(log, ElementsAre("image at 5"));
}

Process receiveInTime(Completion<std::string>& completion, Log& log)
{
    const std::optional<std::string> value = co_await completion.waitFor(30ms);
    log.push_back(value.value_or("nothing"));
}

TEST_F(Processes, GiveUpOnACompletionAfterTheirTimeout)
{
    Completion<std::string> completion(sim);
    scope.start(receiveInTime(completion, log));
    runTo(31ms);
    completion.set("image");
    scope.start(receiveInTime(completion, log));
    runOut(sim);
    EXPECT_THAT(log, ElementsAre("nothing", "image"));
}

Process outer(Simulation& sim, Log& log)
{
    co_await note(sim, log, "temporary child", 10ms);
    Process child = note(sim, log, "local child", 10ms);
    log.push_back("between");
    co_await std::move(child);
    log.push_back("parent at " + std::to_string(sim.now() / 1ms));
}

TEST_F(Processes, AwaitOneAnother)
{
    scope.start(outer(sim, log));
    runOut(sim);
    EXPECT_THAT(log, ElementsAre("temporary child", "between", "local child", "parent at 20"));
    EXPECT_EQ(scope.running(), 0u);
}

std::uintptr_t lowestFrame = 0;
std::uintptr_t highestFrame = 0;

[[gnu::noinline]] void noteStack()
{
    const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    lowestFrame = std::min(lowestFrame, here);
    highestFrame = std::max(highestFrame, here);
}

Process descend(Simulation& sim, int depth)
{
    noteStack();
    if (depth > 0) {
        Process child = descend(sim, depth - 1);
        co_await std::move(child);
    } else {
        co_await sim.after(1ms);
    }
    noteStack();
}

TEST_F(Processes, DoNotGrowTheStackWhereTheyNest)
{
    lowestFrame = ~std::uintptr_t{0};
    highestFrame = 0;
    scope.start(descend(sim, 1000));
    runOut(sim);
    EXPECT_EQ(scope.running(), 0u);
    EXPECT_LT(highestFrame - lowestFrame, 4096u);
}

TEST_F(Processes, DoNotGrowTheStackWhereChildrenEndAtOnce)
{
    struct Many {
        static Process nothing() { co_return; }
        static Process run(int times, int& ended)
        {
            for (int i = 0; i < times; ++i) {
                co_await nothing();
                ++ended;
            }
        }
    };
    int ended = 0;
    scope.start(Many::run(1'000'000, ended));
    runOut(sim);
    EXPECT_EQ(ended, 1'000'000);
}

Process tick(Simulation& sim, Duration period, int& ticks)
{
    for (;;) {
        co_await sim.after(period);
        ++ticks;
    }
}

TEST_F(Processes, RunInTheHundredThousand)
{
    int ticks = 0;
    for (int i = 0; i < 100'000; ++i) {
        scope.start(tick(sim, 1ms + Duration(i), ticks));
    }
    runTo(3'300us);
    EXPECT_EQ(scope.running(), 100'000u);
    EXPECT_EQ(ticks, 300'000);
}

TEST_F(Processes, ReuseTheirFramesAndSlots)
{
    const auto churn = [this] {
        for (int i = 0; i < 1000; ++i) {
            scope.start(note(sim, log, "x", 1ms));
        }
        runOut(sim);
    };
    churn();
    const std::size_t frames = FramePool::memory();
    const std::size_t slots = sim.processes().capacity();
    churn();
    churn();
    EXPECT_EQ(FramePool::memory(), frames);
    EXPECT_EQ(sim.processes().capacity(), slots);
}

TEST(ProcessesDeathTest, EndTheProgramWithAnException)
{
    struct Broken {
        static Process run(Simulation& sim)
        {
            co_await sim.after(1s);
            throw 1;
        }
    };
    EXPECT_DEATH(
        {
            Simulation sim;
            Scope scope(sim);
            scope.start(Broken::run(sim));
            runOut(sim);
        },
        "");
}

}  // namespace
}  // namespace neph
