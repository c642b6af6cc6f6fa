#pragma once

#include <string>

#include "sim/model/design.h"
#include "sim/run.h"

namespace neph {

/// Draws designs for tests, in the words of the domain.
class Drawing {
public:
    /// users → lb → web (2 tasks in a cluster, VPC with two zones) → table; image in a private registry.
    /// Ids: users, region, vpc, zone-a, zone-b, lb, cluster, web, image, ecr, table.
    static Drawing shop();

    Drawing&
    add(const std::string& id, const std::string& kind, const std::string& parent,
        Properties properties = {});
    Drawing& connect(const std::string& from, const std::string& to, Properties properties = {});
    Drawing& set(const std::string& id, const std::string& key, Value value);
    Drawing& setLink(const std::string& from, const std::string& to, const std::string& key, Value value);
    Drawing& remove(const std::string& id);
    Drawing& fault(
        const std::string& kind, const std::string& target, double atSeconds, Properties properties = {},
        double forSeconds = 0);

    const Design& design() const { return m_design; }
    /// Runs it. Aborts with the diagnostics if the design has errors: the test is wrong then.
    RunResult runFor(Duration horizon, std::uint64_t seed = 1) const;

private:
    Design m_design;
};

/// Requests of all classes that ended with an outcome whose name contains `text`.
std::uint64_t outcomes(const RunResult& result, const std::string& text);
std::uint64_t requests(const RunResult& result);
std::uint64_t failures(const RunResult& result);
/// Entries of the event log whose text contains `text`.
std::size_t logged(const RunResult& result, const std::string& text);
/// Moment of the first such entry; kNever if there is none.
Time firstLogged(const RunResult& result, const std::string& text);
/// Quantity used of one type, over all nodes and hours.
double used(const RunResult& result, const std::string& usageType);
/// Smallest and largest sample of a series between two moments.
double
lowest(const RunResult& result, const std::string& node, const std::string& metric, Time from, Time to);
double
highest(const RunResult& result, const std::string& node, const std::string& metric, Time from, Time to);

}  // namespace neph
