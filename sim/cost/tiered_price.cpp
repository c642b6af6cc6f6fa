#include <algorithm>

#include "sim/cost/price_book.h"

namespace neph {

namespace {

/// What the first `used` units of a month cost.
Money priceFromTheFirst(Quantity used, const std::vector<PriceBand>& bands)
{
    // Whole units and the rest apart: their product with a price keeps far from the end of 128 bits.
    Int128 pico = 0;
    Int128 nanoPico = 0;
    Quantity start;
    for (const PriceBand& band : bands) {
        const Quantity end = band.unlimited || used < band.upTo ? used : band.upTo;
        const Quantity inside = end - start;
        pico += inside.nano() / Quantity::kNano * band.perUnit.pico();
        nanoPico += inside.nano() % Quantity::kNano * band.perUnit.pico();
        if (end == used) {
            break;
        }
        start = end;
    }
    return Money::ofPico(pico + (nanoPico + Quantity::kNano / 2) / Quantity::kNano);
}

}  // namespace

Money tieredPrice(Quantity usedBefore, Quantity used, const std::vector<PriceBand>& bands)
{
    return priceFromTheFirst(usedBefore + used, bands) - priceFromTheFirst(usedBefore, bands);
}

}  // namespace neph
