#include "sim/local/workload_config.h"

#include "sim/local/lab_plan.h"

namespace neph {

namespace {

/// All properties in force, by key.
Value propertiesInForce(const std::vector<PropertySpec>& specs, const Properties& own)
{
    Value all = Value::object();
    for (const PropertySpec& spec : specs) {
        const auto found = own.find(spec.key);
        all[spec.key] = found != own.end() ? found->second : spec.fallback;
    }
    return all;
}

Value settingOf(const Node& node, const KindSpec& kind, const std::string& reference)
{
    constexpr std::string_view kFact = "fact:";
    return reference.starts_with(kFact) ? kind.fact(reference.substr(kFact.size()))
                                        : PropertyReader{kind.properties, node.properties}.value(reference);
}

Value classesOf(const CompiledDesign& compiled)
{
    Value classes = Value::array();
    for (const RequestClass& each : compiled.classes) {
        classes.push_back(
            {{"name", each.name}, {"cpuMs", each.cpuMilliseconds}, {"responseBytes", each.response.count}});
    }
    return classes;
}

/// The rule of a link: the first of its caller's that admits the target.
const LinkRule* ruleOf(const KindSpec& caller, const KindSpec& target)
{
    for (const LinkRule& rule : caller.links) {
        if (target.isOneOf(rule.to)) {
            return &rule;
        }
    }
    return nullptr;
}

Value linkOf(const CompiledDesign& compiled, const Link& link, const LabAddress& address)
{
    const Node& target = *compiled.design.node(link.to);
    const KindSpec& kind = *compiled.catalog->find(target.kind);
    const KindSpec& caller = *compiled.catalog->find(compiled.design.node(link.from)->kind);
    const LinkRule* rule = ruleOf(caller, kind);
    Value properties =
        rule == nullptr ? Value::object() : propertiesInForce(rule->properties, link.properties);
    Value json = {
        {"to", link.to},
        {"protocol", protocolOf(target, kind)},
        {"host", address.host},
        {"port", address.port},
        {"user", address.user},
        {"password", address.password},
        {"database", address.database},
        {"node", propertiesInForce(kind.properties, target.properties)},
    };
    for (const char* key :
         {"classes", "callsPerRequest", "parallel", "timeoutMs", "retries", "retryBaseMs"}) {
        if (properties.contains(key)) {
            json[key] = properties[key];
        }
    }
    json["properties"] = std::move(properties);
    return json;
}

}  // namespace

Value workloadConfig(
    const CompiledDesign& compiled, const std::string& node, const ContainerImage& image,
    const std::map<std::string, LabAddress>& addresses, std::uint16_t port, std::uint64_t seed)
{
    const Node& drawn = *compiled.design.node(node);
    const KindSpec& kind = *compiled.catalog->find(drawn.kind);
    Value json = {{"service", node}, {"port", port}, {"seed", seed}, {"classes", classesOf(compiled)}};
    Value cap;
    for (const auto& [field, reference] : kind.local.settings) {
        (field == "retryCapMs" ? cap : json[field]) = settingOf(drawn, kind, reference);
    }
    json["startupSeconds"] = seconds(image.start);
    json["crashAtStart"] = image.brokenAtStart;
    json["crashExitCode"] = image.crashExitCode;
    json["failsHealthCheck"] = image.failsHealthCheck;
    json["links"] = Value::array();
    for (const Link* link : compiled.design.linksFrom(node)) {
        const auto address = addresses.find(link->to);
        const Node& target = *compiled.design.node(link->to);
        // What it does not speak it does not call; the plan says so.
        const bool isSpoken = protocolOf(target, *compiled.catalog->find(target.kind)) != "tcp";
        if (address != addresses.end() && isSpoken) {
            json["links"].push_back(linkOf(compiled, *link, address->second));
            if (!cap.is_null()) {
                json["links"].back()["retryCapMs"] = cap;
            }
        }
    }
    return json;
}

}  // namespace neph
