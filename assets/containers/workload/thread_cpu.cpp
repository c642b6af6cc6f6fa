#include "assets/containers/workload/thread_cpu.h"

#include <sched.h>

#include <cstdint>
#include <ctime>

namespace neph {

namespace {

std::chrono::nanoseconds clockTime(clockid_t clock)
{
    timespec now{};
    clock_gettime(clock, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

/// Some five microseconds of arithmetic that no optimiser takes away.
void work()
{
    std::uint64_t state = 88172645463325252U;
    for (int i = 0; i < 2500; ++i) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        asm volatile("" : "+r"(state));
    }
}

}  // namespace

std::chrono::nanoseconds threadCpuTime()
{
    return clockTime(CLOCK_THREAD_CPUTIME_ID);
}

void burnCpuUntil(std::chrono::nanoseconds until)
{
    // Asking for the thread's time is a system call; a few microseconds of work between keep it from being
    // the work. And now and then the kernel gets a chance to look at the CPU limit: left alone it looks at
    // its ticks only, four milliseconds apart, and a task of a quarter of a vCPU would run at full speed for
    // four and stand still for twelve.
    constexpr std::chrono::microseconds kBetweenLooks{100};
    std::chrono::nanoseconds looked{0};
    for (std::chrono::nanoseconds now = threadCpuTime(); now < until; now = threadCpuTime()) {
        if (now - looked > kBetweenLooks) {
            looked = now;
            sched_yield();
        }
        work();
    }
}

std::chrono::nanoseconds processCpuTime()
{
    return clockTime(CLOCK_PROCESS_CPUTIME_ID);
}

}  // namespace neph
