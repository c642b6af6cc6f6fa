#include "assets/containers/workload/held_memory.h"

#include <sys/mman.h>

namespace neph {

HeldMemory::HeldMemory(double mebibytes) : m_size(static_cast<std::size_t>(mebibytes * (1 << 20)))
{
    if (m_size == 0) {
        return;
    }
    // In one go: faulting page by page costs some times as much CPU.
    m_begin = mmap(
        nullptr, m_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE | MAP_NORESERVE,
        -1, 0);
    if (m_begin == MAP_FAILED) {
        m_begin = nullptr;
        return;
    }
    constexpr std::size_t kPage = 4096;
    for (std::size_t at = 0; at < m_size; at += kPage) {
        static_cast<volatile char*>(m_begin)[at] = 1;
    }
}

HeldMemory::~HeldMemory()
{
    if (m_begin != nullptr) {
        munmap(m_begin, m_size);
    }
}

}  // namespace neph
