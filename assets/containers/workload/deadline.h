#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

namespace neph {

/// The moment at which an attempt is given up, or never.
class Deadline {
public:
    using Clock = std::chrono::steady_clock;

    static Deadline never() { return {}; }
    static Deadline after(Clock::duration time)
    {
        Deadline deadline;
        deadline.m_at = Clock::now() + time;
        return deadline;
    }

    bool hasPassed() const { return m_at && Clock::now() >= *m_at; }

    /// What poll() takes: -1 for ever, 0 when it has passed, and never too early.
    int pollMs() const
    {
        if (!m_at) {
            return -1;
        }
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(*m_at - Clock::now()).count();
        return left > 0 ? static_cast<int>(std::min<std::int64_t>(left, 1'000'000'000)) : 0;
    }

    /// The time that is left, at most `most`.
    Clock::duration left(Clock::duration most) const
    {
        return m_at ? std::clamp<Clock::duration>(*m_at - Clock::now(), Clock::duration{0}, most) : most;
    }

private:
    std::optional<Clock::time_point> m_at;
};

}  // namespace neph
