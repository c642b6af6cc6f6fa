#include "sim/base/money.h"

#include <string>

namespace neph {
namespace {

using testing::HasSubstr;

struct Exact {
    const char* text;
    Int128 amount;
};

TEST(Money, IsReadToThePicoDollar)
{
    for (const auto& [text, pico] : {
             Exact{"0", 0},
             Exact{"1", 1'000'000'000'000},
             Exact{"0.0000166667", 16'666'700},
             Exact{"0.000000000001", 1},
             Exact{"-2.5", -2'500'000'000'000},
             Exact{".5", 500'000'000'000},
             Exact{"7.", 7'000'000'000'000},
             Exact{"007.10", 7'100'000'000'000},
         }) {
        const Result<Money> money = Money::parse(text);
        ASSERT_TRUE(money) << text;
        EXPECT_EQ(money->pico(), pico) << text;
    }
}

TEST(Money, RefusesWhatIsNoPlainDecimal)
{
    for (const char* text :
         {"", "-", ".", "-.", "+1", "1e3", "1,5", "1.2.3", " 1", "1 ", "0x10", "nan", "inf", "$1", "--1",
          "0.0000000000001", "1.0000000000000"}) {
        const Result<Money> money = Money::parse(text);
        ASSERT_FALSE(money) << text;
        EXPECT_EQ(money.error().code, ErrorCode::Invalid) << text;
        EXPECT_EQ(money.error().where, text);
        EXPECT_THAT(money.error().what, HasSubstr("12 decimals")) << text;
    }
}

TEST(Money, RefusesAmountsFromTenToTheEighteenOn)
{
    EXPECT_TRUE(Money::parse("999999999999999999.999999999999"));
    for (const std::string& text :
         {std::string("1000000000000000000"), "-1" + std::string(18, '0'), std::string(500, '9')}) {
        const Result<Money> money = Money::parse(text);
        ASSERT_FALSE(money) << text;
        EXPECT_THAT(money.error().what, HasSubstr("10^18"));
    }
}

TEST(Money, IsWrittenExactlyAsItWasRead)
{
    for (const char* text :
         {"0", "0.0000166667", "-0.000000000001", "1234.5", "999999999999999999.999999999999"}) {
        EXPECT_EQ(Money::parse(text)->toExactText(), text);
    }
}

TEST(Cents, AreRoundedHalfAwayFromZero)
{
    EXPECT_EQ(Money::parse("0.005")->cents(), 1);
    EXPECT_EQ(Money::parse("0.004999999999")->cents(), 0);
    EXPECT_EQ(Money::parse("-0.005")->cents(), -1);
    EXPECT_EQ(Money::parse("16.425")->cents(), 1643);
}

TEST(CentsText, HasThousandsSeparatorsAndTwoDecimals)
{
    EXPECT_EQ(Money().toCentsText(), "0.00");
    EXPECT_EQ(Money::ofCents(7).toCentsText(), "0.07");
    EXPECT_EQ(Money::ofCents(123'450).toCentsText(), "1,234.50");
    EXPECT_EQ(Money::ofDollars(1'000'000).toCentsText(), "1,000,000.00");
    EXPECT_EQ(Money::ofCents(-99'999).toCentsText(), "-999.99");
    EXPECT_EQ(Money::parse("-0.001")->toCentsText(), "0.00");
    EXPECT_EQ(Money::parse("999999999999999999")->toCentsText(), "999,999,999,999,999,999.00");
}

TEST(Money, IsAddedAndComparedExactly)
{
    Money sum;
    for (int i = 0; i < 1'000'000; ++i) {
        sum += *Money::parse("0.000000125");
    }
    EXPECT_EQ(sum, *Money::parse("0.125"));
    sum -= Money::ofDollars(1);
    EXPECT_LT(sum, Money());
    EXPECT_EQ(-sum, *Money::parse("0.875"));
    EXPECT_EQ(Money::ofCents(250) * 4, Money::ofDollars(10));
}

TEST(Quantity, IsReadAndWrittenToTheBillionth)
{
    EXPECT_EQ(Quantity::parse("0.5")->nano(), 500'000'000);
    EXPECT_EQ(Quantity::parse("0.000000001")->toExactText(), "0.000000001");
    EXPECT_EQ(Quantity::of(-3).toExactText(), "-3");
    EXPECT_FALSE(Quantity::parse("0.0000000001"));
    EXPECT_FALSE(Quantity::parse("1000000000000000000000"));
    EXPECT_TRUE(Quantity::parse("999999999999999999999"));
}

TEST(Ratio, IsRoundedHalfUp)
{
    EXPECT_EQ(Quantity::ratio(1, 3).nano(), 333'333'333);
    EXPECT_EQ(Quantity::ratio(2, 3).nano(), 666'666'667);
    EXPECT_EQ(Quantity::ratio(1, 2'000'000'000).nano(), 1);
    EXPECT_EQ(Quantity::ratio(90'000, 3600), Quantity::of(25));
}

TEST(PriceOf, IsRoundedHalfAwayFromZeroToThePicoDollar)
{
    EXPECT_EQ(priceOf(Quantity::ofNano(500'000'000), Money::ofPico(1)).pico(), 1);
    EXPECT_EQ(priceOf(Quantity::ofNano(499'999'999), Money::ofPico(1)).pico(), 0);
    EXPECT_EQ(priceOf(Quantity::ofNano(-500'000'000), Money::ofPico(1)).pico(), -1);
    EXPECT_EQ(priceOf(Quantity::ofNano(500'000'000), Money::ofPico(-1)).pico(), -1);
    EXPECT_EQ(priceOf(Quantity::of(3'000'000), *Money::parse("0.000000625")), *Money::parse("1.875"));
}

TEST(PriceOf, AgreesWithThePlainProductWhereThatFits)
{
    for (const std::int64_t nano : {1LL, 999'999'999LL, 1'000'000'001LL, 123'456'789'012'345LL}) {
        for (const std::int64_t pico : {1LL, 16'666'700LL, 1'000'000'001LL, 40'480'000'000LL}) {
            const Int128 product = Int128{nano} * pico;
            EXPECT_EQ(
                priceOf(Quantity::ofNano(nano), Money::ofPico(pico)).pico(),
                (product + 500'000'000) / 1'000'000'000);
        }
    }
}

TEST(PriceOf, StaysExactForAbsurdAmounts)
{
    EXPECT_EQ(
        priceOf(*Quantity::parse("999999999999999999999"), Money::ofDollars(1)).toExactText(),
        "999999999999999999999");
}

TEST(Int128Text, ReachesBothEndsOfTheRange)
{
    const Int128 most = static_cast<Int128>(~UInt128{0} >> 1);
    EXPECT_EQ(toString(most), "170141183460469231731687303715884105727");
    EXPECT_EQ(toString(-most - 1), "-170141183460469231731687303715884105728");
    EXPECT_EQ(toString(Int128{0}), "0");
}

}  // namespace

/// For the messages of failed tests.
void PrintTo(Int128 value, std::ostream* out)
{
    *out << toString(value);
}

}  // namespace neph
