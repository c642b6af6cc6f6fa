#pragma once

#include <string>
#include <vector>

#include "sim/base/result.h"
#include "sim/local/container_engine.h"

namespace neph {

/// One thing of a container that is not as it was asked for.
struct Difference {
    std::string field;  ///< "HostConfig.Memory"
    std::string asked;
    std::string is;
    bool isLimit = false;  ///< A limit of CPU, memory or processes: the person may choose to go on without.
};

/// The JSON body of POST /containers/create: what was asked, and everything that keeps a container in: an
/// unprivileged user, a read-only root with a small /tmp that runs nothing, no capabilities, no new
/// privileges, limits of processes, memory, CPU and files, own networks only, ports on loopback only, no
/// restarts, small logs.
///
/// Two things are so for a measured reason. CPU is a quota of 1 ms at a time (5 ms for a CPU and more)
/// instead of NanoCpus (whose 100 ms let a task burn a burst and then stand still). Limits of files and of
/// processes of the user are always both set: Podman 4.3 fails to start a container ("error setting rlimit
/// type 6") where one of them is left open.
std::string createBody(const ContainerSpec& spec, const EngineInfo& info);

/// The networks of `spec` that have to be connected after the create: a Docker before API 1.44 takes one
/// only.
std::vector<ContainerSpec::Network> laterNetworks(const ContainerSpec& spec, const EngineInfo& info);

/// JSON body of POST /networks/<name>/connect.
std::string connectBody(const ContainerSpec::Network& network, const std::string& container);

/// Compares a started container with what was asked, field by field, in the spelling of either engine; empty
/// is right. A limit that the engine says it cannot enforce is a difference as well. `inspectJson` is the
/// answer of GET /containers/<id>/json. Errors: Invalid (the answer makes no sense).
Result<std::vector<Difference>>
differences(const ContainerSpec& spec, const EngineInfo& info, const std::string& inspectJson);

/// "Memory limit of 128 MiB is not in force", one line a difference, for the person who decides.
std::string toText(const std::vector<Difference>& differences);

}  // namespace neph
