#pragma once

#include <cmath>
#include <functional>
#include <vector>

#include <gtest/gtest.h>

#include "sim/engine/request_engine.h"

namespace neph {

/// The figure of one batch of a run; called at the end of each batch of one run, in order.
using BatchFigure = std::function<double(RequestEngine&)>;
using MakeBatchFigure = std::function<BatchFigure()>;

/// Mean wait at a station, or share of refusals, or mean time of requests, per batch.
inline MakeBatchFigure meanWaitAt(StationId station)
{
    return [station] {
        return [station, before = StationReading{}](RequestEngine& run) mutable {
            const StationReading now = run.read(station);
            const double wait =
                (now.waiting - before.waiting) / static_cast<double>(now.arrivals - before.arrivals);
            before = now;
            return wait;
        };
    };
}

inline MakeBatchFigure refusedShareAt(StationId station)
{
    return [station] {
        return [station, before = StationReading{}](RequestEngine& run) mutable {
            const StationReading now = run.read(station);
            const double share = static_cast<double>(now.refused - before.refused) /
                                 static_cast<double>(now.arrivals - before.arrivals);
            before = now;
            return share;
        };
    };
}

inline MakeBatchFigure meanTimeOfRequests()
{
    return [] { return [](RequestEngine& run) { return seconds(run.takeInterval().classes[0].mean); }; };
}

/// Runs the plan with 100 seeds. Each run is cut into 20 batches after one that is thrown away, and gives a
/// 95 % interval by their means (Student, 19 degrees of freedom). The number of intervals that contain the
/// truth is binomial (100, 0.95): fewer than 87 have a chance of 0.05 %. The mean of all runs has to be
/// within `tolerance` of the truth as well.
inline void expectTheory(
    const Plan& plan, const MakeBatchFigure& make, double truth, Duration batch, double tolerance = 0.01)
{
    constexpr int kSeeds = 100;
    constexpr int kBatches = 20;
    constexpr double kStudent = 2.093;
    int contained = 0;
    double sumOfMeans = 0;
    for (int seed = 1; seed <= kSeeds; ++seed) {
        Simulation simulation;
        RequestEngine run(plan, simulation, static_cast<std::uint64_t>(seed), {.traceEvery = 0});
        const BatchFigure figure = make();
        run.runUntil(batch);
        figure(run);
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < kBatches; ++i) {
            run.runUntil(batch * (i + 2));
            const double value = figure(run);
            sum += value;
            squares += value * value;
        }
        const double mean = sum / kBatches;
        const double variance = (squares - sum * mean) / (kBatches - 1);
        contained += std::abs(mean - truth) <= kStudent * std::sqrt(variance / kBatches);
        sumOfMeans += mean;
        ASSERT_TRUE(run.checkConservation().empty())
            << "seed " << seed << ": " << run.checkConservation()[0].what;
    }
    const double grandMean = sumOfMeans / kSeeds;
    std::printf(
        "    theory %.6g, mean of 100 runs %.6g (%+.2f %%), in the interval %d of 100\n", truth, grandMean,
        100 * (grandMean / truth - 1), contained);
    EXPECT_GE(contained, 87);
    EXPECT_NEAR(grandMean, truth, tolerance * truth);
}

}  // namespace neph
