#pragma once

#include <cstddef>

namespace neph {

/// Memory for the frames of processes: free lists by size, per thread, on top of blocks that live as long as
/// the program. Once as many processes as ever have been alive, none of this allocates.
/// A frame may be freed by another thread than the one that made it.
class FramePool {
public:
    /// At least `size` bytes, aligned for any type.
    static void* take(std::size_t size);
    static void give(void* frame, std::size_t size) noexcept;

    /// Bytes ever obtained from the system, over all threads; for tests and reports.
    static std::size_t memory();
};

}  // namespace neph
