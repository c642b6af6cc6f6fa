#pragma once

#include <map>
#include <optional>
#include <string>

#include "sim/local/container_engine.h"

namespace neph {

/// Reads what containers use. From the kernel's own counters where this machine runs them, which costs
/// microseconds; else from the engine, which takes a tenth of a second and a core.
class ContainerMeter {
public:
    explicit ContainerMeter(ContainerEngine& engine) : m_engine(engine) {}

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
    std::map<std::string, Files> m_files;
    bool m_isDirect = false;
};

}  // namespace neph
