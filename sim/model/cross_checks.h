#pragma once

#include <map>
#include <set>
#include <string>

#include "sim/model/catalog.h"
#include "sim/model/design.h"
#include "sim/model/diagnostic.h"

namespace neph {

/// Checks that look at more than one value: pairs of properties, names that must be there, calls in a ring,
/// and what a run can carry. What stands in a design and would be ignored, or could not be run, is said here.
class CrossChecks {
public:
    CrossChecks(const Design& design, const Catalog& catalog);

    /// The value rules of its kind, and the names in its properties.
    void checkNode(const Node& node, const KindSpec& kind, const std::string& pointer, DiagnosticSink& found);
    /// The names in the properties of a link.
    void checkLink(const Link& link, const LinkRule& rule, const std::string& pointer, DiagnosticSink& found);
    /// Rings and long chains of calls; more nodes, links or classes than one run carries.
    void checkWhole(DiagnosticSink& found) const;

private:
    void checkNames(
        const std::string& about, const std::vector<PropertySpec>& specs, const Properties& properties,
        const std::string& pointer, DiagnosticSink& found);
    Diagnostic unknownName(const PropertySpec& spec, const std::string& name) const;
    bool isKnown(const std::string& refersTo, const std::string& name) const;

    const Design& m_design;
    const Catalog& m_catalog;
    std::map<std::string, std::size_t> m_places;  ///< Of nodes by id.
    std::set<std::string> m_classes;              ///< Plain names, and "<users>/<name>".
    std::size_t m_classCount = 0;
    std::set<std::string> m_traces;
};

/// The names in a list with commas, without the blanks around them.
std::vector<std::string> namesIn(const std::string& list);

/// Whether "key=value|value" holds for these properties; true for an empty condition.
bool conditionHolds(
    const std::string& condition, const std::vector<PropertySpec>& specs, const Properties& properties);

}  // namespace neph
