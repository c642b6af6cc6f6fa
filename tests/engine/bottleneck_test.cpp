#include "sim/engine/bottleneck.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace neph {
namespace {

using testing::IsEmpty;
using testing::StartsWith;

StationView station(const std::string& name, double utilisation, Duration meanWait = {})
{
    StationView view;
    view.name = name;
    view.utilisation = utilisation;
    view.meanWait = meanWait;
    return view;
}

TEST(Bottleneck, IsNoneWhereNothingIsNearlyFull)
{
    Bottleneck bottleneck;
    bottleneck.consider(station("vCPU", 0.65), StationKind::Cpu, 0, 0);
    EXPECT_THAT(bottleneck.inWords(), IsEmpty());
}

TEST(Bottleneck, IsTheBusiestStationWhereNobodyWaits)
{
    Bottleneck bottleneck;
    bottleneck.consider(station("workers", 0.8), StationKind::Slots, 0, 0);
    bottleneck.consider(station("vCPU", 0.94), StationKind::Cpu, 0, 0);
    bottleneck.consider(station("connections", 0.75), StationKind::Slots, 0, 0);
    EXPECT_EQ(bottleneck.inWords(), "vCPU: 94 % busy");
}

TEST(Bottleneck, IsTheStationWithTheLongestLine)
{
    Bottleneck bottleneck;
    bottleneck.consider(station("vCPU", 1), StationKind::Cpu, 0, 0);
    bottleneck.consider(station("workers", 0.9, 120ms), StationKind::Slots, 4, 0);
    EXPECT_EQ(bottleneck.inWords(), "workers: 90 % busy, requests wait 120 ms for it");
}

TEST(Bottleneck, IsWhoeverRefusesRatherThanWhoeverIsFull)
{
    Bottleneck bottleneck;
    StationView refusing = station("write capacity", 0.4);
    refusing.refused = 17;
    bottleneck.consider(refusing, StationKind::TokenBucket, 0, 3);
    bottleneck.consider(station("vCPU", 1), StationKind::Cpu, 0, 0);
    EXPECT_EQ(bottleneck.inWords(), "write capacity: 40 % used, 17 refused");
}

TEST(Bottleneck, GivesLongWaitsInSeconds)
{
    Bottleneck seconds;
    seconds.consider(station("workers", 1, 2'340ms), StationKind::Slots, 9, 0);
    EXPECT_THAT(seconds.inWords(), StartsWith("workers: 100 % busy, requests wait 2.34 s for it"));
    Bottleneck hours;
    hours.consider(station("workers", 1, 2h), StationKind::Slots, 9, 0);
    EXPECT_THAT(hours.inWords(), StartsWith("workers: 100 % busy, requests wait 7200 s for it"));
}

}  // namespace
}  // namespace neph
