#pragma once

#include <nlohmann/json.hpp>

#include "sim/model/design.h"
#include "sim/model/diagnostic.h"
#include "sim/model/json_fields.h"
#include "sim/model/limits.h"

namespace neph {

/// JSON that keeps its fields in the order in which a person would write them.
using OrderedValue = nlohmann::ordered_json;

// The parts of a design as JSON, for the document and for edits. Fields at their default are left out, and
// fields of a newer version stand after the known ones.
OrderedValue jsonOf(const Node& node);
OrderedValue jsonOf(const Link& link);
OrderedValue jsonOf(const FaultSpec& fault);
OrderedValue jsonOf(const TrafficTrace& trace);
OrderedValue jsonOf(const Note& note);
OrderedValue jsonOf(const Point& point);

// And back. What does not fit is told to the sink, and the default is used.
Node readNode(const Value& json, const std::string& pointer, DiagnosticSink& sink);
Link readLink(const Value& json, const std::string& pointer, DiagnosticSink& sink);
FaultSpec readFault(const Value& json, const std::string& pointer, DiagnosticSink& sink);
TrafficTrace
readTrace(const Value& json, const std::string& pointer, const Limits& limits, DiagnosticSink& sink);
Note readNote(const Value& json, const std::string& pointer, DiagnosticSink& sink);
/// What is unknown in the point goes to `extra`, under `key`.
Point readPoint(JsonFields& owner, const char* key, Value& extra, DiagnosticSink& sink);

/// Adds to `json` the fields of `extra` that it does not have yet.
void appendExtra(OrderedValue& json, const Value& extra);

/// Whether `id` may name a node, link, fault or note: [A-Za-z0-9_-]{1,64}.
bool isValidId(const std::string& id);

/// Canonical text of `json`: two spaces, short lists and objects of plain values on one line, numbers in
/// their shortest form, a final newline. A number that is not finite becomes null.
std::string canonicalText(const OrderedValue& json);

}  // namespace neph
