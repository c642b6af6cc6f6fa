#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "sim/metrics/run_result.h"

namespace neph {

/// An entry of the event log that is worth a mark in a chart: a failure, a warning, or a step of a
/// deployment.
struct EventMark {
    double at = 0;  ///< Seconds since the start.
    EventLevel level = EventLevel::Info;
    std::size_t entry = 0;  ///< Index into RunResult::log.
};

/// The marks of a growing log. Reads each entry once, as long as results come from the same run.
class EventMarks {
public:
    /// Takes what is new in `result`. `nodes`: only what is about these; empty: everything.
    /// Returns whether the marks have changed.
    bool update(const std::shared_ptr<const RunResult>& result, const std::set<std::string>& nodes);

    const std::vector<EventMark>& marks() const { return m_marks; }
    /// The entry of the log, from the latest result.
    const RunEvent& entry(const EventMark& mark) const { return m_result->log[mark.entry]; }
    /// The marks within `seconds` of `at`, at most `most`.
    std::vector<EventMark> near(double at, double seconds, std::size_t most) const;

private:
    std::shared_ptr<const RunResult> m_result;
    std::set<std::string> m_nodes;
    std::vector<EventMark> m_marks;
    std::size_t m_read = 0;
};

/// Whether the log of `next` goes on where that of `previous` ended, so that only its new end has to be read.
bool continues(const RunResult& previous, const RunResult& next);

}  // namespace neph
