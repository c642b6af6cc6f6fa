#include <fmt/format.h>

#include "sim/model/atomic_file.h"
#include "sim/model/design_json.h"

namespace neph {

LoadedDesign loadDesign(const std::string& file, const Limits& limits)
{
    const Result<std::string> text = readFile(file, limits.fileBytes);
    if (!text) {
        LoadedDesign failed;
        failed.diagnostics.push_back({Severity::Error, file, text.error().what, "", "", ""});
        return failed;
    }
    return readDesign(*text, limits);
}

Result<Done> saveDesign(const Design& design, const std::string& file, const FileOps& ops)
{
    const std::string text = writeDesign(design);
    // What cannot be read again must not replace what can.
    const LoadedDesign again = readDesign(text);
    if (!again.readable || hasErrors(again.diagnostics) || !(again.design == design)) {
        const std::string why = again.diagnostics.empty() ? "its text does not read as the same design"
                                                          : toText(again.diagnostics.front());
        return Error{
            ErrorCode::CannotWrite, file,
            fmt::format("The design cannot be saved, and '{}' is untouched: {}", file, why)};
    }
    return writeFileAtomically(file, text, {.keepPrevious = true, .ops = ops});
}

}  // namespace neph
