// A calibration on disk, and put into a design.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "sim/local/calibration.h"
#include "sim/local/state_folder.h"

namespace neph {

namespace {

constexpr const char* kFormat = "nephoscope-calibration";
constexpr std::string_view kFact = "fact:";

std::string textOf(const nlohmann::json& json, const char* key)
{
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

std::string Calibration::inWords() const
{
    if (values.empty()) {
        return "Nothing is calibrated: times of start, network and stores are the defaults of their kinds.";
    }
    std::string list;
    for (const Value& each : values) {
        list +=
            fmt::format("{}{} {} = {:.3g}", list.empty() ? "" : ", ", each.kind, each.reference, each.value);
    }
    return fmt::format(
        "Measured here on {} with \"{}\": {}. Everything else is a default.", date, design, list);
}

std::string toJson(const Calibration& calibration)
{
    nlohmann::ordered_json json = {
        {"format", kFormat},
        {"version", 1},
        {"date", calibration.date},
        {"machine", calibration.machine},
        {"engine", calibration.engine},
        {"design", calibration.design},
        {"values", nlohmann::ordered_json::array()}};
    for (const Calibration::Value& each : calibration.values) {
        json["values"].push_back(
            {{"kind", each.kind},
             {"reference", each.reference},
             {"quantity", each.quantity},
             {"value", each.value}});
    }
    return json.dump(2) + "\n";
}

Result<Calibration> readCalibration(const std::string& text)
{
    const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
    if (!json.is_object()) {
        return Error{
            ErrorCode::NotJson, "calibration",
            "This is no JSON. Calibrate anew: nepho lab calibrate DESIGN."};
    }
    if (textOf(json, "format") != kFormat || !json.contains("values") || !json["values"].is_array()) {
        return Error{
            ErrorCode::UnknownFormat, "/format",
            "This is no calibration of ours. Calibrate anew: nepho lab calibrate DESIGN."};
    }
    Calibration calibration{
        textOf(json, "date"), textOf(json, "machine"), textOf(json, "engine"), textOf(json, "design"), {}};
    std::size_t index = 0;
    for (const nlohmann::json& each : json["values"]) {
        const bool isValue = each.is_object() && each.contains("value") && each["value"].is_number();
        if (!isValue || textOf(each, "kind").empty() || textOf(each, "reference").empty()) {
            return Error{
                ErrorCode::Invalid, fmt::format("/values/{}", index),
                "A value has 'kind', 'reference' and a number 'value'. Calibrate anew: nepho lab calibrate "
                "DESIGN."};
        }
        calibration.values.push_back(
            {textOf(each, "kind"), textOf(each, "reference"), textOf(each, "quantity"),
             each["value"].get<double>()});
        ++index;
    }
    return calibration;
}

Result<std::string> calibrationPath()
{
    Result<std::string> folder = stateFolder();
    return folder ? Result<std::string>(*folder + "/lab/calibration.json") : folder;
}

Result<Calibration> readCalibrationFile(const std::string& path)
{
    std::ifstream in(path);
    if (!in) {
        return Error{ErrorCode::CannotRead, path, fmt::format("{}: There is no such file.", path)};
    }
    const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    Result<Calibration> read = readCalibration(text);
    if (!read) {
        return Error{
            read.error().code, path, fmt::format("{}#{}: {}", path, read.error().where, read.error().what)};
    }
    return read;
}

Result<Calibration> calibrationOfThisMachine()
{
    const Result<std::string> path = calibrationPath();
    std::error_code ignored;
    // Without a folder for state there is no calibration either.
    return path && std::filesystem::exists(*path, ignored) ? readCalibrationFile(*path) : Calibration();
}

Catalog calibrated(const Catalog& catalog, const Calibration& calibration)
{
    std::vector<KindSpec> kinds(catalog.kinds().begin(), catalog.kinds().end());
    for (const Calibration::Value& each : calibration.values) {
        const auto kind = std::find_if(
            kinds.begin(), kinds.end(), [&each](const KindSpec& one) { return one.id == each.kind; });
        if (kind == kinds.end() || !each.reference.starts_with(kFact)) {
            continue;
        }
        for (Fact& fact : kind->facts) {
            if (fact.key == each.reference.substr(kFact.size())) {
                fact.value = each.value;
            }
        }
    }
    return Catalog(std::move(kinds));
}

Design calibrated(const Design& design, const Catalog& catalog, const Calibration& calibration)
{
    Design changed = design;
    for (Node& node : changed.nodes) {
        const KindSpec* kind = catalog.find(node.kind);
        for (const Calibration::Value& each : calibration.values) {
            if (kind == nullptr || each.kind != node.kind || each.reference.starts_with(kFact)) {
                continue;
            }
            const bool isAdded = each.reference.starts_with('+');
            const std::string key = isAdded ? each.reference.substr(1) : each.reference;
            const PropertySpec* spec = kind->property(key);
            if (spec == nullptr) {
                continue;
            }
            const auto own = node.properties.find(key);
            const Value& before = own != node.properties.end() ? own->second : spec->fallback;
            double value = isAdded ? before.get<double>() + each.value : each.value;
            value = std::clamp(value, spec->min.value_or(value), spec->max.value_or(value));
            node.properties[key] = value;
        }
    }
    return changed;
}

}  // namespace neph
