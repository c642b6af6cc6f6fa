#include "sim/kernel/simulation.h"

#include <stop_token>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/kernel/fingerprint.h"
#include "sim/kernel/process.h"
#include "sim/kernel/random.h"

namespace neph {
namespace {

using testing::ElementsAre;

void ignore(std::uint32_t) {}

TEST(Simulation, HandsEventsToTheHandlerAtTheirTime)
{
    Simulation sim;
    sim.events().schedule(2ms, 20);
    sim.events().schedule(1ms, 10);
    std::vector<std::pair<Time, std::uint32_t>> seen;
    sim.runUntil(5ms, [&](std::uint32_t what) { seen.emplace_back(sim.now(), what); });
    EXPECT_THAT(seen, ElementsAre(std::pair{1ms, 10u}, std::pair{2ms, 20u}));
}

TEST(Simulation, IncludesTheEventsAtTheEnd)
{
    Simulation sim;
    sim.events().schedule(5ms, 1);
    sim.events().schedule(5ms + 1ns, 2);
    std::vector<std::uint32_t> seen;
    EXPECT_EQ(sim.runUntil(5ms, [&](std::uint32_t what) { seen.push_back(what); }), StopReason::ReachedEnd);
    EXPECT_THAT(seen, ElementsAre(1u));
}

TEST(Simulation, IsAtTheEndAfterARun)
{
    Simulation sim;
    EXPECT_EQ(sim.runUntil(5ms, ignore), StopReason::NoMoreEvents);
    EXPECT_EQ(sim.now(), 5ms);
}

TEST(Simulation, StaysAtTheLastEventWithoutAnEnd)
{
    Simulation sim;
    sim.events().schedule(3ms, 1);
    EXPECT_EQ(sim.runUntil(kNever, ignore), StopReason::NoMoreEvents);
    EXPECT_EQ(sim.now(), 3ms);
}

TEST(Simulation, HandlesOneEventAStep)
{
    Simulation sim;
    sim.events().schedule(1ms, 1);
    sim.events().schedule(2ms, 2);
    EXPECT_TRUE(sim.step(ignore));
    EXPECT_EQ(sim.now(), 1ms);
    EXPECT_TRUE(sim.step(ignore));
    EXPECT_FALSE(sim.step(ignore));
    EXPECT_EQ(sim.eventsHandled(), 2u);
}

TEST(Simulation, CapsWhatIsLaterThanItsHorizon)
{
    Simulation sim;
    EXPECT_EQ(sim.later(kNever), EventSet::kHorizon);
    EXPECT_EQ(sim.later(1s), 1s);
}

/// A simulation that never runs out: an event that schedules itself again.
class EndlessSimulation : public testing::Test {
protected:
    explicit EndlessSimulation(Duration period = 1us) : m_period(period) { m_sim.events().schedule(0s, 1); }

    StopReason run()
    {
        return m_sim.runUntil(
            kNever, [this](std::uint32_t what) { m_sim.events().schedule(m_sim.now() + m_period, what); });
    }

    Simulation m_sim;
    Duration m_period;
};

TEST_F(EndlessSimulation, StopsAtTheEventLimit)
{
    m_sim.setGuard({.maxEvents = 10'000});
    EXPECT_EQ(run(), StopReason::EventLimit);
    EXPECT_GE(m_sim.eventsHandled(), 10'000u);
    EXPECT_LE(m_sim.eventsHandled(), 10'000u + Simulation::kBatch);
}

TEST_F(EndlessSimulation, StopsWhenItIsCancelled)
{
    std::stop_source source;
    source.request_stop();
    m_sim.setGuard({.stop = source.get_token()});
    EXPECT_EQ(run(), StopReason::Cancelled);
}

TEST_F(EndlessSimulation, StopsAtTheWallLimit)
{
    m_sim.setGuard({.maxWall = std::chrono::duration<double>(0.01)});
    EXPECT_EQ(run(), StopReason::WallLimit);
}

TEST_F(EndlessSimulation, GoesOnWithANewGuard)
{
    m_sim.setGuard({.maxEvents = 10'000});
    run();
    const Time stopped = m_sim.now();
    m_sim.setGuard({.maxEvents = 20'000});
    EXPECT_EQ(run(), StopReason::EventLimit);
    EXPECT_GT(m_sim.now(), stopped);
}

class SimulationThatStandsStill : public EndlessSimulation {
protected:
    SimulationThatStandsStill() : EndlessSimulation(0s) {}
};

TEST_F(SimulationThatStandsStill, StopsAtTheLimitOfEventsAtOneInstant)
{
    m_sim.setGuard({.maxEventsAtOneInstant = 100'000});
    EXPECT_EQ(run(), StopReason::StuckAtInstant);
    EXPECT_LE(m_sim.eventsHandled(), 100'000u + 2 * Simulation::kBatch);
}

Process wander(Simulation& sim, std::uint32_t id, Trigger& trigger, Fingerprint& trajectory)
{
    RandomStream random(1, id);
    for (;;) {
        co_await sim.after(Duration(static_cast<std::int64_t>(random.exponential() * 1e6)));
        trajectory.add(sim.now(), id);
        if (random.below(8) == 0) {
            trigger.fire();
        } else if (random.below(4) == 0) {
            const bool fired = co_await trigger.waitFor(3ms);
            trajectory.add(sim.now(), fired ? 1 : 0);
        }
    }
}

std::uint64_t trajectoryOf(std::uint32_t processes, Time end, Duration step)
{
    Simulation sim;
    Trigger trigger(sim);
    Fingerprint trajectory;
    Scope scope(sim);
    for (std::uint32_t id = 0; id < processes; ++id) {
        scope.start(wander(sim, id, trigger, trajectory));
    }
    for (Time at = step; at <= end; at += step) {
        sim.runUntil(at, ignore);
    }
    return trajectory.value();
}

TEST(Simulation, RepeatsATrajectoryBitByBit)
{
    EXPECT_EQ(trajectoryOf(300, 200ms, 200ms), trajectoryOf(300, 200ms, 200ms));
}

TEST(Simulation, DoesNotDependOnHowOftenItIsInterrupted)
{
    EXPECT_EQ(trajectoryOf(3000, 20ms, 20ms), trajectoryOf(3000, 20ms, 10us));
}

TEST(Simulation, YieldsTheSameTrajectoryOnEveryMachine)
{
    // Recorded once; a change here changes saved results.
    EXPECT_EQ(trajectoryOf(300, 200ms, 200ms), 4'509'900'775'659'361'388u);
}

TEST(Fingerprint, DependsOnTheOrder)
{
    Fingerprint first;
    first.add(1s, 1);
    first.add(1s, 2);
    Fingerprint second;
    second.add(1s, 2);
    second.add(1s, 1);
    EXPECT_NE(first.value(), second.value());
}

TEST(Fingerprint, DependsOnTheTimes)
{
    Fingerprint first;
    first.add(1s, 1);
    Fingerprint second;
    second.add(1s + 1ns, 1);
    EXPECT_NE(first.value(), second.value());
}

}  // namespace
}  // namespace neph
