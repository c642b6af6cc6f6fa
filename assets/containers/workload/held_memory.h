#pragma once

#include <cstddef>

namespace neph {

/// Memory that is really there: every page is written to, and given back to the system at the end.
/// Where the system has none left, it ends the program as it ends any other (exit code 137 in a container).
class HeldMemory {
public:
    explicit HeldMemory(double mebibytes);
    ~HeldMemory();
    HeldMemory(const HeldMemory&) = delete;
    HeldMemory& operator=(const HeldMemory&) = delete;

private:
    void* m_begin = nullptr;
    std::size_t m_size = 0;
};

}  // namespace neph
