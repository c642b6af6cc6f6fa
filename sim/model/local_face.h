#pragma once

#include <map>
#include <string>

namespace neph {

/// What really stands in for a kind on this machine: "local" in its data file. The lab knows kinds by nothing
/// else; a later service brings its face along.
struct LocalFace {
    /// What the lab makes of it.
    enum class As {
        Nothing,   ///< Simulation only, or a frame.
        Network,   ///< The network that containers share.
        Load,      ///< A load generator sends its requests.
        Gateway,   ///< The load balancer of the lab forwards for it.
        Tasks,     ///< Containers that a controller starts and stops.
        Server,    ///< Containers that stand there from the start.
        Image,     ///< An image that is pushed and pulled.
        Registry,  ///< A real registry.
    };
    As as = As::Nothing;
    std::string recipe;    ///< Image made of what is installed here: assets/containers/<recipe>.
    std::string protocol;  ///< How it is called: "http", "dynamodb", "postgresql", "redis".
    std::string client;    ///< A user's own client, with {host}, {port}, {user}, {password}, {database}.
    bool hasLogin = false;
    /// What the sample workload is told: its field to a property key here, or "fact:<key>".
    std::map<std::string, std::string> settings;
    /// Of servers: the property that holds vCPUs, MiB, how many there are, image, command, environment,
    /// volume, port, protocol, health path.
    std::map<std::string, std::string> container;
    /// What calibration sets: a property key, "+<key>" (added to it) or "fact:<key>", to the quantity that is
    /// measured for it (sim/local/calibration.h).
    std::map<std::string, std::string> measured;
};

const char* nameOf(LocalFace::As as);

}  // namespace neph
