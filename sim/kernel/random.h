#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "sim/base/int128.h"

namespace neph {

/// Number of the stream that `entity` draws from for `purpose`: ("orders-queue", "service time").
///
/// A stable hash (FNV-1a of both texts, finished with the 64-bit mixer of SplitMix). It is part of the file
/// format: changing it changes every saved result.
std::uint64_t streamId(std::string_view entity, std::string_view purpose);

/// An independent sequence of random numbers, chosen by (seed, stream) alone.
///
/// Counter-based (Philox4x64-10; Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2,
/// 3", SC 2011): draw n of a stream is a function of (seed, stream, n), so a new component changes nobody
/// else's draws. Everything here uses integers and + - * / only: the same bits on every machine. Cheap to
/// construct, 96 bytes; copying it copies the position.
class RandomStream {
public:
    RandomStream(std::uint64_t seed, std::uint64_t stream) : m_seed(seed), m_stream(stream) {}

    /// 64 random bits.
    std::uint64_t next()
    {
        if (m_used == kBuffered) [[unlikely]] {
            refill();
        }
        return m_buffer[m_used++];
    }

    /// Uniform in the open interval (0, 1): 2^52 equidistant values.
    double uniform() { return (static_cast<double>(next() >> 12) + 0.5) * 0x1p-52; }

    /// Exponential with mean 1 (ziggurat of 256 layers; Marsaglia and Tsang, J. Stat. Software 5(8), 2000).
    double exponential();

    /// Standard normal (ziggurat of 256 layers).
    double normal();

    /// Unbiased in 0 .. n-1; n must not be 0 (Lemire, "Fast random integer generation in an interval", 2019).
    std::uint64_t below(std::uint64_t n);

private:
    static constexpr std::uint32_t kBuffered = 8;

    void refill();
    double exponentialEdge(std::uint64_t bits);
    double normalEdge(std::uint64_t bits);

    std::uint64_t m_seed;
    std::uint64_t m_stream;
    std::uint64_t m_block = 0;
    std::uint32_t m_used = kBuffered;
    std::array<std::uint64_t, kBuffered> m_buffer;
};

/// The layers of one ziggurat: layer i is accepted at once where the 53 random bits are below inside[i];
/// the value is bits * scale[i]; density[i] is the (unnormalised) density at the right edge of layer i.
struct Ziggurat {
    std::array<std::uint64_t, 256> inside;
    std::array<double, 256> scale;
    std::array<double, 257> density;
};
extern const Ziggurat kExponentialZiggurat;
extern const Ziggurat kNormalZiggurat;

inline double RandomStream::exponential()
{
    const std::uint64_t bits = next();
    const std::uint64_t position = bits >> 11;
    const std::size_t layer = bits & 0xFF;
    if (position < kExponentialZiggurat.inside[layer]) [[likely]] {
        return static_cast<double>(position) * kExponentialZiggurat.scale[layer];
    }
    return exponentialEdge(bits);
}

inline double RandomStream::normal()
{
    const std::uint64_t bits = next();
    const std::uint64_t position = bits >> 11;
    const std::size_t layer = bits & 0xFF;
    if (position < kNormalZiggurat.inside[layer]) [[likely]] {
        const double value = static_cast<double>(position) * kNormalZiggurat.scale[layer];
        // The sign is a coin, which a branch would predict wrongly half of the time.
        return std::bit_cast<double>(std::bit_cast<std::uint64_t>(value) | (bits & 0x100) << 55);
    }
    return normalEdge(bits);
}

inline std::uint64_t RandomStream::below(std::uint64_t n)
{
    UInt128 product = UInt128{next()} * n;
    if (static_cast<std::uint64_t>(product) < n) [[unlikely]] {
        const std::uint64_t biased = -n % n;
        while (static_cast<std::uint64_t>(product) < biased) {
            product = UInt128{next()} * n;
        }
    }
    return static_cast<std::uint64_t>(product >> 64);
}

}  // namespace neph
