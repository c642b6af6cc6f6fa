#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "sim/local/comparison.h"

namespace neph {

/// Means of a node over the compared time; negative: not known.
struct NodeMeans {
    double cpu = -1;  ///< 0..1 of the limit.
    double memory = -1;
    double tasks = -1;
};

std::map<std::string, NodeMeans>
meansOf(const CompiledDesign& compiled, const RunResult& result, Time from, Time to);

/// One run as it is compared: what users had seen at the beginning and at the end, and its means.
struct Course {
    SeenCourse seen;
    RunResult end;
    std::map<std::string, NodeMeans> means;
};

/// The simulation with what was measured on this machine.
class SimulatedSide {
public:
    SimulatedSide(const CompiledDesign& compiled, const ComparisonOptions& options);

    /// The first has the seed of the real run; the others have its arrivals, and work of their own.
    Result<std::unique_ptr<LiveRun>> start(std::uint64_t number) const;
    /// The runs from `from` to `to`, of the first the whole result as well.
    Result<std::vector<Course>> runs(Time from, Time to, const std::function<void(double)>& progress) const;

private:
    Result<Course> course(std::uint64_t number, Time from, Time to) const;

    const CompiledDesign& m_compiled;
    LocalRun::Options m_run;
    Catalog m_catalog;
    Design m_design;
};

}  // namespace neph
