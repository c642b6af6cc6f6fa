#pragma once

#include <cstdint>
#include <vector>

#include "sim/base/units.h"

namespace neph {

inline constexpr std::uint32_t kNone = 0xFFFF'FFFF;

/// What a frame waits for.
enum class Waits : std::uint8_t {
    Free,     ///< The place is not in use.
    Nothing,  ///< It runs at this moment.
    Timer,    ///< An event: a delay or a hop ends.
    Service,  ///< An event: the service at a slot ends, which is then given back.
    Entry,    ///< An event: a disturbance lets it in.
    Backoff,  ///< An event: it is no request but a call that is to be tried again.
    Line,     ///< Its turn at a station with slots.
    Share,    ///< Its work at a shared station.
    Answers,  ///< Calls it has made.
    Gone,     ///< It was ended from outside; its pending event, or the head of its queue, frees it.
};

/// One request at one node. 64 bytes, in a slab, named by its index.
struct Frame {
    enum Flags : std::uint8_t {
        kRoot = 1,             ///< Nobody called it: `call` is its source, or its control request.
        kControl = 2,          ///< Of the control plane: not counted among users' requests.
        kRouted = 8,           ///< A route chose its replica and counts it there.
        kCountedByClass = 16,  ///< The class's figures hold it for the node too.
        kOrphan = 4,           ///< Whoever called it has stopped waiting; its answer is dropped.
    };

    std::uint32_t step = 0;         ///< Index of the present step in the plan.
    std::uint32_t parent = kNone;   ///< Frame that waits for its answer.
    std::uint32_t replica = kNone;  ///< ReplicaId it runs on.
    std::uint32_t base = 0;         ///< First station of that replica.
    Time entered{0};                ///< Start of the frame.
    Time since{0};                  ///< Start of the present wait or service.
    std::uint32_t next = kNone;     ///< Next in a queue, or in the free list.
    std::uint32_t generation = 0;   ///< Counts the requests that had this place; timeouts compare it.
    std::uint32_t call = kNone;     ///< Call step of the parent that made it.
    std::uint32_t trace = 0;        ///< Number of the trace that it is part of; 0: none.
    std::uint16_t attempt = 0;      ///< Of the call, from 0.
    std::uint16_t pending = 0;      ///< Calls without an answer yet.
    std::uint16_t failure = 0;      ///< Outcome of the first call of a fork that failed.
    std::uint16_t path = 0;
    std::uint16_t zone = 0xFFFF;
    std::uint8_t requestClass = 0;
    Waits waits = Waits::Free;
    std::uint8_t flags = 0;
    std::uint8_t depth = 0;  ///< Of the call, for traces; stays at 255.
};
static_assert(sizeof(Frame) == 64);

/// All frames of a run. A reference is good until the next take(), an index until the frame is given back.
class FrameSlab {
public:
    Frame& operator[](std::uint32_t index) { return m_frames[index]; }
    const Frame& operator[](std::uint32_t index) const { return m_frames[index]; }

    std::uint32_t take()
    {
        if (m_free != kNone) [[likely]] {
            const std::uint32_t index = m_free;
            m_free = m_frames[index].next;
            return index;
        }
        return grow();
    }

    void give(std::uint32_t index)
    {
        Frame& frame = m_frames[index];
        ++frame.generation;
        frame.waits = Waits::Free;
        frame.next = m_free;
        m_free = index;
    }

    bool isFree(std::uint32_t index) const { return m_frames[index].waits == Waits::Free; }
    std::uint32_t size() const { return static_cast<std::uint32_t>(m_frames.size()); }
    void prefetch(std::uint32_t index) const { __builtin_prefetch(m_frames.data() + index, 1); }

private:
    [[gnu::noinline]] std::uint32_t grow()
    {
        m_frames.emplace_back();
        return static_cast<std::uint32_t>(m_frames.size() - 1);
    }

    std::vector<Frame> m_frames;
    std::uint32_t m_free = kNone;
};

}  // namespace neph
