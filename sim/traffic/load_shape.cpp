#include "sim/traffic/load_shape.h"

namespace neph {

namespace {

constexpr int kCornersPerDay = 96;  // A quarter of an hour of a day of 24 h.

/// 0 at the ends of a day, 1 in its middle, smooth in between (smoothstep, so that no libm is needed).
double heightInDay(int corner)
{
    const double up = 2.0 * corner / kCornersPerDay;
    const double u = up <= 1 ? up : 2 - up;
    return u * u * (3 - 2 * u);
}

void addDay(RateProfile& profile, const LoadShape& shape, Time from, double share)
{
    for (int corner = 0; corner <= kCornersPerDay; ++corner) {
        const double rate = shape.rate + (shape.peakRate - shape.rate) * heightInDay(corner);
        profile.corners.push_back({from + shape.day * corner / kCornersPerDay, rate * share});
    }
}

RateProfile curve(const LoadShape& shape)
{
    RateProfile profile;
    const int days = shape.kind == "weekly" ? 7 : 1;
    for (int day = 0; day < days; ++day) {
        addDay(profile, shape, shape.day * day, day < shape.workdays || days == 1 ? 1 : shape.weekendShare);
    }
    profile.period = shape.day * days;
    return profile;
}

RateProfile recorded(const TrafficTrace& trace)
{
    RateProfile profile;
    for (const Point& point : trace.points) {
        profile.corners.push_back({fromSeconds(point.x), point.y});
    }
    return profile;
}

}  // namespace

RateProfile rateProfileOf(const LoadShape& shape)
{
    if (shape.kind == "daily" || shape.kind == "weekly") {
        return curve(shape);
    }
    if (shape.kind == "trace") {
        return shape.trace != nullptr ? recorded(*shape.trace) : RateProfile{};
    }
    RateProfile profile = RateProfile::constant(shape.rate);
    if (shape.kind == "ramp") {
        profile.corners = {
            {Time(0), shape.rate}, {shape.start, shape.rate}, {shape.start + shape.ramp, shape.peakRate}};
    } else if (shape.kind == "step") {
        profile.corners = {{Time(0), shape.rate}, {shape.start, shape.rate}, {shape.start, shape.peakRate}};
    } else if (shape.kind == "spike") {
        const Time end = shape.start + shape.ramp;
        profile.corners = {
            {Time(0), shape.rate},
            {shape.start, shape.rate},
            {shape.start, shape.peakRate},
            {end, shape.peakRate},
            {end, shape.rate}};
    }
    return profile;
}

}  // namespace neph
