#include "sim/kernel/key_ladder.h"

#include <algorithm>
#include <array>
#include <bit>
#include <functional>
#include <new>

namespace neph {

void SortedKeys::reserve(std::size_t capacity)
{
    auto keys = std::make_unique_for_overwrite<UInt128[]>(capacity + 1);
    keys[0] = ~UInt128{0};
    std::size_t count = 0;
    if (m_keys != nullptr) {
        count = size();
        std::copy(m_keys.get() + 1, m_end, keys.get() + 1);
    }
    m_keys = std::move(keys);
    m_end = m_keys.get() + 1 + count;
    m_limit = m_keys.get() + 1 + capacity;
    m_longEnd = m_keys.get() + 1 + m_long;
}

void SortedKeys::sort()
{
    std::sort(m_keys.get() + 1, m_end, std::greater<>());
}

void KeyChunks::Free::operator()(UInt128* block) const
{
    ::operator delete (block, std::align_val_t{kBytes});
}

void KeyChunks::grow()
{
    auto* block = static_cast<UInt128*>(::operator new (kBlockBytes, std::align_val_t{kBytes}));
    m_blocks.emplace_back(block);
    for (std::size_t offset = kBlockBytes / sizeof(UInt128); offset > 0; offset -= kSlots) {
        give(block + offset - kSlots);
    }
}

UInt128* KeyLadder::chunkOf(Bucket bucket)
{
    // The place before the next one is in the chunk, also where the chunk is full.
    const auto last = reinterpret_cast<std::uintptr_t>(bucket - 1);
    return reinterpret_cast<UInt128*>(last - last % KeyChunks::kBytes);
}

std::size_t KeyLadder::sizeOf(Bucket bucket)
{
    std::size_t size = 0;
    while (bucket != nullptr) {
        const UInt128* chunk = chunkOf(bucket);
        size += static_cast<std::size_t>(bucket - chunk) - 1;
        bucket = KeyChunks::link(chunk);
    }
    return size;
}

template <class Use>
void KeyLadder::drain(Bucket bucket, Use&& use)
{
    while (bucket != nullptr) {
        UInt128* chunk = chunkOf(bucket);
        for (const UInt128* key = chunk + 1; key != bucket; ++key) {
            use(*key);
        }
        bucket = KeyChunks::link(chunk);
        m_chunks.give(chunk);
    }
}

KeyLadder::Rung& KeyLadder::pushRung(std::uint64_t start, std::uint64_t end, std::uint32_t shift)
{
    const std::size_t count = static_cast<std::size_t>((end - 1 - start) >> shift) + 1;
    if (m_depth == m_rungs.size()) {
        m_rungs.emplace_back();
    }
    Rung& rung = m_rungs[m_depth++];
    if (rung.capacity < count) {
        rung.capacity = std::bit_ceil(count);
        rung.storage = std::make_unique<Bucket[]>(rung.capacity);
        rung.buckets = rung.storage.get();
    }
    // The buckets of a rung that was left are all null.
    rung.start = start;
    rung.end = end;
    rung.reached = start;
    rung.shift = shift;
    rung.next = 0;
    rung.count = count;
    return rung;
}

/// Log2 of the width of buckets when `keys` keys lie in `span` nanoseconds.
static std::uint32_t shiftFor(std::uint64_t span, std::size_t keys, std::size_t perBucket)
{
    const std::uint64_t width =
        static_cast<std::uint64_t>(UInt128{span} * perBucket / std::max<std::size_t>(keys, 1));
    return width == 0 ? 0 : static_cast<std::uint32_t>(std::bit_width(width)) - 1;
}

std::uint64_t KeyLadder::sampledMedian() const
{
    // Golden-ratio steps meet no period of the keys. The order of events does not depend on the sample.
    std::array<std::uint64_t, 33> sample;
    std::uint64_t position = 0;
    for (std::uint64_t& at : sample) {
        at = timeOf(m_top[static_cast<std::size_t>(UInt128{position} * m_top.size() >> 64)]);
        position += 0x9E37'79B9'7F4A'7C15;
    }
    std::nth_element(sample.begin(), sample.begin() + 16, sample.end());
    return sample[16];
}

void KeyLadder::spreadTop()
{
    // Buckets as wide as the nearer half asks for, reaching twice as far; the rest waits for its turn, so
    // that a few very late keys do not make all buckets wide.
    std::uint64_t first = kTimeLimit;
    for (const UInt128 key : m_top) {
        first = std::min(first, timeOf(key));
    }
    const std::uint64_t half = std::max<std::uint64_t>(sampledMedian() - first, 1);
    const std::uint32_t shift = shiftFor(half, m_top.size() / 2, kBucket);
    m_topStart = std::min(first + 3 * half, kTimeLimit);
    Rung& rung = pushRung(first, m_topStart, shift);

    std::size_t kept = 0;
    for (const UInt128 key : m_top) {
        const std::uint64_t at = timeOf(key);
        if (at >= m_topStart) {
            m_top[kept++] = key;
        } else {
            append(rung.buckets[(at - first) >> shift], key);
        }
    }
    m_top.resize(kept);
}

/// Makes a rung of `bucket`, the one that `coarse` has just left behind.
void KeyLadder::splitBucket(Bucket bucket, std::size_t size, const Rung& coarse)
{
    const std::uint64_t end = coarse.reached;
    const std::uint64_t start = coarse.start + (std::uint64_t{coarse.next - 1} << coarse.shift);
    const std::uint32_t shift = std::min(shiftFor(end - start, size, kBucket), coarse.shift - 1);
    Rung& rung = pushRung(start, end, shift);
    drain(bucket, [&](UInt128 key) { append(rung.buckets[(timeOf(key) - start) >> shift], key); });
}

std::uint64_t KeyLadder::refill(SortedKeys& near)
{
    for (;;) {
        if (m_depth == 0) {
            if (m_top.size() <= kFew) {
                for (const UInt128 key : m_top) {
                    near.append(key);
                }
                near.sort();
                m_top.clear();
                m_topStart = kTimeLimit;
                return kTimeLimit;
            }
            spreadTop();
        }
        Rung& rung = m_rungs[m_depth - 1];
        while (rung.next < rung.count && rung.buckets[rung.next] == nullptr) {
            ++rung.next;
        }
        if (rung.next == rung.count) {
            --m_depth;
            continue;
        }
        const Bucket bucket = rung.buckets[rung.next];
        rung.buckets[rung.next] = nullptr;
        ++rung.next;
        rung.reached = std::min(rung.start + (std::uint64_t{rung.next} << rung.shift), rung.end);
        if (rung.next < rung.count) {
            __builtin_prefetch(rung.buckets[rung.next]);
        }
        const std::size_t size = sizeOf(bucket);
        if (size > kFullBucket && rung.shift > 0) {
            splitBucket(bucket, size, rung);
            continue;
        }
        drain(bucket, [&near](UInt128 key) { near.append(key); });
        near.sort();
        return rung.reached;
    }
}

std::uint64_t KeyLadder::takeOver(SortedKeys& near, std::uint64_t nearEnd)
{
    const std::uint64_t first = timeOf(near.last());
    if (nearEnd == kTimeLimit && m_depth == 0) {
        m_top.assign(near.begin(), near.end());
        m_topStart = first;
    } else {
        const std::uint64_t span = nearEnd - first;
        const std::uint32_t shift = shiftFor(span, near.size(), kBucket);
        Rung& rung = pushRung(first, nearEnd, shift);
        for (const UInt128 key : near) {
            append(rung.buckets[(timeOf(key) - first) >> shift], key);
        }
    }
    near.clear();
    return first;
}

std::size_t KeyLadder::memory() const
{
    std::size_t bytes = m_chunks.memory() + m_top.capacity() * sizeof(UInt128);
    for (const Rung& rung : m_rungs) {
        bytes += rung.capacity * sizeof(Bucket);
    }
    return bytes;
}

}  // namespace neph
