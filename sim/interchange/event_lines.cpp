#include "sim/interchange/event_lines.h"

#include <nlohmann/json.hpp>

namespace neph {

static const char* nameOf(EventLevel level)
{
    return level == EventLevel::Failure ? "failure" : level == EventLevel::Warning ? "warning" : "info";
}

std::string toEventLines(const RunResult& result)
{
    using Json = nlohmann::ordered_json;
    std::string text;
    for (const RunEvent& event : result.log) {
        const Json line = {
            {"at_seconds", seconds(event.at)},
            {"level", nameOf(event.level)},
            {"node", event.node},
            {"what", event.what},
            {"detail", event.detail}};
        text += line.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
    }
    return text;
}

}  // namespace neph
