#include "sim/model/json_fields.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace neph {

static const Value& noFields()
{
    static const Value empty = Value::object();
    return empty;
}

JsonFields::JsonFields(const Value& json, std::string pointer, DiagnosticSink& sink)
    : m_json(json.is_object() ? json : noFields()), m_pointer(std::move(pointer)), m_sink(sink)
{
    if (!json.is_object()) {
        m_sink.add(
            {Severity::Error, m_pointer, fmt::format("Here stands {}.", briefText(json)),
             "an object in braces", "", ""});
    }
}

const Value* JsonFields::raw(const char* key)
{
    m_asked.emplace_back(key);
    const auto found = m_json.find(key);
    return found == m_json.end() ? nullptr : &*found;
}

void JsonFields::complain(const char* key, std::string what, std::string allowed, std::string suggestion)
{
    m_sink.add(
        {Severity::Error, pointerOf(key), std::move(what), std::move(allowed), std::move(suggestion), ""});
}

const Value* JsonFields::typed(const char* key, bool (Value::*is)() const, const char* allowed)
{
    const Value* value = raw(key);
    if (value != nullptr && !(value->*is)()) {
        complain(key, fmt::format("'{}' is {}.", key, briefText(*value)), allowed);
        return nullptr;
    }
    return value;
}

std::string JsonFields::text(const char* key, std::string fallback)
{
    const Value* value = typed(key, &Value::is_string, "a text in quotes");
    return value == nullptr ? std::move(fallback) : value->get<std::string>();
}

std::string JsonFields::requiredText(const char* key)
{
    const bool present = m_json.contains(key);
    std::string value = text(key);
    if (!present || (m_json[key].is_string() && value.empty())) {
        complain(key, fmt::format("'{}' is missing or empty.", key), "a text in quotes");
    }
    return value;
}

bool JsonFields::flag(const char* key, bool fallback)
{
    const Value* value = typed(key, &Value::is_boolean, "true or false");
    return value == nullptr ? fallback : value->get<bool>();
}

double JsonFields::number(const char* key, double fallback)
{
    const Value* value = typed(key, &Value::is_number, "a number");
    return value == nullptr ? fallback : value->get<double>();
}

std::vector<std::pair<const Value*, std::string>> JsonFields::list(const char* key)
{
    std::vector<std::pair<const Value*, std::string>> elements;
    if (const Value* value = typed(key, &Value::is_array, "a list in brackets")) {
        elements.reserve(value->size());
        for (const Value& element : *value) {
            elements.emplace_back(&element, pointerTo(pointerOf(key), elements.size()));
        }
    }
    return elements;
}

std::vector<std::string> JsonFields::texts(const char* key)
{
    std::vector<std::string> found;
    for (const auto& [element, pointer] : list(key)) {
        if (element->is_string()) {
            found.push_back(element->get<std::string>());
        } else {
            m_sink.add(
                {Severity::Error, pointer, fmt::format("Here stands {}.", briefText(*element)),
                 "a text in quotes", "", ""});
        }
    }
    return found;
}

Value JsonFields::rest() const
{
    Value others = Value::object();
    for (const auto& [key, value] : m_json.items()) {
        if (std::find(m_asked.begin(), m_asked.end(), key) == m_asked.end()) {
            others[key] = value;
        }
    }
    return others;
}

void JsonFields::refuseRest()
{
    for (const auto& [key, value] : m_json.items()) {
        if (std::find(m_asked.begin(), m_asked.end(), key) == m_asked.end()) {
            complain(
                key.c_str(), fmt::format("There is no field '{}' here.", key),
                fmt::format("{}", fmt::join(m_asked, ", ")), didYouMean(key, m_asked));
        }
    }
}

}  // namespace neph
