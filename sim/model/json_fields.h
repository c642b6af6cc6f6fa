#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/model/diagnostic.h"
#include "sim/model/json_text.h"
#include "sim/model/value.h"

namespace neph {

/// Takes the fields of one JSON object by name and type. What does not fit is told to the sink with its
/// pointer, and the fallback is used; what nobody asked for can be kept (`rest`) or refused (`refuseRest`).
class JsonFields {
public:
    JsonFields(const Value& json, std::string pointer, DiagnosticSink& sink);

    std::string text(const char* key, std::string fallback = {});
    /// A text that must be there and not be empty.
    std::string requiredText(const char* key);
    bool flag(const char* key, bool fallback);
    double number(const char* key, double fallback);
    /// List of texts.
    std::vector<std::string> texts(const char* key);
    /// The elements of a list, each with its pointer; none where the field is absent or no list.
    std::vector<std::pair<const Value*, std::string>> list(const char* key);
    /// The field as it stands, or nullptr.
    const Value* raw(const char* key);

    std::string pointerOf(const char* key) const { return pointerTo(m_pointer, key); }
    void complain(const char* key, std::string what, std::string allowed = {}, std::string suggestion = {});

    /// The fields that were not asked for, as an object.
    Value rest() const;
    /// An error for each field that was not asked for.
    void refuseRest();

private:
    const Value* typed(const char* key, bool (Value::*is)() const, const char* allowed);

    const Value& m_json;
    std::string m_pointer;
    DiagnosticSink& m_sink;
    std::vector<std::string> m_asked;
};

}  // namespace neph
