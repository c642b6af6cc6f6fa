#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/base/result.h"
#include "sim/base/units.h"

namespace neph {

/// What a container is asked to be. Everything that is not here is as `hardening.h` says.
struct ContainerSpec {
    struct Port {
        std::uint16_t inside = 0;
        std::uint16_t outside = 0;  ///< On 127.0.0.1; 0: an ephemeral one that the engine picks.
    };
    struct Mount {
        std::string volume;  ///< Name of a named volume; never a folder of the host.
        std::string path;    ///< Inside.
    };
    struct Network {
        std::string name;
        std::vector<std::string> aliases;  ///< Names by which others of this network find it.
    };

    std::string name;
    std::string image;  ///< By digest ("name@sha256:…") or id ("sha256:…"); a tag has been resolved before.
    std::vector<std::string> entrypoint;  ///< Empty: the image's own.
    std::vector<std::string> command;     ///< Empty: the image's own.
    std::map<std::string, std::string> environment;
    std::string user = "65534:65534";
    std::int64_t milliCpus = 1000;
    std::int64_t memoryBytes = 128 << 20;  ///< No swap beyond it.
    std::int64_t pids = 256;
    std::int64_t openFiles = 1024;
    bool writableRoot = false;              ///< An exception, shown in the plan.
    std::vector<std::string> capabilities;  ///< Exceptions, shown in the plan.
    std::string cpus;                       ///< "1": which cores; empty: all.
    std::vector<Port> ports;
    std::vector<Mount> mounts;
    std::vector<Network> networks;
    std::map<std::string, std::string> labels;
    std::chrono::seconds stopTimeout{10};
};

/// What a container is.
struct ContainerState {
    std::string id;
    std::string name;
    std::string image;
    std::string status;  ///< "created", "running", "paused", "exited", "dead"
    int exitCode = 0;
    /// Podman 4.3 does not notice on cgroups 1: there it is an exit code of 137 that nobody asked for.
    bool outOfMemory = false;
    std::map<std::string, std::string> labels;
    std::map<std::uint16_t, std::uint16_t> ports;  ///< Inside to outside, on 127.0.0.1.
    std::map<std::string, std::string> addresses;  ///< By network.

    bool isRunning() const { return status == "running"; }
};

/// What a container has used since it started.
struct ContainerUse {
    double cpuSeconds = 0;
    std::int64_t memoryBytes = 0;
    std::uint64_t throttledPeriods = 0;  ///< 0 in Podman's Docker API (4.3.1).
};

/// Things that can carry our labels.
enum class Thing { Container, Network, Volume, Image };

struct LabelledThing {
    std::string id;  ///< Networks and volumes: the name.
    std::string name;
    std::map<std::string, std::string> labels;
};

/// What an engine says about itself.
struct EngineInfo {
    std::string name;     ///< "Podman Engine", "Docker Engine"
    std::string version;  ///< "4.3.1"
    std::string apiVersion;
    std::string runtime;        ///< "runc"
    std::string cgroupVersion;  ///< "1", "2"
    bool isRootless = false;
    bool limitsMemory = false;
    bool limitsCpu = false;
    std::uint32_t cores = 0;
    std::int64_t memoryBytes = 0;

    bool isPodman() const { return name.find("Podman") != std::string::npos; }
};

/// Login at a registry.
struct RegistryLogin {
    std::string user;
    std::string password;
};

/// A client of the Docker Engine API 1.41 over a unix socket: Podman and Docker alike.
///
/// Every call blocks its thread for at most `timeout` (pulls, pushes, builds and imports: as long as bytes
/// moved in the last ten of it; info: half a minute more), and may be made from several threads at once.
/// Errors: CannotRead (no engine there, or it went away), NotFound, Invalid (the engine refused: `what` says
/// it in its words, and a way on), TooLarge (an answer beyond our limits). Source: Docker Engine API v1.41
/// reference.
class ContainerEngine {
public:
    /// `socket` is a path. `runtime`: "" is the engine's own.
    explicit ContainerEngine(
        std::string socket, std::string runtime = {},
        std::chrono::milliseconds timeout = std::chrono::seconds(30));
    virtual ~ContainerEngine();
    ContainerEngine(const ContainerEngine&) = delete;
    ContainerEngine& operator=(const ContainerEngine&) = delete;

    const std::string& socket() const;
    virtual Result<Done> ping();
    virtual Result<EngineInfo> info();

    // Images.
    /// Makes an image of one layer from a tar file, tags it, and returns its id ("sha256:…").
    /// `changes`: Containerfile words ("CMD [\"/program\"]", "EXPOSE 8080").
    virtual Result<std::string>
    importImage(const std::string& tarFile, const std::string& tag, const std::vector<std::string>& changes);
    /// Builds from a tar file that has a Containerfile at its root.
    virtual Result<std::string> buildImage(const std::string& tarFile, const std::string& tag);
    /// Id of an image by tag, digest or id. Errors: NotFound.
    virtual Result<std::string> imageId(const std::string& reference);
    /// "name@sha256:…" under which it was pulled; NotFound where there is none. After a push take what
    /// pushImage returned: Podman's own digest is that of the layers before they were compressed for the
    /// registry.
    virtual Result<std::string> imageDigest(const std::string& reference);
    virtual Result<Done> tagImage(const std::string& reference, const std::string& tag);
    /// `progress` is called with 0..1 now and then; false stops the transfer.
    using Progress = std::function<bool(double)>;
    /// `insecure`: plain HTTP, which only a registry on loopback may use. Returns
    /// "name@sha256:…", which create() and pullImage() take.
    virtual Result<std::string> pushImage(
        const std::string& tag, const RegistryLogin& login, bool insecure, const Progress& progress = {});
    virtual Result<std::string> pullImage(
        const std::string& reference, const RegistryLogin& login, bool insecure,
        const Progress& progress = {});

    // Containers.
    /// Creates it and nothing more. Returns its id.
    virtual Result<std::string> create(const ContainerSpec& spec);
    virtual Result<Done> start(const std::string& id);
    /// SIGTERM, and SIGKILL after `grace`. A container that does not run is fine.
    virtual Result<Done> stop(const std::string& id, std::chrono::seconds grace);
    virtual Result<Done> kill(const std::string& id, const std::string& signal = "SIGKILL");
    virtual Result<Done> pause(const std::string& id);
    virtual Result<Done> unpause(const std::string& id);
    /// Kills it first where it runs. Here and below: what is not there any more is fine.
    virtual Result<Done> remove(const std::string& id);
    virtual Result<ContainerState> inspect(const std::string& id);
    /// The whole answer of the engine, to compare with what was asked (hardening.h).
    virtual Result<std::string> inspectJson(const std::string& id);
    virtual Result<ContainerUse> use(const std::string& id);
    /// The last lines of stdout and stderr, at most `bytes`.
    virtual Result<std::string> logs(const std::string& id, std::size_t bytes = 64 << 10);

    // Networks and volumes.
    /// An internal network has no way out, and nothing can be published from it.
    virtual Result<Done>
    createNetwork(const std::string& name, bool internal, const std::map<std::string, std::string>& labels);
    virtual Result<Done>
    createVolume(const std::string& name, const std::map<std::string, std::string>& labels);
    virtual Result<Done> removeNetwork(const std::string& name);
    virtual Result<Done> removeVolume(const std::string& name);
    virtual Result<Done> removeImage(const std::string& reference);

    /// Everything of a sort that carries the label ("key" or "key=value"). Never anything without it.
    virtual Result<std::vector<LabelledThing>> labelled(Thing sort, const std::string& label);

private:
    struct Wire;
    std::unique_ptr<Wire> m_wire;
};

}  // namespace neph
