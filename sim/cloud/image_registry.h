#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "sim/cloud/world.h"

namespace neph {

/// One layer of an image: a compressed blob with a digest.
struct ImageLayer {
    std::string digest;
    Bytes size;
};

/// A container image as far as starting it goes.
struct ContainerImage {
    std::string nodeId;
    std::string registryId;  ///< Node id of the registry it is stored in; empty: nowhere.
    std::string name;        ///< "shop:1.0"
    std::vector<ImageLayer> layers;
    bool isPushed = true;        ///< Off: the registry does not know the tag.
    Duration start{0};           ///< From the start of the process until it listens.
    bool brokenAtStart = false;  ///< Exits at once.
    bool failsHealthCheck = false;
    double unpackBytesPerSecond = 0;
    double unpackRatio = 1;  ///< Unpacked bytes per compressed byte.
    Duration crash{0};       ///< How long a broken one takes to exit.
    int crashExitCode = 1;
    Bytes size() const;
};

/// Interface of the models of image nodes.
class ImageSource {
public:
    virtual ~ImageSource() = default;
    virtual ContainerImage image() const = 0;
};

/// How a pull ended.
struct PullOutcome {
    std::string error;  ///< Empty: it worked. Else the vendor's text: "CannotPullContainerError: …".
    Bytes pulled;
};

/// The layers that one machine has pulled before. A Fargate task has none: every task pulls everything.
using LayerCache = std::set<std::string>;

/// A registry in a run: hands out images at a bandwidth, within its pull limit, unless it is down.
class ImageRegistry : public WorldObject {
public:
    struct Config {
        std::string nodeId;
        StationId bandwidth;              ///< Bandwidth station that pulls share, bounded per flow.
        PathId download;                  ///< Path with one Transfer through it.
        std::int64_t pullsPerWindow = 0;  ///< 0: no limit. Counted per address, one per image manifest.
        Duration window{0};
        Duration beforeTransfer{0};  ///< Authorisation and manifest.
        std::string limitError;
    };
    ImageRegistry(World& world, Config config) : m_world(world), m_config(std::move(config)) {}

    /// Pulls what `cache` lacks of `image` from `address` and unpacks it; then the layers are in `cache`.
    /// Without an address there is no way out of the network, and the pull times out. Source of the order of
    /// steps: OCI distribution specification; facts-compute.md section 1.
    Process pull(ContainerImage image, std::string address, LayerCache& cache, PullOutcome& outcome);

    void setDown(bool down) { m_down = down; }
    bool isDown() const { return m_down; }
    std::uint64_t pulls() const { return m_pulls; }
    std::uint64_t refused() const { return m_refused; }
    /// Pulls left in the present window for `address`; -1: no limit.
    std::int64_t pullsLeft(const std::string& address);

private:
    World& m_world;
    Config m_config;
    bool m_down = false;
    std::uint64_t m_pulls = 0;
    std::uint64_t m_refused = 0;
    std::map<std::string, std::deque<Time>> m_window;  ///< By address: when its pulls were counted.
};

}  // namespace neph
