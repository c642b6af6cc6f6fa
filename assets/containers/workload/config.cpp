#include "assets/containers/workload/config.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

namespace neph {

namespace {

using Json = nlohmann::json;

/// Reads the fields of one object; the first that is wrong is remembered.
class Fields {
public:
    Fields(const Json& object, std::string where, std::string& problem)
        : m_object(object), m_where(std::move(where)), m_problem(problem)
    {
        if (!object.is_object()) {
            complain("", "must be an object");
        }
    }

    template <typename Number>
    void number(const char* key, Number& into, double least, double most)
    {
        const Json* value = find(key);
        if (value == nullptr) {
            return;
        }
        if (!value->is_number()) {
            complain(key, "must be a number");
        } else if (const double number = value->get<double>(); number < least || number > most) {
            complain(key, "must be between " + shortly(least) + " and " + shortly(most));
        } else {
            into = value->get<Number>();
        }
    }

    void flag(const char* key, bool& into)
    {
        if (const Json* value = find(key)) {
            value->is_boolean() ? static_cast<void>(into = value->get<bool>())
                                : complain(key, "must be true or false");
        }
    }

    void text(const char* key, std::string& into)
    {
        if (const Json* value = find(key)) {
            value->is_string() ? static_cast<void>(into = value->get<std::string>())
                               : complain(key, "must be text");
        }
    }

    /// Calls `read` with the fields of every object of a list.
    template <typename Read>
    void list(const char* key, const Read& read)
    {
        const Json* value = find(key);
        if (value == nullptr) {
            return;
        }
        if (!value->is_array()) {
            return complain(key, "must be a list");
        }
        for (std::size_t i = 0; i < value->size(); ++i) {
            read(Fields((*value)[i], m_where + '/' + key + '/' + std::to_string(i), m_problem));
        }
    }

    /// The fields of an object inside; without it none.
    Fields inside(const char* key) const
    {
        static const Json nothing = Json::object();
        const Json* value = find(key);
        return {value != nullptr ? *value : nothing, m_where + '/' + key, m_problem};
    }

    void complain(const char* key, const std::string& what)
    {
        if (m_problem.empty()) {
            m_problem = m_where + '/' + key + ' ' + what;
        }
    }

private:
    const Json* find(const char* key) const
    {
        const auto found = m_object.is_object() ? m_object.find(key) : m_object.end();
        return found != m_object.end() && !found->is_null() ? &*found : nullptr;
    }
    static std::string shortly(double number)
    {
        return Json(static_cast<std::uint64_t>(number)).dump();  // All our bounds are whole.
    }

    const Json& m_object;
    std::string m_where;
    std::string& m_problem;
};

constexpr double kMany = 1e9;

std::vector<std::string> namesOf(const std::string& list)
{
    std::vector<std::string> names;
    for (std::size_t from = 0; from <= list.size();) {
        const std::size_t to = std::min(list.find(',', from), list.size());
        std::string name = list.substr(from, to - from);
        name.erase(0, name.find_first_not_of(' '));
        name.erase(name.find_last_not_of(' ') + 1);
        if (!name.empty()) {
            names.push_back(name);
        }
        from = to + 1;
    }
    return names;
}

void readProtocol(Fields& fields, LinkConfig& link)
{
    struct Known {
        const char* name;
        Protocol protocol;
        int connections;
        std::vector<std::string> operations;  ///< The first where the link names none.
    };
    static const std::vector<Known> kKnown = {
        {"http", Protocol::Http, 0, {""}},
        {"dynamodb",
         Protocol::DynamoDb,
         0,
         {"GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "BatchGetItem", "BatchWriteItem",
          "TransactGetItems", "TransactWriteItems", "Scan"}},
        {"postgresql", Protocol::PostgreSql, 16, {"read", "write"}},
        {"redis", Protocol::Redis, 0, {"get", "set"}},
    };
    std::string name = "http";
    fields.text("protocol", name);
    const auto found =
        std::find_if(kKnown.begin(), kKnown.end(), [&](const Known& known) { return name == known.name; });
    if (found == kKnown.end()) {
        return fields.complain("protocol", "must be http, dynamodb, postgresql or redis");
    }
    link.protocol = found->protocol;
    link.connections = found->connections;
    link.operation = found->operations.front();
    Fields properties = fields.inside("properties");
    properties.text("operation", link.operation);
    if (std::find(found->operations.begin(), found->operations.end(), link.operation) ==
        found->operations.end()) {
        properties.complain("operation", "must be one of those of " + name + ", not " + link.operation);
    }
}

LinkConfig linkOf(Fields fields)
{
    LinkConfig link;
    std::string classes;
    std::string consistency;
    fields.text("to", link.to);
    link.host = link.to;
    readProtocol(fields, link);
    fields.text("host", link.host);
    fields.number("port", link.port, 1, 65535);
    fields.text("classes", classes);
    link.classes = namesOf(classes);
    fields.number("callsPerRequest", link.callsPerRequest, 0, 1000);
    fields.flag("parallel", link.parallel);
    fields.number("timeoutMs", link.timeoutMs, 0, kMany);
    fields.number("retries", link.retries, 0, 1000);
    fields.number("retryBaseMs", link.retryBaseMs, 0, kMany);
    fields.number("retryCapMs", link.retryCapMs, 0, kMany);
    fields.number("connections", link.connections, 0, 10'000);
    fields.text("user", link.user);
    fields.text("password", link.password);
    fields.text("database", link.database);
    Fields node = fields.inside("node");
    node.number("items", link.items, 0, 1e15);
    node.number("itemKB", link.itemKB, 0, 1024);
    Fields properties = fields.inside("properties");
    properties.text("consistency", consistency);
    link.strong = consistency == "strong";
    properties.number("itemKB", link.itemKB, 0, 1024);
    properties.number("itemsPerCall", link.itemsPerCall, 1, 1000);
    properties.number("requestKiB", link.requestKiB, 0, 1 << 20);
    properties.number("responseKiB", link.responseKiB, 0, 1 << 20);
    if (link.to.empty()) {
        fields.complain("to", "must name what is called");
    } else if (link.port == 0) {
        fields.complain("port", "is missing");
    }
    return link;
}

Config configOf(Fields fields)
{
    Config config;
    fields.text("service", config.service);
    fields.text("address", config.address);
    fields.number("port", config.port, 0, 65535);
    fields.number("seed", config.seed, 0, 18446744073709551615.0);
    fields.number("workers", config.workers, 1, 20'000);
    fields.number("queueLimit", config.queueLimit, 0, kMany);
    fields.number("cpuMs", config.cpuMs, 0, kMany);
    fields.text("cpuLaw", config.cpuLaw);
    fields.number("cpuScv", config.cpuScv, 0, 1000);
    fields.number("memoryPerRequestMiB", config.memoryPerRequestMiB, 0, 1 << 20);
    fields.number("baseMemoryMiB", config.baseMemoryMiB, 0, 1 << 20);
    fields.number("startupSeconds", config.startupSeconds, 0, kMany);
    fields.flag("graceful", config.graceful);
    fields.flag("crashAtStart", config.crashAtStart);
    fields.number("crashExitCode", config.crashExitCode, 0, 255);
    fields.flag("failsHealthCheck", config.failsHealthCheck);
    fields.number("failShare", config.failShare, 0, 1);
    fields.number("healthCpuMs", config.healthCpuMs, 0, kMany);
    fields.list("classes", [&](Fields each) {
        ClassConfig& one = config.classes.emplace_back();
        each.text("name", one.name);
        each.number("cpuMs", one.cpuMs, 0, kMany);
        each.number("responseBytes", one.responseBytes, 0, 1e12);
        if (one.name.empty() || one.name.find_first_of("\"\\\n&?#") != std::string::npos) {
            each.complain("name", "must be a name without quotes, line ends, &, ? and #");
        }
    });
    fields.list("links", [&](Fields each) { config.links.push_back(linkOf(std::move(each))); });
    static constexpr std::array kLaws = {"constant", "exponential", "lognormal", "erlang"};
    if (std::find(kLaws.begin(), kLaws.end(), config.cpuLaw) == kLaws.end()) {
        fields.complain("cpuLaw", "must be constant, exponential, lognormal or erlang");
    }
    if (config.classes.empty()) {
        config.classes.push_back({"request", 0, 1024});
    }
    return config;
}

}  // namespace

Result<Config> readConfig(std::string_view text)
{
    try {
        const Json root = Json::parse(text);
        std::string problem;
        Config config = configOf(Fields(root, "", problem));
        if (!problem.empty()) {
            return Error{ErrorCode::Invalid, problem.substr(0, problem.find(' ')), problem};
        }
        return config;
    } catch (const Json::exception& problem) {
        // Without the number of the exception, which helps nobody: "[json.exception.parse_error.101] parse
        // error ...".
        const std::string what = problem.what();
        return Error{ErrorCode::NotJson, "/", what.substr(what.find(' ') + 1)};
    }
}

}  // namespace neph
