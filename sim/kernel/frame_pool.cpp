#include "sim/kernel/frame_pool.h"

#include <array>
#include <memory>
#include <mutex>
#include <new>
#include <vector>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size) static_cast<void>(size)
#define ASAN_UNPOISON_MEMORY_REGION(address, size) static_cast<void>(size)
#endif

namespace neph {

namespace {

struct Free {
    Free* next;
};

constexpr std::size_t kStep = 32;
constexpr std::size_t kLargest = 2048;
constexpr std::size_t kClasses = kLargest / kStep;
constexpr std::size_t kBlockBytes = 256 * 1024;

using Lists = std::array<Free*, kClasses>;

// The blocks outlive every thread; a thread that ends leaves its free frames here for the next ones.
struct Depot {
    std::mutex mutex;
    Lists lists{};
    std::vector<std::unique_ptr<std::byte[]>> blocks;
    std::size_t bytes = 0;
};

Depot& depot()
{
    // Never destroyed: simulations with static storage may still free frames at exit.
    static Depot* const instance = new Depot;
    return *instance;
}

constinit thread_local Lists freeFrames{};

struct AtThreadEnd {
    ~AtThreadEnd()
    {
        const std::lock_guard lock(depot().mutex);
        for (std::size_t i = 0; i < kClasses; ++i) {
            while (Free* frame = freeFrames[i]) {
                ASAN_UNPOISON_MEMORY_REGION(frame, sizeof(Free));
                freeFrames[i] = frame->next;
                frame->next = depot().lists[i];
                depot().lists[i] = frame;
            }
        }
    }
};

void push(Free*& list, void* memory, std::size_t size)
{
    Free* frame = ::new (memory) Free{list};
    list = frame;
    ASAN_POISON_MEMORY_REGION(memory, size);
}

[[gnu::noinline]] void restock(std::size_t sizeClass)
{
    static thread_local AtThreadEnd atThreadEnd;
    static_cast<void>(atThreadEnd);
    const std::size_t size = (sizeClass + 1) * kStep;
    const std::lock_guard lock(depot().mutex);
    if (Free* left = depot().lists[sizeClass]) {
        depot().lists[sizeClass] = nullptr;
        freeFrames[sizeClass] = left;
        return;
    }
    depot().blocks.push_back(std::make_unique_for_overwrite<std::byte[]>(kBlockBytes));
    depot().bytes += kBlockBytes;
    std::byte* const block = depot().blocks.back().get();
    for (std::size_t i = kBlockBytes / size; i-- > 0;) {
        push(freeFrames[sizeClass], block + i * size, size);
    }
}

}  // namespace

void* FramePool::take(std::size_t size)
{
    const std::size_t sizeClass = (size - 1) / kStep;
    if (sizeClass >= kClasses) {
        return ::operator new(size);
    }
    if (freeFrames[sizeClass] == nullptr) {
        restock(sizeClass);
    }
    Free* frame = freeFrames[sizeClass];
    ASAN_UNPOISON_MEMORY_REGION(frame, (sizeClass + 1) * kStep);
    freeFrames[sizeClass] = frame->next;
    return frame;
}

void FramePool::give(void* frame, std::size_t size) noexcept
{
    const std::size_t sizeClass = (size - 1) / kStep;
    if (sizeClass >= kClasses) {
        ::operator delete(frame);
        return;
    }
    push(freeFrames[sizeClass], frame, (sizeClass + 1) * kStep);
}

std::size_t FramePool::memory()
{
    const std::lock_guard lock(depot().mutex);
    return depot().bytes;
}

}  // namespace neph
