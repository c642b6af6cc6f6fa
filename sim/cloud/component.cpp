#include "sim/cloud/component.h"

#include <cstdlib>

namespace neph {

const PropertySpec& PropertyReader::spec(const std::string& key) const
{
    for (const PropertySpec& candidate : *m_specs) {
        if (candidate.key == key) {
            return candidate;
        }
    }
    std::abort();
}

Value PropertyReader::value(const std::string& key) const
{
    const PropertySpec& declared = spec(key);
    const auto own = m_own->find(key);
    return own == m_own->end() || own->second.is_null() ? declared.fallback : own->second;
}

bool PropertyReader::flag(const std::string& key) const
{
    return value(key).get<bool>();
}

std::int64_t PropertyReader::integer(const std::string& key) const
{
    return value(key).get<std::int64_t>();
}

double PropertyReader::number(const std::string& key) const
{
    return value(key).get<double>();
}

std::string PropertyReader::text(const std::string& key) const
{
    return value(key).get<std::string>();
}

Duration PropertyReader::duration(const std::string& key) const
{
    const std::string& unit = spec(key).unit;
    const double inSeconds = unit == "ms" ? 1e-3 : unit == "min" ? 60 : unit == "h" ? 3600 : 1;
    return fromSeconds(number(key) * inSeconds);
}

}  // namespace neph
