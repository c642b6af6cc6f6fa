#include "sim/model/design_versions.h"

namespace neph {

std::span<const Migration> knownMigrations()
{
    // Version 1 is the first that was ever written, so there is nothing older to read yet. A change of the
    // format raises kDesignVersion and puts the step from the version before into a table here.
    return {};
}

int migrate(Value& document, int version, std::span<const Migration> migrations)
{
    for (const Migration& step : migrations) {
        if (step.from == version) {
            step.upgrade(document);
            ++version;
            document["version"] = version;
        }
    }
    return version;
}

}  // namespace neph
