#include "tests/accuracy/figures.h"

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <mutex>
#include <thread>

namespace neph {

namespace {

class Stopwatch {
public:
    explicit Stopwatch(clockid_t clock) : m_clock(clock), m_start(now()) {}
    double seconds() const { return now() - m_start; }

private:
    double now() const
    {
        timespec at{};
        clock_gettime(m_clock, &at);
        return static_cast<double>(at.tv_sec) + static_cast<double>(at.tv_nsec) / 1e9;
    }

    clockid_t m_clock;
    double m_start;
};

/// Asks for a stop after some seconds, unless it goes first.
class Alarm {
public:
    explicit Alarm(double seconds)
        : m_thread([this, seconds](std::stop_token gone) {
              std::unique_lock lock(m_mutex);
              m_wake.wait_for(lock, gone, std::chrono::duration<double>(seconds), [&gone] {
                  return gone.stop_requested();
              });
              if (!gone.stop_requested()) {
                  m_source.request_stop();
              }
          })
    {
    }
    std::stop_token token() const { return m_source.get_token(); }

private:
    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::stop_source m_source;
    std::jthread m_thread;  ///< Last, so that it ends before what it uses.
};

LatencyFigures latencyFigures(const Histogram& latency)
{
    const auto at = [&latency](double p) { return milliseconds(latency.quantile(p)); };
    return {milliseconds(latency.mean()), at(0.5), at(0.95), at(0.99), at(0.999)};
}

Histogram all(const RunResult& result)
{
    Histogram merged;
    for (const auto& [name, counts] : result.classes) {
        merged.merge(counts.latency);
    }
    return merged;
}

/// The 99th percentile of what came to `now` since `before`.
double p99Between(const Histogram& before, const Histogram& now)
{
    const std::vector<Histogram::Bucket> old = before.buckets();
    Histogram between;
    std::size_t at = 0;
    for (const Histogram::Bucket& bucket : now.buckets()) {
        while (at < old.size() && old[at].from < bucket.from) {
            ++at;
        }
        const std::uint64_t had = at < old.size() && old[at].from == bucket.from ? old[at].count : 0;
        between.add((bucket.from + bucket.to) / 2, bucket.count - had);
    }
    return between.count() > 0 ? milliseconds(between.quantile(0.99)) : 0;
}

std::vector<double> valuesOf(const RunResult& result, const char* metric)
{
    std::vector<double> values;
    if (const Series* series = result.find("", metric)) {
        for (const SeriesPoint& point : series->points()) {
            // Hours in which nobody came have no point.
            values.resize(static_cast<std::size_t>(point.at / 1h), 0);
            values.push_back(point.mean);
        }
    }
    return values;
}

Figures figuresOf(const RunResult& result)
{
    Figures figures;
    std::uint64_t total = 0;
    std::uint64_t failed = 0;
    for (const auto& [name, counts] : result.classes) {
        figures.latency[name] = latencyFigures(counts.latency);
        total += counts.total;
        failed += counts.failed;
    }
    figures.latency[""] = latencyFigures(all(result));
    figures.requests = static_cast<double>(total);
    figures.failed = total > 0 ? static_cast<double>(failed) / figures.requests : 0;
    for (const UsageRecord& record : result.usage.records()) {
        if (record.usageType.find("vCPU-Hours") != std::string::npos) {
            figures.vcpuHours += record.quantity.value();
        }
    }
    figures.bill = billOf(result).total.dollars();
    return figures;
}

[[noreturn]] void refuse(const Design& design, const std::string& why)
{
    std::fprintf(stderr, "%s: %s\n", design.name.c_str(), why.c_str());
    std::exit(1);
}

}  // namespace

std::optional<Figures>
figuresOfRun(const Design& design, EngineChoice engine, std::uint64_t seed, double mostSeconds)
{
    RunOptions options;
    options.engine = engine;
    options.seed = seed;
    const Alarm alarm(mostSeconds);
    const Stopwatch wall(CLOCK_MONOTONIC);
    const Stopwatch cpu(CLOCK_THREAD_CPUTIME_ID);
    Result<std::unique_ptr<LiveRun>> started = LiveRun::start(design, options);
    if (!started) {
        refuse(design, started.error().what);
    }
    LiveRun& live = **started;
    std::vector<double> hourly;
    Histogram before;
    while (!live.isFinished()) {
        const Time hourEnd = std::min<Time>(live.horizon(), 1h * (hourly.size() + 1));
        while (live.now() < hourEnd) {
            live.advance(hourEnd, std::chrono::hours(1), alarm.token());
            if (alarm.token().stop_requested()) {
                return std::nullopt;
            }
        }
        const Histogram now = all(live.result());
        hourly.push_back(p99Between(before, now));
        before = now;
    }
    Figures figures = figuresOf(live.result());
    figures.hourlyP99 = std::move(hourly);
    figures.wallSeconds = wall.seconds();
    figures.cpuSeconds = cpu.seconds();
    return figures;
}

std::optional<Figures> figuresOfWindows(
    const Design& design, double tolerance, std::uint64_t seed, unsigned threads, double mostSeconds)
{
    RunOptions options;
    options.engine = EngineChoice::Auto;
    options.tolerance = tolerance;
    options.affordableRequests = 0;
    options.seed = seed;
    options.threads = threads;
    const Alarm alarm(mostSeconds);
    const Stopwatch wall(CLOCK_MONOTONIC);
    const Stopwatch cpu(CLOCK_PROCESS_CPUTIME_ID);
    const RunResult result = run(design, options, alarm.token());
    if (!result.stoppedBy.empty()) {
        return std::nullopt;
    }
    if (!result.trust) {
        refuse(design, "no windows were sampled");
    }
    Figures figures = figuresOf(result);
    figures.wallSeconds = wall.seconds();
    figures.cpuSeconds = cpu.seconds();
    figures.trust = result.trust;
    figures.hourlyP99 = valuesOf(result, "HourlyP99");
    figures.hourlyLow = valuesOf(result, "HourlyP99Low");
    figures.hourlyHigh = valuesOf(result, "HourlyP99High");
    return figures;
}

}  // namespace neph
