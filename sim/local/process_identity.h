#pragma once

#include <cstdint>
#include <string>

#include "sim/base/result.h"

namespace neph {

/// A process that is not taken for another one which got its number later.
struct ProcessIdentity {
    int pid = 0;
    std::string boot;  ///< /proc/sys/kernel/random/boot_id: another one after each start of the machine.
    std::uint64_t started = 0;  ///< Clock ticks after boot: /proc/<pid>/stat, field 22.
    std::string pidNamespace;   ///< "pid:[4026531836]": in another one the number means somebody else.

    friend bool operator==(const ProcessIdentity&, const ProcessIdentity&) = default;
};

/// This process. Errors: CannotRead (no /proc).
Result<ProcessIdentity> ownIdentity();

/// Whether the process may still be there. One of another PID namespace of this boot cannot be looked up from
/// here and counts as alive. A zombie is gone.
bool isAlive(const ProcessIdentity& process);

}  // namespace neph
