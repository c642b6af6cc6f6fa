#include <random>

#include "sim/cost/price_book.h"

namespace neph {
namespace {

Money dollars(const char* text)
{
    return *Money::parse(text);
}

/// S3 Standard storage in us-east-1: the bands of the published example below.
std::vector<PriceBand> storageBands()
{
    return {
        {Quantity::of(51'200), false, dollars("0.023")},
        {Quantity::of(512'000), false, dollars("0.022")},
        {{}, true, dollars("0.021")}};
}

// AWS, "Amazon S3 FAQs", Billing: 52,900 GB-months are 51,200 at 0.023 and 1,700 at 0.022.
TEST(TieredPrice, OfThePublishedStorageExampleIsExact)
{
    EXPECT_EQ(tieredPrice({}, Quantity::of(52'900), storageBands()), dollars("1215"));
}

TEST(TieredPrice, ChargesTheLastUnitOfABandAtTheRateOfThatBand)
{
    EXPECT_EQ(tieredPrice(Quantity::of(51'199), Quantity::of(1), storageBands()), dollars("0.023"));
    EXPECT_EQ(tieredPrice(Quantity::of(51'200), Quantity::of(1), storageBands()), dollars("0.022"));
}

TEST(TieredPrice, SplitsAUnitThatLiesAcrossTwoBands)
{
    const Quantity half = Quantity::ratio(1, 2);
    EXPECT_EQ(tieredPrice(Quantity::of(51'199) + half, Quantity::of(1), storageBands()), dollars("0.0225"));
}

TEST(TieredPrice, OfNothingIsNothing)
{
    EXPECT_EQ(tieredPrice(Quantity::of(600'000), {}, storageBands()), Money());
}

TEST(TieredPrice, NeverFallsWhenMoreIsUsed)
{
    Money before;
    for (std::int64_t units = 0; units < 700'000; units += 7'777) {
        const Money price = tieredPrice({}, Quantity::of(units), storageBands());
        EXPECT_GE(price, before) << units;
        before = price;
    }
}

TEST(TieredPrice, OfPartsAddsUpToThePriceOfTheWhole)
{
    std::mt19937_64 random(20261124);
    // A third of a pico-dollar per billionth: every part has to be rounded.
    const std::vector<PriceBand> bands{
        {Quantity::ofNano(5'000'000'007), false, Money::ofPico(333'333'333)},
        {Quantity::ofNano(9'000'000'011), false, Money::ofPico(7)},
        {{}, true, Money::ofPico(1)}};
    for (int round = 0; round < 200; ++round) {
        Quantity used;
        Money sum;
        for (int part = 0; part < 50; ++part) {
            const Quantity more = Quantity::ofNano(static_cast<std::int64_t>(random() % 400'000'000));
            sum += tieredPrice(used, more, bands);
            used += more;
        }
        EXPECT_EQ(sum, tieredPrice({}, used, bands));
    }
}

TEST(TieredPrice, OfAnAbsurdQuantityStaysExact)
{
    const std::vector<PriceBand> bands{{{}, true, Money::ofDollars(10'000)}};
    const Quantity most = Quantity::of(1'000'000'000'000'000);
    EXPECT_EQ(tieredPrice(most, most, bands).toExactText(), "10000000000000000000");
}

}  // namespace
}  // namespace neph
