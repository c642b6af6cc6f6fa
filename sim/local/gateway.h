#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/base/result.h"
#include "sim/cloud/compiler.h"

namespace neph {

/// How the gateway of a lab is laid out: HAProxy, the one container with open ports. It stands in for load
/// balancers, for the way from one service to another, and for the network that probes come from.
///
/// Every node that is called over HTTP has a frontend; every node with replicas has a backend with empty
/// slots, into which tasks are put while it runs, so that no connection is ever dropped for a change.
struct GatewayLayout {
    struct Backend {
        std::string node;
        std::string balance;          ///< "roundrobin", "leastconn", "random(1)"
        std::uint32_t slots = 0;      ///< At most so many replicas at a time.
        std::uint16_t probePort = 0;  ///< Reaches one replica: header X-Neph-Slot names the slot, from 1.
        std::string readyPath = "/ready";    ///< Any answer: it listens.
        std::string healthPath = "/health";  ///< Below 400: it is well.
    };
    struct Frontend {
        std::string node;
        std::uint16_t port = 0;
        /// Backends (nodes) and their share; one with the whole for a node with replicas of its own.
        std::vector<std::pair<std::string, double>> shares;
        std::int64_t idleSeconds = 60;
    };
    /// A server that a user's own client may talk to: bytes are passed on as they are.
    struct Passage {
        std::string node;
        std::uint16_t port = 0;        ///< Of the gateway.
        std::uint16_t serverPort = 0;  ///< Of the server, which the network knows by its node id.
    };
    std::vector<Backend> backends;
    std::vector<Frontend> frontends;
    std::vector<Passage> passages;
    std::uint16_t adminPort = 9999;

    const Backend* backend(const std::string& node) const;
    const Frontend* frontend(const std::string& node) const;
    /// All ports that are published.
    std::vector<std::uint16_t> ports() const;
};

/// The layout of a design; `servers` are nodes with the port of what stands in for them.
GatewayLayout
gatewayLayout(const CompiledDesign& compiled, const std::map<std::string, std::uint16_t>& servers);

/// haproxy.cfg. The admin port listens on `adminInterface` alone ("eth0"), which containers of the inner
/// network cannot reach.
std::string gatewayConfig(const GatewayLayout& layout, const std::string& adminInterface);

/// What a slot of a backend has done.
struct SlotReading {
    std::uint64_t requests = 0;
    std::uint64_t errors = 0;  ///< Answers of 5xx, and connections that failed.
    std::uint32_t inFlight = 0;
};

/// Talks to a running gateway over its admin port on 127.0.0.1. One thread at a time.
class GatewayAdmin {
public:
    explicit GatewayAdmin(std::uint16_t port) : m_port(port) {}

    Result<Done> ping() const;
    /// Puts a replica into a slot (from 1), in service only after setState().
    Result<Done>
    place(const std::string& node, std::uint32_t slot, const std::string& address, std::uint16_t port);
    enum class State { Ready, Drain, Out };
    Result<Done> setState(const std::string& node, std::uint32_t slot, State state);
    /// 1..100 % of a full replica's traffic.
    Result<Done> setWeight(const std::string& node, std::uint32_t slot, int percent);
    /// Out of service for requests and probes, and connections are reset.
    Result<Done> clear(const std::string& node, std::uint32_t slot);
    /// By node and slot.
    Result<std::map<std::pair<std::string, std::uint32_t>, SlotReading>> read() const;

private:
    Result<std::string> say(const std::string& commands) const;
    Result<Done> order(const std::string& command) const;

    std::uint16_t m_port;
};

}  // namespace neph
