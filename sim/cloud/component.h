#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/base/units.h"
#include "sim/model/design.h"
#include "sim/model/kind_spec.h"

namespace neph {

/// The properties in force of a node or link, read by type: its own value, or the default of its kind.
///
/// A design is checked before it is compiled, so a missing key or a wrong type here is a bug and aborts.
class PropertyReader {
public:
    PropertyReader(const std::vector<PropertySpec>& specs, const Properties& own)
        : m_specs(&specs), m_own(&own)
    {
    }

    Value value(const std::string& key) const;
    bool flag(const std::string& key) const;
    std::int64_t integer(const std::string& key) const;
    double number(const std::string& key) const;
    std::string text(const std::string& key) const;
    /// A number in the unit of its spec ("ms", "s", "min", "h"), as a span of time.
    Duration duration(const std::string& key) const;

private:
    const PropertySpec& spec(const std::string& key) const;

    const std::vector<PropertySpec>* m_specs;
    const Properties* m_own;
};

/// One node of the drawing as its service sees it: identity, kind, properties in force, facts.
/// Refers to design and catalog, which outlive what is compiled from them.
struct Component {
    const Node& node;
    const KindSpec& kind;

    const std::string& id() const { return node.id; }
    const std::string& name() const { return node.name; }
    PropertyReader properties() const { return {kind.properties, node.properties}; }

    double factNumber(const std::string& key) const { return kind.fact(key).get<double>(); }
    std::int64_t factInteger(const std::string& key) const { return kind.fact(key).get<std::int64_t>(); }
    std::string factText(const std::string& key) const { return kind.fact(key).get<std::string>(); }
    Duration factSeconds(const std::string& key) const { return fromSeconds(factNumber(key)); }
};

}  // namespace neph
