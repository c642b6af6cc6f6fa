#include "sim/kernel/random.h"

#include <Random123/philox.h>

#include "sim/kernel/portable_math.h"

namespace neph {

std::uint64_t streamId(std::string_view entity, std::string_view purpose)
{
    std::uint64_t hash = 0xCBF2'9CE4'8422'2325;
    const auto add = [&hash](unsigned char byte) { hash = (hash ^ byte) * 0x0000'0100'0000'01B3; };
    for (const char letter : entity) {
        add(static_cast<unsigned char>(letter));
    }
    add(0);  // So that ("ab", "c") and ("a", "bc") differ.
    for (const char letter : purpose) {
        add(static_cast<unsigned char>(letter));
    }
    hash = (hash ^ (hash >> 30)) * 0xBF58'476D'1CE4'E5B9;
    hash = (hash ^ (hash >> 27)) * 0x94D0'49BB'1331'11EB;
    return hash ^ (hash >> 31);
}

void RandomStream::refill()
{
    // Two blocks at a time: they do not depend on each other, so the processor works on both.
    const philox4x64_key_t key{{m_seed, m_stream}};
    const philox4x64_ctr_t evenBlock{{m_block, 0, 0, 0}};
    const philox4x64_ctr_t oddBlock{{m_block + 1, 0, 0, 0}};
    const philox4x64_ctr_t first = philox4x64(evenBlock, key);
    const philox4x64_ctr_t second = philox4x64(oddBlock, key);
    for (std::size_t i = 0; i < 4; ++i) {
        m_buffer[i] = first.v[i];
        m_buffer[i + 4] = second.v[i];
    }
    m_block += 2;
    m_used = 0;
}

// The right edge of the base layer for 256 layers: the value for which all layers have the same area and the
// last one ends at 0 (Marsaglia and Tsang 2000).
static constexpr double kExponentialEdge = 7.69711747013104972;
static constexpr double kNormalEdge = 3.6541528853610088;

static constexpr double squareRoot(double x)
{
    // Newton's iteration from above; at compile time, so its speed does not matter.
    double root = x > 1 ? x : 1;
    for (int i = 0; i < 100; ++i) {
        root = 0.5 * (root + x / root);
    }
    return root;
}

/// Area under exp(-x^2/2) beyond `edge`, by its continued fraction.
static constexpr double normalTail(double edge)
{
    double fraction = edge;
    for (int i = 200; i > 0; --i) {
        fraction = edge + i / fraction;
    }
    return portableExp(-0.5 * edge * edge) / fraction;
}

template <class Density, class Inverse>
static constexpr Ziggurat makeZiggurat(double edge, double tail, Density density, Inverse inverse)
{
    const double area = edge * density(edge) + tail;
    std::array<double, 257> right{};
    right[0] = area / density(edge);
    right[1] = edge;
    for (std::size_t i = 2; i < 256; ++i) {
        right[i] = inverse(density(right[i - 1]) + area / right[i - 1]);
    }
    right[256] = 0;

    Ziggurat layers{};
    for (std::size_t i = 0; i < 256; ++i) {
        layers.inside[i] = static_cast<std::uint64_t>(right[i + 1] / right[i] * 0x1p53);
        layers.scale[i] = right[i] * 0x1p-53;
        layers.density[i] = density(right[i]);
    }
    layers.density[256] = 1;
    return layers;
}

constinit const Ziggurat kExponentialZiggurat = makeZiggurat(
    kExponentialEdge, portableExp(-kExponentialEdge), [](double x) { return portableExp(-x); },
    [](double y) { return -portableLog(y); });

constinit const Ziggurat kNormalZiggurat = makeZiggurat(
    kNormalEdge, normalTail(kNormalEdge), [](double x) { return portableExp(-0.5 * x * x); },
    [](double y) { return squareRoot(-2 * portableLog(y)); });

double RandomStream::exponentialEdge(std::uint64_t bits)
{
    const std::size_t layer = bits & 0xFF;
    if (layer == 0) {
        return kExponentialEdge + exponential();
    }
    const double x = static_cast<double>(bits >> 11) * kExponentialZiggurat.scale[layer];
    const double low = kExponentialZiggurat.density[layer];
    const double high = kExponentialZiggurat.density[layer + 1];
    return low + uniform() * (high - low) < portableExp(-x) ? x : exponential();
}

double RandomStream::normalEdge(std::uint64_t bits)
{
    const std::size_t layer = bits & 0xFF;
    const double sign = (bits & 0x100) != 0 ? -1 : 1;
    if (layer == 0) {
        // Marsaglia's tail: exponential beyond the edge, accepted with the ratio of the densities.
        for (;;) {
            const double beyond = exponential() / kNormalEdge;
            if (2 * exponential() > beyond * beyond) {
                return sign * (kNormalEdge + beyond);
            }
        }
    }
    const double x = static_cast<double>(bits >> 11) * kNormalZiggurat.scale[layer];
    const double low = kNormalZiggurat.density[layer];
    const double high = kNormalZiggurat.density[layer + 1];
    return low + uniform() * (high - low) < portableExp(-0.5 * x * x) ? sign * x : normal();
}

}  // namespace neph
