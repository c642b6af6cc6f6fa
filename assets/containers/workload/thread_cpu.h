#pragma once

#include <chrono>

namespace neph {

/// CPU time that the calling thread has used since it began.
std::chrono::nanoseconds threadCpuTime();

/// Keeps a core busy until threadCpuTime() has come to `until`. It is CPU time that counts: with fewer cores
/// than busy threads, or under a CPU limit, the clock on the wall runs on meanwhile, as it does for a real
/// program.
void burnCpuUntil(std::chrono::nanoseconds until);

/// User and system time of the whole process.
std::chrono::nanoseconds processCpuTime();

}  // namespace neph
