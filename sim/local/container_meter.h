#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "sim/local/container_engine.h"

namespace neph {

/// Reads what containers use. From the kernel's own counters where this machine runs them, which costs
/// microseconds; else from the engine, which takes a tenth of a second and a core.
class ContainerMeter {
public:
    /// Where the kernel shows processes and control groups.
    explicit ContainerMeter(
        ContainerEngine& engine, std::string processes = "/proc", std::string groups = "/sys/fs/cgroup")
        : m_engine(engine), m_processes(std::move(processes)), m_groups(std::move(groups))
    {
    }

    /// Nothing, where nobody says.
    std::optional<ContainerUse> read(const std::string& id);
    void forget(const std::string& id) { m_files.erase(id); }
    /// Whether figures come from the kernel.
    bool isDirect() const { return m_isDirect; }

private:
    struct Files {
        std::string cpu;     ///< Nanoseconds (version 1) or cpu.stat (version 2).
        std::string memory;  ///< Bytes.
        bool isV2 = false;
    };
    std::optional<Files> filesOf(const std::string& id);

    ContainerEngine& m_engine;
    std::string m_processes;
    std::string m_groups;
    std::map<std::string, Files> m_files;
    bool m_isDirect = false;
};

}  // namespace neph
