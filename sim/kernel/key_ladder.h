#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "sim/base/int128.h"

namespace neph {

// The parts of EventSet that hold many events. Not for other users.

/// Keys in descending order in one array: the next one is the last.
class SortedKeys {
public:
    SortedKeys() { reserve(kFirstCapacity); }

    std::size_t size() const { return static_cast<std::size_t>(m_end - m_keys.get()) - 1; }
    bool isEmpty() const { return m_end == m_keys.get() + 1; }
    UInt128 last() const { return m_end[-1]; }
    UInt128 first() const { return m_keys[1]; }
    UInt128 fromLast(std::size_t places) const { return m_end[-1 - static_cast<std::ptrdiff_t>(places)]; }
    void removeLast() { --m_end; }
    void clear() { m_end = m_keys.get() + 1; }
    /// The caller keeps the order.
    void append(UInt128 key)
    {
        if (m_end == m_limit) [[unlikely]] {
            reserve(2 * size());
        }
        *m_end++ = key;
    }
    /// Whether inserting takes too long by now.
    bool isLong() const { return m_end >= m_longEnd; }
    void setLong(std::size_t size)
    {
        m_long = size;
        m_longEnd = m_keys.get() + 1 + size;
    }
    /// `key` must have a higher sequence number than every other key, so the high halves decide. Not when
    /// long.
    void insert(UInt128 key)
    {
        const auto high = static_cast<std::uint64_t>(key >> 64);
        UInt128* place = m_end++;
        while (static_cast<std::uint64_t>(place[-1] >> 64) <= high) {
            place[0] = place[-1];
            --place;
        }
        *place = key;
    }
    /// The same for a key of any sequence number.
    void insertOld(UInt128 key)
    {
        UInt128* place = m_end++;
        for (; place[-1] < key; --place) {
            place[0] = place[-1];
        }
        *place = key;
    }
    void sort();
    const UInt128* begin() const { return m_keys.get() + 1; }
    const UInt128* end() const { return m_end; }
    std::size_t memory() const { return static_cast<std::size_t>(m_limit - m_keys.get()) * sizeof(UInt128); }

private:
    static constexpr std::size_t kFirstCapacity = 512;

    void reserve(std::size_t capacity);

    std::unique_ptr<UInt128[]> m_keys;  ///< The first one is a sentinel above every key.
    UInt128* m_end = nullptr;
    UInt128* m_longEnd = nullptr;  ///< Never beyond m_limit.
    UInt128* m_limit = nullptr;
    std::size_t m_long = kFirstCapacity;
};

/// Chunks of keys, taken and given back one by one; slot 0 of a chunk is its owner's link.
class KeyChunks {
public:
    static constexpr std::size_t kSlots = 8;
    static constexpr std::size_t kBytes = kSlots * sizeof(UInt128);

    UInt128* take()
    {
        if (m_free == nullptr) [[unlikely]] {
            grow();
        }
        UInt128* chunk = m_free;
        m_free = link(chunk);
        return chunk;
    }
    void give(UInt128* chunk)
    {
        setLink(chunk, m_free);
        m_free = chunk;
    }
    static UInt128* link(const UInt128* chunk)
    {
        return reinterpret_cast<UInt128*>(static_cast<std::uintptr_t>(chunk[0]));
    }
    static void setLink(UInt128* chunk, const UInt128* to)
    {
        chunk[0] = reinterpret_cast<std::uintptr_t>(to);
    }
    std::size_t memory() const { return m_blocks.size() * kBlockBytes; }

private:
    static constexpr std::size_t kBlockBytes = 64 * 1024;
    struct Free {
        void operator()(UInt128* block) const;
    };

    void grow();

    UInt128* m_free = nullptr;
    std::vector<std::unique_ptr<UInt128, Free>> m_blocks;
};

/// All keys from a moment on, which moves forward: the far part of a ladder queue.
class KeyLadder {
public:
    static constexpr std::uint64_t kTimeLimit = std::uint64_t{1} << 56;

    static std::uint64_t timeOf(UInt128 key) { return static_cast<std::uint64_t>(key >> 72); }

    /// Adds a key that is not earlier than the moment refill() returned last.
    void add(UInt128 key)
    {
        const std::uint64_t at = timeOf(key);
        if (at >= m_topStart) {
            m_top.push_back(key);
            return;
        }
        const Rung* rung = m_rungs.data();
        while (at < rung->reached) {
            ++rung;
        }
        append(rung->buckets[(at - rung->start) >> rung->shift], key);
    }

    /// Moves the earliest keys to the empty `near` and returns the moment from which on the ladder still has
    /// keys (or may get some); kTimeLimit, and all keys moved, where they were few.
    std::uint64_t refill(SortedKeys& near);

    /// Takes over all keys of `near`, which has grown too long, and empties it; they are earlier than
    /// `nearEnd`, which is kTimeLimit where the ladder was not in use. Returns the new end of `near`.
    std::uint64_t takeOver(SortedKeys& near, std::uint64_t nearEnd);

    std::size_t memory() const;

private:
    // At most this many return from the ladder to the sorted array alone.
    static constexpr std::size_t kFew = 48;
    // Keys that a bucket should have, and above which it becomes a rung of its own.
    static constexpr std::size_t kBucket = 8;
    static constexpr std::size_t kFullBucket = 40;

    /// Where the next key of a bucket goes: into a chunk, or, at a chunk's end or null, into a new one.
    using Bucket = UInt128*;

    struct Rung {
        std::uint64_t start;
        std::uint64_t end;      ///< The last bucket may span more, but has nothing from here on.
        std::uint64_t reached;  ///< Start of the first bucket that is still here.
        std::uint32_t shift;    ///< A bucket spans 2^shift ns.
        std::size_t next;       ///< First bucket that is still here.
        std::size_t count;
        Bucket* buckets;
        std::unique_ptr<Bucket[]> storage;
        std::size_t capacity;
    };

    void append(Bucket& bucket, UInt128 key)
    {
        UInt128* place = bucket;
        if (reinterpret_cast<std::uintptr_t>(place) % KeyChunks::kBytes == 0) {
            UInt128* chunk = m_chunks.take();
            KeyChunks::setLink(chunk, place);
            place = chunk + 1;
        }
        *place = key;
        bucket = place + 1;
    }
    static UInt128* chunkOf(Bucket bucket);
    static std::size_t sizeOf(Bucket bucket);
    template <class Use>
    void drain(Bucket bucket, Use&& use);

    Rung& pushRung(std::uint64_t start, std::uint64_t end, std::uint32_t shift);
    void spreadTop();
    void splitBucket(Bucket bucket, std::size_t size, const Rung& coarse);
    std::uint64_t sampledMedian() const;

    KeyChunks m_chunks;
    std::vector<Rung> m_rungs;  ///< The first m_depth are in use, each inside a bucket of the one before.
    std::size_t m_depth = 0;
    std::vector<UInt128> m_top;  ///< Everything from m_topStart on.
    std::uint64_t m_topStart = kTimeLimit;
};

}  // namespace neph
