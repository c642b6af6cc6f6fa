#pragma once

#include <mutex>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "sim/local/container_engine.h"
#include "sim/local/engine_answers.h"
#include "sim/local/engine_wire.h"

namespace neph {

/// What ContainerEngine is made of, for its own two files.
struct ContainerEngine::Wire {
    Wire(std::string socket, std::string wantedRuntime, std::chrono::milliseconds timeout)
        : http(std::move(socket), timeout), runtime(std::move(wantedRuntime))
    {
    }

    /// What kind of engine it is; asked once, and again after a failure.
    struct Kind {
        std::string prefix;      ///< "/v1.41"
        std::string apiVersion;  ///< What the engine offers.
        bool isPodman = false;
    };
    Result<Kind> kind();
    Result<EngineInfo> knownInfo(ContainerEngine& engine);

    /// Puts the version before `request.path`, asks, and turns a refusal into an error.
    Result<WireAnswer> ask(WireRequest request);
    Result<nlohmann::json> askJson(WireRequest request);
    Result<Done> tell(WireRequest request, long fineToo = 0);
    Result<TransferLog> transfer(WireRequest request, const Progress& progress);

    EngineWire http;
    std::string runtime;
    std::mutex lock;
    std::optional<Kind> known;
    std::optional<EngineInfo> info;
};

}  // namespace neph
