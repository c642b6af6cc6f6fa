#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/local/container_engine.h"

namespace neph {

/// What the person has set. Empty: look everywhere.
struct EngineWishes {
    std::string socket;  ///< "unix:///path" or a path; nothing else is tried then.
    std::string
        runtime;  ///< "runc", "crun"; empty: the engine's own, or runc where Podman is started on cgroups 1.
    bool mayStart = true;  ///< Start `podman system service` where no engine answers.
    /// Replaces the process's environment and the usual places, for tests.
    std::optional<std::map<std::string, std::string>> environment;
    std::vector<std::string> usualSockets = {
        "/run/podman/podman.sock", "/run/docker.sock", "/var/run/docker.sock"};
};

/// A `podman system service` that we started. It ends with this object, and with this program however that
/// ends. What runs in its containers goes on.
class EngineProcess {
public:
    /// Starts `program` with `arguments` and waits until `socket` answers. Errors: CannotRead with its last
    /// words.
    static Result<std::unique_ptr<EngineProcess>>
    start(std::vector<std::string> command, const std::string& socket, const std::string& folder);
    ~EngineProcess();
    EngineProcess(const EngineProcess&) = delete;
    EngineProcess& operator=(const EngineProcess&) = delete;

    int pid() const;

private:
    EngineProcess();
    struct State;
    std::unique_ptr<State> m_state;
};

/// An engine to work with.
struct FoundEngine {
    std::string socket;
    std::string runtime;  ///< To give to ContainerEngine.
    EngineInfo info;
    std::string note;  ///< A sentence to show: "Rootful: access to this engine equals root on this machine."
    std::unique_ptr<EngineProcess> process;  ///< Ours, or null.

    bool isStartedByUs() const { return process != nullptr; }
};

struct TriedEngine {
    std::string where;  ///< "$DOCKER_HOST (tcp://10.0.0.1:2375)"
    std::string why;    ///< Why it is not the one.
};

struct EngineSearch {
    std::optional<FoundEngine> found;
    std::vector<TriedEngine> tried;

    /// Everything that was tried, one line each, and what to install where nothing was found.
    std::string toText() const;
};

/// Looks at the wish, $CONTAINER_HOST, $DOCKER_HOST, the user's own sockets and the machine's, in this order:
/// an engine without root before one with. Takes seconds where one has to be started; call it off the GUI
/// thread.
EngineSearch findEngine(const EngineWishes& wishes = {});

}  // namespace neph
