#include "sim/kernel/event_set.h"

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/kernel/random.h"

namespace neph {
namespace {

using testing::ElementsAre;

std::vector<std::uint32_t> takeAll(EventSet& events)
{
    std::vector<std::uint32_t> order;
    while (!events.isEmpty()) {
        order.push_back(events.takeNext().what);
    }
    return order;
}

TEST(EventSet, IsEmptyAtFirst)
{
    EventSet events;
    EXPECT_TRUE(events.isEmpty());
    EXPECT_EQ(events.nextTime(), kNever);
}

TEST(EventSet, YieldsEventsByTime)
{
    EventSet events;
    events.schedule(3s, 30);
    events.schedule(1s, 10);
    events.schedule(2s, 20);
    EXPECT_THAT(takeAll(events), ElementsAre(10, 20, 30));
}

TEST(EventSet, YieldsEventsOfOneMomentInTheOrderOfScheduling)
{
    EventSet events;
    for (std::uint32_t what = 100; what > 0; --what) {
        events.schedule(5ms, what);
    }
    const std::vector<std::uint32_t> order = takeAll(events);
    EXPECT_TRUE(std::is_sorted(order.begin(), order.end(), std::greater<>()));
}

TEST(EventSet, PutsWhatIsScheduledForNowBehindEverythingElseOfNow)
{
    EventSet events;
    events.schedule(1s, 1);
    events.schedule(1s, 2);
    events.schedule(2s, 4);
    EXPECT_EQ(events.takeNext().what, 1u);
    events.schedule(1s, 3);
    EXPECT_THAT(takeAll(events), ElementsAre(2, 3, 4));
}

TEST(EventSet, NumbersEventsFromOne)
{
    EventSet events;
    EXPECT_EQ(events.schedule(1s, 7), 1u);
    EXPECT_EQ(events.schedule(0s, 7), 2u);
    EXPECT_EQ(events.takeNext().sequence, 2u);
    EXPECT_EQ(events.takeNext().sequence, 1u);
}

TEST(EventSet, TakesNothingThatIsDueLater)
{
    EventSet events;
    EventSet::Event event{};
    events.schedule(10ms, 1);
    EXPECT_FALSE(events.takeNextUntil(9ms, event));
    EXPECT_TRUE(events.takeNextUntil(10ms, event));
    EXPECT_EQ(event.at, 10ms);
}

TEST(EventSet, CapsTimesAtItsHorizon)
{
    EventSet events;
    events.schedule(kNever, 1);
    EXPECT_EQ(events.takeNext().at, EventSet::kHorizon);
}

TEST(EventSet, KeepsAllBitsOfAnEvent)
{
    EventSet events;
    events.schedule(EventSet::kHorizon - 1ns, 0xFFFF'FFFE);
    const EventSet::Event event = events.takeNext();
    EXPECT_EQ(event.at, EventSet::kHorizon - 1ns);
    EXPECT_EQ(event.what, 0xFFFF'FFFEu);
}

TEST(EventSetDeathTest, RefusesThePast)
{
    EventSet events;
    events.schedule(2s, 1);
    events.takeNext();
    EXPECT_DEATH(events.schedule(1s, 2), "past");
}

TEST(EventSet, ShowsWhatComesNext)
{
    EventSet events;
    events.schedule(1s, 10);
    events.schedule(2s, 20);
    EXPECT_EQ(events.peekWhat(0), 10u);
    EXPECT_EQ(events.peekWhat(1), 20u);
    EXPECT_EQ(events.peekWhat(2), EventSet::kNothing);
}

/// A law of delays for the comparison with a plain sorted set.
struct Law {
    const char* name;
    std::function<std::int64_t(RandomStream&)> delay;
};

// Names the parameter in the output of a failing test.
void PrintTo(const Law& law, std::ostream* out)
{
    *out << law.name;
}

std::int64_t expDelay(RandomStream& random, double mean)
{
    return static_cast<std::int64_t>(random.exponential() * mean);
}

class EventSetUnder : public testing::TestWithParam<Law> {
protected:
    using Key = std::tuple<Time, std::uint64_t, std::uint32_t>;

    void schedule(Time at)
    {
        const auto what = static_cast<std::uint32_t>(m_random.next() >> 33);
        const std::uint64_t sequence = m_events.schedule(at, what);
        m_expected.emplace(at, sequence, what);
    }

    /// Whether the next event is the right one.
    bool takeMatches()
    {
        const EventSet::Event event = m_events.takeNext();
        const Key expected = *m_expected.begin();
        m_expected.erase(m_expected.begin());
        m_now = event.at;
        return expected == Key{event.at, event.sequence, event.what} && m_events.size() == m_expected.size();
    }

    Time delayed() { return m_now + Time(GetParam().delay(m_random)); }

    RandomStream m_random{7, 11};
    EventSet m_events;
    std::set<Key> m_expected;
    Time m_now{0};
};

TEST_P(EventSetUnder, AgreesWithASortedSetWhileItGrowsAndShrinks)
{
    for (const int target : {3, 70, 40, 120, 30, 2'000, 10, 20'000, 0}) {
        while (static_cast<int>(m_events.size()) < target) {
            for (std::uint64_t count = m_random.below(4); count > 0; --count) {
                schedule(delayed());
            }
            if (!m_events.isEmpty() && m_random.below(3) == 0) {
                ASSERT_TRUE(takeMatches());
            }
        }
        while (static_cast<int>(m_events.size()) > target) {
            ASSERT_TRUE(takeMatches());
            if (m_random.below(4) == 0) {
                schedule(delayed());
            }
        }
    }
}

TEST_P(EventSetUnder, AgreesWithASortedSetAtSteadySizes)
{
    for (const int pending : {1, 2, 17, 60, 97, 300, 5'000}) {
        while (static_cast<int>(m_events.size()) < pending) {
            schedule(delayed());
        }
        for (int hold = 0; hold < 4 * pending + 2'000; ++hold) {
            ASSERT_TRUE(takeMatches());
            schedule(delayed());
        }
    }
}

TEST_P(EventSetUnder, AgreesWithASortedSetWhenManyAreScheduledAtOnce)
{
    for (int burst = 0; burst < 40; ++burst) {
        const Time at = delayed();
        for (std::uint64_t count = m_random.below(600); count > 0; --count) {
            schedule(at);
        }
        for (std::uint64_t count = m_random.below(500); count > 0 && !m_events.isEmpty(); --count) {
            ASSERT_TRUE(takeMatches());
            if (m_random.below(2) == 0) {
                schedule(m_random.below(2) == 0 ? m_now : delayed());
            }
        }
    }
    while (!m_events.isEmpty()) {
        ASSERT_TRUE(takeMatches());
    }
}

TEST_P(EventSetUnder, AgreesWithASortedSetWhenLookedAtBetween)
{
    for (int step = 0; step < 20'000; ++step) {
        schedule(delayed());
        schedule(delayed());
        ASSERT_EQ(m_events.nextTime(), std::get<0>(*m_expected.begin()));
        ASSERT_TRUE(takeMatches());
        if (m_events.size() > 3'000) {
            while (m_events.size() > 5) {
                ASSERT_TRUE(takeMatches());
            }
        }
    }
}

// clang-format off
INSTANTIATE_TEST_SUITE_P(Delays, EventSetUnder, testing::Values(
    Law{"Exponential", [](RandomStream& random) { return expDelay(random, 1e9); }},
    Law{"Narrow",      [](RandomStream& random) { return expDelay(random, 3); }},
    Law{"Bimodal",     [](RandomStream& random) { return expDelay(random, random.below(10) != 0 ? 2e7 : 6e11); }},
    Law{"EqualTicks",  [](RandomStream& random) { return static_cast<std::int64_t>(random.below(4)) * 1'000'000; }},
    Law{"MostlyNow",   [](RandomStream& random) { return random.below(5) != 0 ? 0 : expDelay(random, 1e6); }},
    Law{"Constant",    [](RandomStream&) { return std::int64_t{1'000'000}; }},
    // Log-uniform from 1 ns to 9 minutes: every scale at once.
    Law{"AllScales",   [](RandomStream& random) { return std::int64_t{1} << random.below(40); }},
    Law{"FarFuture",   [](RandomStream& random) { return random.below(3) == 0 ? std::int64_t{1} << 41 : expDelay(random, 1e5); }}),
    [](const auto& law) { return law.param.name; });
// clang-format on

TEST(EventSet, HandlesManyEventsOfOneMomentWithoutSlowingDown)
{
    // Each of 100,000 events of one moment schedules two more: one for now and one a microsecond later.
    constexpr std::uint32_t kMany = 100'000;
    EventSet events;
    for (std::uint32_t i = 0; i < kMany; ++i) {
        events.schedule(1s, 0);
    }
    std::uint32_t later = 0;
    while (!events.isEmpty()) {
        const EventSet::Event event = events.takeNext();
        if (event.what == 0) {
            events.schedule(event.at, 1);
            events.schedule(event.at + 1us, 2);
        }
        later += event.what == 2 ? 1 : 0;
    }
    EXPECT_EQ(later, kMany);
}

TEST(EventSet, NeedsLessThanAHundredBytesAnEventAndNoMoreWithTime)
{
    constexpr std::size_t kPending = 200'000;
    RandomStream random(1, 1);
    EventSet events;
    const auto hold = [&](std::size_t times) {
        for (std::size_t i = 0; i < times; ++i) {
            const EventSet::Event event = events.takeNext();
            events.schedule(
                event.at + Time(static_cast<std::int64_t>(random.exponential() * 1e9)), event.what);
        }
    };
    for (std::uint32_t i = 0; i < kPending; ++i) {
        events.schedule(Time(static_cast<std::int64_t>(random.exponential() * 1e9)), i);
    }
    hold(4 * kPending);
    const std::size_t warm = events.memory();
    hold(4 * kPending);
    EXPECT_LT(events.memory(), 100 * kPending);
    EXPECT_LT(events.memory(), warm + warm / 20);
}

}  // namespace
}  // namespace neph
