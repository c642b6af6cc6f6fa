#include "sim/interchange/chrome_trace.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace neph {

namespace {

using Json = nlohmann::ordered_json;

struct Slice {
    Time from{0};
    Time to{0};
    std::string name;
    Json args;
};

/// Threads of one request: a slice must lie wholly within the one it opens in, or beside it.
class Lanes {
public:
    std::size_t laneOf(const Slice& slice)
    {
        for (std::size_t lane = 0; lane < m_openEnds.size(); ++lane) {
            std::vector<Time>& ends = m_openEnds[lane];
            while (!ends.empty() && ends.back() <= slice.from) {
                ends.pop_back();
            }
            if (ends.empty() || slice.to <= ends.back()) {
                ends.push_back(slice.to);
                return lane;
            }
        }
        m_openEnds.push_back({slice.to});
        return m_openEnds.size() - 1;
    }
    std::size_t count() const { return m_openEnds.size(); }

private:
    std::vector<std::vector<Time>> m_openEnds;
};

/// Microseconds with three decimals. A double holds a year of them exactly enough: to 4 ns.
double microseconds(Duration span)
{
    return static_cast<double>(span.count()) / 1e3;
}

std::vector<Slice> slicesOf(const RequestTrace& trace)
{
    std::vector<Slice> slices;
    slices.push_back(
        {trace.arrived,
         trace.arrived + trace.latency,
         trace.requestClass,
         {{"source", trace.source}, {"outcome", trace.outcome}}});
    for (const TraceSpan& span : trace.spans) {
        Json args = {{"node", span.node}};
        if (!span.replica.empty()) {
            args["replica"] = span.replica;
        }
        if (!span.why.empty()) {
            args["why"] = span.why;
        }
        if (span.start > span.from) {
            slices.push_back({span.from, span.start, "wait: " + span.step, args});
        }
        slices.push_back({span.start, span.to, span.step, std::move(args)});
    }
    std::stable_sort(slices.begin(), slices.end(), [](const Slice& a, const Slice& b) {
        return a.from != b.from ? a.from < b.from : a.to > b.to;
    });
    return slices;
}

Json metadata(const char* what, std::size_t process, std::size_t thread, const std::string& name)
{
    return {{"name", what}, {"ph", "M"}, {"pid", process}, {"tid", thread}, {"args", {{"name", name}}}};
}

void addRequest(const RequestTrace& trace, std::size_t process, Json& events)
{
    events.push_back(metadata(
        "process_name", process, 0, fmt::format("{} #{}: {}", trace.requestClass, trace.id, trace.outcome)));
    Lanes lanes;
    for (Slice& slice : slicesOf(trace)) {
        events.push_back(
            {{"name", std::move(slice.name)},
             {"cat", trace.ok ? "ok" : "failed"},
             {"ph", "X"},
             {"ts", microseconds(slice.from)},
             {"dur", microseconds(slice.to - slice.from)},
             {"pid", process},
             {"tid", lanes.laneOf(slice)},
             {"args", std::move(slice.args)}});
    }
    for (std::size_t lane = 0; lane < lanes.count(); ++lane) {
        events.push_back(metadata(
            "thread_name", process, lane, lane == 0 ? "steps" : fmt::format("at the same time {}", lane)));
    }
}

}  // namespace

std::string toChromeTrace(const RunResult& result)
{
    Json events = Json::array();
    for (std::size_t i = 0; i < result.traces.size(); ++i) {
        addRequest(result.traces[i], i + 1, events);
    }
    const Json document = {
        {"displayTimeUnit", "ms"},
        {"otherData", {{"design", result.designName}, {"seed", result.seed}, {"simulated", true}}},
        {"traceEvents", std::move(events)}};
    return document.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace neph
