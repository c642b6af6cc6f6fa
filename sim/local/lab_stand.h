#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "sim/local/container_engine.h"
#include "sim/local/gateway.h"
#include "sim/local/hardening.h"
#include "sim/local/lab_plan.h"
#include "sim/local/package_image.h"
#include "sim/local/workload_config.h"

namespace neph {

/// How long the steps of a task's start took.
struct StartTimes {
    std::string node;
    std::uint32_t task = 0;
    double pull = 0;  ///< Seconds, like all of these.
    double create = 0;
    double start = 0;
    double ready = 0;  ///< From the start until it answered.
};

/// What stands there before a run begins, and what tasks are made of: networks, registries with the images
/// pushed to them, servers with their data, and the gateway. All of it carries the labels of one session.
class LabStand {
public:
    struct Options {
        std::map<std::string, std::string> labels;  ///< Of the session.
        std::string owner;                          ///< Installation, for data volumes.
        std::string session;                        ///< Short: names begin with "neph-<session>-".
        std::string coresOfTasks;                   ///< "1": tasks and servers; empty: all.
        std::string coresOfGateway;
        bool goOnWithoutLimits = false;
        RecipePlaces places;
        std::uint64_t seed = 1;
    };
    struct Progress {
        std::string what;  ///< "pushing shop:1.0 to Image store"
        double share = 0;  ///< 0..1 of the whole.
    };

    LabStand(
        ContainerEngine& engine, EngineInfo info, std::shared_ptr<const CompiledDesign> compiled,
        LabPlan plan, Options options);

    /// Sets everything up. What was made before an error is for whoever cleans up by label.
    Result<Done> setUp(const std::function<void(const Progress&)>& progress, std::stop_token stop);

    const LabPlan& plan() const { return m_plan; }
    const GatewayLayout& layout() const { return m_layout; }
    /// Ports of the gateway, inside to 127.0.0.1.
    const std::map<std::uint16_t, std::uint16_t>& gatewayPorts() const { return m_gatewayPorts; }
    ContainerEngine& engine() { return m_engine; }
    const EngineInfo& info() const { return m_info; }
    /// What users' own clients connect to: a node's name, and the words to type.
    const std::map<std::string, std::string>& endpoints() const { return m_endpoints; }
    /// Where users send their requests: each link of users to the door it leads to.
    std::map<std::string, std::string> targets() const;
    /// Containers that stand there, by what they are: for logs and status.
    const std::map<std::string, std::string>& containers() const { return m_containers; }
    /// Containers of stores, by node.
    const std::map<std::string, std::vector<std::string>>& servers() const { return m_servers; }
    /// Digests of the images that run, by name.
    std::map<std::string, std::string> digests() const;
    std::vector<std::string> remarks() const;

    // For fleets; from any thread.
    /// Pulls the image of a node from its registry, by digest. Returns what to run.
    Result<std::string> pull(const std::string& imageNode);
    /// A task of a node (Tasks), or one container of a Server that answers HTTP.
    ContainerSpec taskSpec(
        const std::string& node, const ContainerImage& image, const std::string& imageId,
        const std::string& name) const;
    /// Compares what was started with what was asked. Errors: Invalid, where a limit is not in force.
    Result<Done> check(const ContainerSpec& spec, const std::string& id);
    const std::string& innerNetwork() const { return m_inner; }
    /// Copy `index` (from 0) of a server that answers HTTP, which a controller starts.
    ContainerSpec serverSpec(const std::string& node, std::size_t index) const;
    /// Containers of a server that stand there since the set-up: stores.
    std::vector<std::string> serversOf(const std::string& node) const;
    /// Port inside at which the containers of a node listen.
    std::uint16_t portOf(const std::string& node) const;
    /// Port on 127.0.0.1 that leads to a store; 0: none does.
    std::uint16_t passageOf(const std::string& node) const;
    void remember(const StartTimes& times);
    std::vector<StartTimes> startTimes() const;

private:
    struct Pushed {
        std::string reference;  ///< "127.0.0.1:port/shop@sha256:…", or an id where there is no registry.
        RegistryLogin login;
        bool isInRegistry = false;
    };

    Result<Done> makeNetworks();
    bool needsWorkload() const;
    Result<Done> startRegistry(const PlannedContainers& planned);
    Result<Done> pushImage(const PlannedImage& image);
    Result<Done> startServer(const PlannedContainers& planned);
    Result<Done> startGateway();
    Result<Done> makeGateway();
    Result<std::string> run(const ContainerSpec& spec, const std::string& what);
    Result<Done> waitFor(const std::string& what, std::uint16_t port);
    Result<std::string> imageOf(const std::string& recipe);
    Result<std::string> ownImage(const std::string& reference, const std::string& node);
    ContainerSpec bare(const std::string& name) const;
    Result<Done> prepareServer(const PlannedContainers& planned);
    Result<Done> makeVolumes(const PlannedContainers& planned, const std::string& path);
    std::string volumeOf(const PlannedContainers& planned, std::size_t index) const;
    Result<Done> waitForStores();
    void tellEndpoint(const std::string& node, const std::string& words);

    ContainerEngine& m_engine;
    EngineInfo m_info;
    std::shared_ptr<const CompiledDesign> m_compiled;
    LabPlan m_plan;
    Options m_options;
    GatewayLayout m_layout;
    std::map<std::uint16_t, std::uint16_t> m_gatewayPorts;
    std::string m_inner;
    std::string m_edge;
    std::map<std::string, std::string> m_recipeImages;  ///< By recipe: image id.
    std::map<std::string, Recipe> m_recipes;
    std::string m_workload;                                     ///< Image id of the sample workload.
    std::map<std::string, Pushed> m_images;                     ///< By image node.
    std::map<std::string, LabAddress> m_addresses;              ///< By node: where calls go.
    std::map<std::string, std::vector<std::string>> m_servers;  ///< By node: ids of its containers.
    std::map<std::string, std::uint16_t> m_registryPorts;
    std::map<std::string, RegistryLogin> m_logins;
    std::map<std::string, std::string> m_endpoints;
    std::map<std::string, std::string> m_containers;
    mutable std::atomic<std::uint64_t> m_tasks = 0;  ///< Made so far: each draws from a stream of its own.
    mutable std::mutex m_lock;
    std::map<std::string, std::string> m_digests;
    std::vector<StartTimes> m_startTimes;
    std::vector<std::string> m_remarks;
};

}  // namespace neph
