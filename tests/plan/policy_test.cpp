#include <gtest/gtest.h>

#include "sim/plan/plan.h"

namespace neph {
namespace {

using Kind = OutcomeSpec::Kind;

constexpr std::uint32_t kOfCallee = 9;

TEST(Policy, PassesOnTheOutcomeOfTheCalleeWhereItSaysNothing)
{
    const PolicySpec policy;
    for (const Kind kind :
         {Kind::Refused, Kind::Unavailable, Kind::Throttled, Kind::TimedOut, Kind::Failed}) {
        EXPECT_EQ(policy.mapped(kOfCallee, kind), kOfCallee);
    }
    EXPECT_EQ(policy.mapped(0, Kind::Ok), 0u);
}

TEST(Policy, PutsAnOutcomeOfItsOwnInThePlaceOfEachKindOfFailure)
{
    PolicySpec policy;
    policy.onRefused = OutcomeId{1};
    policy.onUnavailable = OutcomeId{2};
    policy.onThrottled = OutcomeId{3};
    policy.onFailed = OutcomeId{4};
    EXPECT_EQ(policy.mapped(kOfCallee, Kind::Refused), 1u);
    EXPECT_EQ(policy.mapped(kOfCallee, Kind::Unavailable), 2u);
    EXPECT_EQ(policy.mapped(kOfCallee, Kind::Throttled), 3u);
    EXPECT_EQ(policy.mapped(kOfCallee, Kind::Failed), 4u);
}

TEST(Policy, LeavesATimeoutOfTheCalleeAsItIs)
{
    PolicySpec policy;
    policy.onTimeout = OutcomeId{1};
    EXPECT_EQ(policy.mapped(kOfCallee, Kind::TimedOut), kOfCallee);
}

TEST(Policy, TakesAnyFailureForSuccessWhereFailuresAreIgnored)
{
    PolicySpec policy;
    policy.ignoreFailure = true;
    policy.onFailed = OutcomeId{4};
    for (const Kind kind :
         {Kind::Refused, Kind::Unavailable, Kind::Throttled, Kind::TimedOut, Kind::Failed}) {
        EXPECT_EQ(policy.mapped(kOfCallee, kind), 0u);
    }
}

}  // namespace
}  // namespace neph
