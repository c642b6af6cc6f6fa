#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "sim/base/result.h"
#include "sim/local/container_engine.h"
#include "sim/local/engine_wire.h"

namespace neph {

/// Runs `read`, which may throw what nlohmann throws, and turns that into an Error.
template <typename Read>
auto understood(const std::string& where, Read&& read) -> Result<decltype(read())>
{
    try {
        return read();
    } catch (const nlohmann::json::exception& problem) {
        return Error{
            ErrorCode::Invalid, where,
            fmt::format(
                "The engine's answer makes no sense: {} Restart the engine, or use another.",
                problem.what())};
    }
}

/// The refusal of an engine in its words, with a way on where one is known.
Error refusal(const std::string& where, long status, const std::string& body);
Error refusal(const std::string& where, const std::string& message);

/// JSON text of what may hold bytes that are no UTF-8 (environment, names): they are replaced. Never throws.
std::string jsonText(const nlohmann::json& value);

/// A field that may be missing or null. Throws where it is something else.
std::string textOf(const nlohmann::json& object, const char* key);
std::int64_t numberOf(const nlohmann::json& object, const char* key);
bool flagOf(const nlohmann::json& object, const char* key);
const nlohmann::json&
partOf(const nlohmann::json& object, const char* key);  ///< Missing or null: an empty object.
std::map<std::string, std::string> labelsOf(const nlohmann::json& object, const char* key);

EngineInfo infoFrom(const nlohmann::json& info, const std::string& apiVersion, bool isPodman);
ContainerState stateFrom(const nlohmann::json& inspect);
ContainerUse useFrom(const nlohmann::json& stats);
std::vector<LabelledThing> labelledFrom(Thing sort, const nlohmann::json& list);

/// Keeps the last bytes of a log whose pieces are framed as the engines frame them (8 bytes of header: stream
/// and length), or not at all (a container with a terminal).
class LogTail {
public:
    explicit LogTail(std::size_t most) : m_most(most) {}
    void add(std::string_view piece);
    std::string text() const;  ///< From the start of a line on.

private:
    void keep(std::string_view text);

    std::size_t m_most;
    std::string m_kept;
    std::string m_header;
    std::size_t m_left = 0;  ///< Bytes of the frame that are still to come.
    bool m_isRaw = false;
    bool m_isCut = false;
};

/// Follows the messages of a push, pull, build or import, which are JSON values one after the other.
class TransferLog {
public:
    void add(std::string_view piece);
    /// The last value may have no end of line.
    void finish();

    double fraction() const;                              ///< 0..1 of what is known of so far.
    const std::string& error() const { return m_error; }  ///< An error inside a 200 answer.
    const std::string& id() const { return m_id; }        ///< "sha256:…" of an image that came to be.
    const std::string& digest() const { return m_digest; }

private:
    void line(std::string_view text);

    std::string m_rest;
    std::string m_error;
    std::string m_id;
    std::string m_digest;
    std::map<std::string, std::pair<double, double>> m_layers;
};

}  // namespace neph
