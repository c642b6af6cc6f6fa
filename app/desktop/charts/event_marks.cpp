#include "app/desktop/charts/event_marks.h"

#include <algorithm>

namespace neph {

namespace {

bool isWorthAMark(const RunEvent& event)
{
    return event.level != EventLevel::Info || event.what.find("deployment") != std::string::npos;
}

bool isSame(const RunEvent& a, const RunEvent& b)
{
    return a.at == b.at && a.node == b.node && a.what == b.what;
}

}  // namespace

bool continues(const RunResult& previous, const RunResult& next)
{
    const std::size_t read = previous.log.size();
    return previous.designDigest == next.designDigest && previous.seed == next.seed &&
           previous.simulated <= next.simulated && read <= next.log.size() &&
           (read == 0 || (isSame(previous.log.front(), next.log.front()) &&
                          isSame(previous.log.back(), next.log[read - 1])));
}

bool EventMarks::update(const std::shared_ptr<const RunResult>& result, const std::set<std::string>& nodes)
{
    bool changed = false;
    if (!result || !m_result || nodes != m_nodes || !continues(*m_result, *result)) {
        changed = !m_marks.empty();
        m_marks.clear();
        m_read = 0;
    }
    m_result = result;
    m_nodes = nodes;
    if (!result) {
        return changed;
    }
    for (; m_read < result->log.size(); ++m_read) {
        const RunEvent& event = result->log[m_read];
        if (isWorthAMark(event) && (nodes.empty() || nodes.contains(event.node))) {
            m_marks.push_back({seconds(event.at), event.level, m_read});
            changed = true;
        }
    }
    return changed;
}

std::vector<EventMark> EventMarks::near(double at, double seconds, std::size_t most) const
{
    const auto before = [](const EventMark& mark, double time) { return mark.at < time; };
    std::vector<EventMark> found;
    for (auto mark = std::lower_bound(m_marks.begin(), m_marks.end(), at - seconds, before);
         mark != m_marks.end() && mark->at <= at + seconds; ++mark) {
        found.push_back(*mark);
    }
    // Failures first: they are what the eye looks for.
    std::stable_sort(
        found.begin(), found.end(), [](const EventMark& a, const EventMark& b) { return a.level > b.level; });
    found.resize(std::min(found.size(), most));
    return found;
}

}  // namespace neph
