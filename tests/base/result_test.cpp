#include "sim/base/result.h"

#include <memory>

namespace neph {
namespace {

TEST(Result, HoldsAValue)
{
    const Result<int> result(7);
    ASSERT_TRUE(result);
    EXPECT_EQ(*result, 7);
}

TEST(Result, HoldsTheReasonWhyThereIsNoValue)
{
    const Result<int> result(Error{ErrorCode::NotFound, "/nodes/3", "There is no such node."});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::NotFound);
    EXPECT_EQ(result.error().where, "/nodes/3");
    EXPECT_EQ(result.error().what, "There is no such node.");
}

TEST(Result, GivesAccessToTheMembersOfItsValue)
{
    const Result<std::string> result(std::string("fine"));
    ASSERT_TRUE(result);
    EXPECT_EQ(result->size(), 4u);
}

TEST(Result, GivesItsValueAway)
{
    Result<std::unique_ptr<int>> result(std::make_unique<int>(7));
    ASSERT_TRUE(result);
    const std::unique_ptr<int> taken = std::move(*result);
    EXPECT_EQ(*taken, 7);
}

TEST(Result, CanBeReplaced)
{
    Result<int> result(Error{ErrorCode::Invalid, "", ""});
    result = 3;
    ASSERT_TRUE(result);
    EXPECT_EQ(*result, 3);
}

}  // namespace
}  // namespace neph
