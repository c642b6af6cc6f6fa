#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "sim/local/work_bench.h"

namespace neph {
namespace {

using namespace std::chrono_literals;

void deliverAll(WorkBench& bench, const bool& isThere)
{
    for (int i = 0; i < 200 && !isThere; ++i) {
        bench.wait(50ms);
        bench.deliver();
    }
}

TEST(AWorkBench, HandsOverWhatCameOfItOnTheThreadOfTheRun)
{
    WorkBench bench(2);
    bool isThere = false;
    std::thread::id worked;
    bench.run(
        [] { return std::this_thread::get_id(); },
        [&](std::thread::id where) {
            worked = where;
            EXPECT_NE(where, std::this_thread::get_id());
            isThere = true;
        });
    deliverAll(bench, isThere);
    EXPECT_TRUE(isThere);
    EXPECT_NE(worked, std::thread::id());
}

TEST(AWorkBench, WaitsNoLongerThanItIsTold)
{
    WorkBench bench(1);
    const auto began = std::chrono::steady_clock::now();
    bench.wait(20ms);
    EXPECT_LT(std::chrono::steady_clock::now() - began, 2s);
    EXPECT_FALSE(bench.deliver());
}

TEST(AWorkBench, LetsWhatHasBegunEndAndDropsTheRest)
{
    std::atomic<int> begun{0};
    std::atomic<int> ended{0};
    int handedOver = 0;
    WorkBench bench(1);
    for (int i = 0; i < 5; ++i) {
        bench.run(
            [&] {
                ++begun;
                std::this_thread::sleep_for(50ms);
                ++ended;
                return 0;
            },
            [&](int) { ++handedOver; });
    }
    while (begun == 0) {
        std::this_thread::yield();
    }
    bench.end();
    EXPECT_EQ(begun, ended);
    EXPECT_LT(begun, 5);
    bench.deliver();
    EXPECT_EQ(handedOver, 0) << "nothing is handed over after the end";
}

TEST(AWorkBench, MayBeGivenMoreWhileItHandsOver)
{
    WorkBench bench(2);
    bool isThere = false;
    bench.run(
        [] { return 1; },
        [&](int one) { bench.run([one] { return one + 1; }, [&](int two) { isThere = two == 2; }); });
    deliverAll(bench, isThere);
    EXPECT_TRUE(isThere);
}

}  // namespace
}  // namespace neph
