#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "sim/cloud/compiler.h"
#include "sim/cloud/image_registry.h"
#include "sim/model/value.h"

namespace neph {

/// Where a call to a node goes inside the network of a lab.
struct LabAddress {
    std::string host;
    std::uint16_t port = 0;
    std::string user;
    std::string password;
    std::string database;
};

/// What the sample workload of a node is told (NEPH_WORKLOAD): the settings that the face of its kind names,
/// the request classes, and its links with the address of each target. `image` may say that this version is
/// broken. Shape: assets/containers/README.md.
Value workloadConfig(
    const CompiledDesign& compiled, const std::string& node, const ContainerImage& image,
    const std::map<std::string, LabAddress>& addresses, std::uint16_t port, std::uint64_t seed);

}  // namespace neph
