#pragma once

#include <chrono>
#include <memory>
#include <utility>

#include "sim/base/result.h"
#include "sim/cloud/world.h"
#include "sim/kernel/process.h"
#include "sim/local/work_bench.h"

namespace neph {

/// What came of a step, and how long it took.
template <class T>
struct Timed {
    Result<T> result;
    double seconds;
};

/// Seconds since then.
inline double since(std::chrono::steady_clock::time_point from)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - from).count();
}

/// Does `work` beside the run; wait for what is returned.
template <class T, class Work>
std::shared_ptr<Completion<Timed<T>>> beside(World& world, WorkBench& bench, Work work)
{
    auto completion = std::make_shared<Completion<Timed<T>>>(world.sim());
    bench.run(
        [work = std::move(work)] {
            const auto began = std::chrono::steady_clock::now();
            Result<T> result = work();
            return Timed<T>{std::move(result), since(began)};
        },
        [completion](Timed<T> timed) { completion->set(std::move(timed)); });
    return completion;
}

}  // namespace neph
