// Connections for a crowd of callers.
#include <atomic>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "assets/containers/workload/connection_pool.h"

namespace neph {
namespace {

using namespace std::chrono_literals;

/// A server that takes its time to let somebody in, and may refuse.
struct Door {
    std::atomic<int> opened{0};
    std::atomic<int> atOnce{0};
    std::atomic<int> most{0};
    std::atomic<bool> isShut{false};

    std::unique_ptr<int> open(std::string& problem)
    {
        most = std::max(most.load(), ++atOnce);
        std::this_thread::sleep_for(5ms);
        --atOnce;
        if (isShut) {
            problem = "too many clients";
            return nullptr;
        }
        return std::make_unique<int>(++opened);
    }
};

/// Pools run as long as the program, and so do theirs here.
ConnectionPool<int>& poolOf(Door& door, int most = 0)
{
    return *new ConnectionPool<int>(most, [&door](std::string& problem) { return door.open(problem); });
}

TEST(AConnectionPool, OpensOneAfterTheOtherAndKeepsThem)
{
    Door& door = *new Door;
    ConnectionPool<int>& pool = poolOf(door);
    std::atomic<int> served{0};
    std::vector<std::thread> callers;
    for (int i = 0; i < 40; ++i) {
        callers.emplace_back([&] {
            std::string problem;
            if (auto connection = pool.take(Deadline::after(5s), problem)) {
                std::this_thread::sleep_for(2ms);
                ++served;
                pool.giveBack(std::move(connection));
            }
        });
    }
    for (std::thread& caller : callers) {
        caller.join();
    }
    EXPECT_EQ(served, 40);
    EXPECT_EQ(door.most, 1) << "one at a time";
    EXPECT_LT(door.opened, 40) << "most are served by what another has given back";
}

TEST(AConnectionPool, FailsOneCallForEachRefusal)
{
    Door& door = *new Door;
    door.isShut = true;
    ConnectionPool<int>& pool = poolOf(door);
    std::string problem;
    EXPECT_EQ(pool.take(Deadline::after(5s), problem), nullptr);
    EXPECT_EQ(problem, "too many clients");
    door.isShut = false;
    EXPECT_NE(pool.take(Deadline::after(5s), problem), nullptr) << "and the next is not told of the last";
}

TEST(AConnectionPool, NeverHasMoreThanItMay)
{
    Door& door = *new Door;
    ConnectionPool<int>& pool = poolOf(door, 2);
    std::string problem;
    auto first = pool.take(Deadline::after(1s), problem);
    auto second = pool.take(Deadline::after(1s), problem);
    ASSERT_NE(second, nullptr);
    EXPECT_EQ(pool.take(Deadline::after(50ms), problem), nullptr);
    EXPECT_EQ(problem, kTooLate);
    pool.giveBack(nullptr);  // It broke; there is room for another.
    EXPECT_NE(pool.take(Deadline::after(1s), problem), nullptr);
    EXPECT_EQ(door.opened, 3);
}

TEST(AConnectionPool, OpensAnewWhatIsForgotten)
{
    Door& door = *new Door;
    ConnectionPool<int>& pool = poolOf(door, 1);
    std::string problem;
    pool.giveBack(pool.take(Deadline::after(1s), problem));
    pool.forget();
    const auto again = pool.take(Deadline::after(1s), problem);
    ASSERT_NE(again, nullptr);
    EXPECT_EQ(*again, 2);
}

}  // namespace
}  // namespace neph
