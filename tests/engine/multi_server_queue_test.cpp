#include "tests/engine/plan_world.h"

namespace neph {
namespace {

using testing::DoubleNear;

/// A row of the table in closed form: mean wait C/theta, P(T > t) = e^-mt + C m/(m-theta) (e^-theta t -
/// e^-mt).
struct MultiServer {
    double perSecond;
    double meanMs;
    int servers;
    double waitMs;
    double p50Ms;
    double p99Ms;
};

class MultiServerQueue : public PlanWorld, public testing::WithParamInterface<MultiServer> {};

TEST_P(MultiServerQueue, WaitsAndAnswersAsErlangSaid)
{
    const MultiServer& row = GetParam();
    const StationId workers = slots(row.servers);
    const PathId path = m_builder.declarePath("request", m_node);
    m_builder.path(path)
        .serve(workers, draw("service time", Distribution::exponential(row.meanMs / 1000)), {}, "handles it")
        .reply();
    arrivals(path, row.perSecond);

    const RequestEngine& run = runUntil(fromSeconds(400'000 / row.perSecond));

    const StationReading reading = run.read(workers);
    const double waitMs = 1000 * reading.waiting / static_cast<double>(reading.arrivals);
    const Histogram latency = run.latencyOf(ClassIndex{0});
    EXPECT_THAT(waitMs, DoubleNear(row.waitMs, 0.08 * row.waitMs + 0.02));
    EXPECT_THAT(milliseconds(latency.quantile(0.5)), DoubleNear(row.p50Ms, 0.03 * row.p50Ms));
    EXPECT_THAT(milliseconds(latency.quantile(0.99)), DoubleNear(row.p99Ms, 0.05 * row.p99Ms));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, MultiServerQueue,
    testing::Values(
        MultiServer{200, 40, 9, 26.13, 52.5, 249.1}, MultiServer{200, 40, 10, 8.18, 36.5, 197.8},
        MultiServer{200, 40, 11, 3.27, 31.4, 188.8}, MultiServer{200, 40, 12, 1.40, 29.4, 186.0},
        MultiServer{200, 40, 16, 0.05, 27.8, 184.3}, MultiServer{50, 100, 6, 58.75, 124.1, 613.2},
        MultiServer{50, 100, 8, 5.58, 75.6, 468.5}, MultiServer{100, 50, 6, 29.38, 62.0, 306.6},
        MultiServer{400, 20, 10, 4.09, 18.2, 98.9}, MultiServer{20, 200, 5, 110.82, 240.9, 1215.9}),
    [](const testing::TestParamInfo<MultiServer>& example) {
        return "Of" + std::to_string(example.param.servers) + "At" +
               std::to_string(static_cast<int>(example.param.perSecond)) + "PerSecond" +
               std::to_string(static_cast<int>(example.param.meanMs)) + "Ms";
    });

}  // namespace
}  // namespace neph
