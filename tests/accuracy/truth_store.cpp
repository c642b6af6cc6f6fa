#include "tests/accuracy/truth_store.h"

#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "sim/model/design_json.h"

namespace neph {

namespace {

using Json = nlohmann::json;

Json toJson(const Figures& figures)
{
    Json latency = Json::object();
    for (const auto& [name, of] : figures.latency) {
        latency[name] = {of.mean, of.p50, of.p95, of.p99, of.p999};
    }
    return {{"requests", figures.requests},       {"latency", latency},
            {"failed", figures.failed},           {"hourlyP99", figures.hourlyP99},
            {"vcpuHours", figures.vcpuHours},     {"bill", figures.bill},
            {"wallSeconds", figures.wallSeconds}, {"cpuSeconds", figures.cpuSeconds}};
}

Figures fromJson(const Json& json)
{
    Figures figures;
    figures.requests = json.at("requests");
    for (const auto& [name, of] : json.at("latency").items()) {
        figures.latency[name] = {of.at(0), of.at(1), of.at(2), of.at(3), of.at(4)};
    }
    figures.failed = json.at("failed");
    figures.hourlyP99 = json.at("hourlyP99").get<std::vector<double>>();
    figures.vcpuHours = json.at("vcpuHours");
    figures.bill = json.at("bill");
    figures.wallSeconds = json.at("wallSeconds");
    figures.cpuSeconds = json.at("cpuSeconds");
    return figures;
}

}  // namespace

std::filesystem::path TruthStore::pathOf(const Design& design, std::uint64_t seed) const
{
    return m_folder / fmt::format("{}-{}-{}.json", design.name, designDigest(design), seed);
}

std::optional<Figures> TruthStore::find(const Design& design, std::uint64_t seed) const
{
    std::ifstream file(pathOf(design, seed));
    if (!file) {
        return std::nullopt;
    }
    try {
        return fromJson(Json::parse(file));
    } catch (const Json::exception&) {
        return std::nullopt;  // Half written, or of another version: run again.
    }
}

void TruthStore::keep(const Design& design, std::uint64_t seed, const Figures& figures) const
{
    std::filesystem::create_directories(m_folder);
    std::ofstream(pathOf(design, seed)) << toJson(figures).dump(1) << '\n';
}

}  // namespace neph
