#include "sim/interchange/otlp_trace.h"

#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace neph {

namespace {

using Json = nlohmann::ordered_json;

/// Enumerators of opentelemetry/proto/trace/v1/trace.proto.
enum SpanKind { Internal = 1, Client = 3 };
enum StatusCode { Fine = 1, Failed = 2 };

Json attribute(const char* key, const std::string& value)
{
    return {{"key", key}, {"value", {{"stringValue", value}}}};
}

/// Writes the spans of one request, by node.
class RequestSpans {
public:
    RequestSpans(const RequestTrace& trace, std::uint64_t seed, std::int64_t startNs)
        : m_trace(trace), m_startNs(startNs), m_traceId(fmt::format("{:016x}{:016x}", seed, trace.id + 1))
    {
    }

    void addTo(std::map<std::string, Json>& spansByNode) const
    {
        Json root = span(m_trace.requestClass, 0, m_trace.arrived, m_trace.arrived + m_trace.latency);
        root["kind"] = Client;
        root["attributes"] = Json::array({attribute("nephoscope.outcome", m_trace.outcome)});
        root["status"] = {{"code", m_trace.ok ? Fine : Failed}};
        if (!m_trace.ok) {
            root["status"]["message"] = m_trace.outcome;
        }
        spansByNode[m_trace.source].push_back(std::move(root));

        std::vector<std::size_t> open = {0};  // Span numbers from the root down to the last one written.
        for (std::size_t i = 0; i < m_trace.spans.size(); ++i) {
            const TraceSpan& step = m_trace.spans[i];
            const auto depth = static_cast<std::size_t>(step.depth < 0 ? 0 : step.depth);
            open.resize(std::min(open.size(), depth + 1));
            spansByNode[step.node].push_back(stepSpan(step, i + 1, open.back()));
            open.push_back(i + 1);
        }
    }

private:
    std::string spanId(std::size_t number) const
    {
        return fmt::format("{:012x}{:04x}", (m_trace.id + 1) & 0xFFFF'FFFF'FFFFu, number & 0xFFFFu);
    }
    std::string unixNano(Time at) const { return fmt::format("{}", m_startNs + at.count()); }

    Json span(const std::string& name, std::size_t number, Time from, Time to) const
    {
        return {
            {"traceId", m_traceId},
            {"spanId", spanId(number)},
            {"name", name},
            {"kind", Internal},
            {"startTimeUnixNano", unixNano(from)},
            {"endTimeUnixNano", unixNano(to)}};
    }

    Json stepSpan(const TraceSpan& step, std::size_t number, std::size_t parent) const
    {
        Json json = span(step.step, number, step.from, step.to);
        json["parentSpanId"] = spanId(parent);
        json["attributes"] = Json::array({attribute("nephoscope.node", step.node)});
        if (!step.replica.empty()) {
            json["attributes"].push_back(attribute("nephoscope.replica", step.replica));
        }
        if (!step.why.empty()) {
            json["attributes"].push_back(attribute("nephoscope.why", step.why));
        }
        if (step.start > step.from) {
            json["events"] = Json::array({{{"timeUnixNano", unixNano(step.start)}, {"name", "served"}}});
        }
        return json;
    }

    const RequestTrace& m_trace;
    std::int64_t m_startNs;
    std::string m_traceId;
};

}  // namespace

std::string toOtlpTrace(const RunResult& result, std::chrono::sys_seconds start)
{
    const std::int64_t startNs = std::chrono::nanoseconds(start.time_since_epoch()).count();
    std::map<std::string, Json> spansByNode;
    for (const RequestTrace& trace : result.traces) {
        RequestSpans(trace, result.seed, startNs).addTo(spansByNode);
    }
    Json resources = Json::array();
    for (auto& [node, spans] : spansByNode) {
        resources.push_back(
            {{"resource", {{"attributes", Json::array({attribute("service.name", node)})}}},
             {"scopeSpans",
              Json::array({{{"scope", {{"name", "nephoscope"}}}, {"spans", std::move(spans)}}})}});
    }
    const Json document = {{"resourceSpans", std::move(resources)}};
    return document.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace neph
