#pragma once

#include <QString>
#include <span>
#include <string>
#include <vector>

#include "sim/model/design.h"
#include "sim/model/kind_spec.h"

namespace neph {

/// A kind of fault as the window offers it.
struct FaultKind {
    std::string id;                    ///< As in FaultSpec::kind.
    QString label;                     ///< "Kill tasks"
    QString help;                      ///< One sentence.
    std::vector<std::string> targets;  ///< Roles it can hit.
    bool lasts = false;                ///< A state with a length; false: one stroke.
    std::vector<PropertySpec> properties;
};

std::span<const FaultKind> faultKinds();
const FaultKind* faultKind(const std::string& id);
/// Whether this fault can hit a component of that kind.
bool canHit(const FaultKind& fault, const KindSpec& kind);
/// "Kill tasks of web at 10:00": a fault of a design in words.
QString faultText(const FaultSpec& fault, const Design& design);

}  // namespace neph
