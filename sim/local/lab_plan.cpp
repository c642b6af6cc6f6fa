#include "sim/local/lab_plan.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "sim/model/design_json.h"

namespace neph {

namespace {

using As = LocalFace::As;

constexpr std::int64_t kMebibyte = 1 << 20;
constexpr std::uint16_t kWorkloadPort = 8080;

/// The property that a face names under `key`, or nothing.
const Value* propertyOf(const Node& node, const KindSpec& kind, const std::string& key, Value& held)
{
    const auto named = kind.local.container.find(key);
    if (named == kind.local.container.end()) {
        return nullptr;
    }
    held = PropertyReader{kind.properties, node.properties}.value(named->second);
    return &held;
}

double numberOf(const Value& value)
{
    // A size of Fargate is a choice among texts: "0.5".
    return value.is_string() ? std::strtod(value.get<std::string>().c_str(), nullptr) : value.get<double>();
}

std::vector<std::string> wordsOf(const std::string& text)
{
    std::vector<std::string> words;
    std::string word;
    for (const char c : text + ' ') {
        if (c != ' ') {
            word += c;
        } else if (!word.empty()) {
            words.push_back(std::move(word));
            word.clear();
        }
    }
    return words;
}

PlannedContainers containersOf(const Node& node, const KindSpec& kind)
{
    PlannedContainers planned;
    planned.node = node.id;
    planned.name = node.name;
    planned.as = kind.local.as;
    planned.protocol = protocolOf(node, kind);
    planned.recipe = kind.local.recipe;
    planned.hasLogin = kind.local.hasLogin;
    planned.port = planned.recipe.empty() ? kWorkloadPort : 0;
    Value held;
    const auto read = [&](const char* key) { return propertyOf(node, kind, key, held); };
    if (const Value* cpu = read("cpu")) {
        planned.milliCpus = static_cast<std::int64_t>(numberOf(*cpu) * 1000 + 0.5);
    }
    if (const Value* memory = read("memoryMiB")) {
        planned.memoryBytes = static_cast<std::int64_t>(numberOf(*memory) * kMebibyte);
    }
    if (const Value* count = read("count")) {
        planned.count = static_cast<std::uint32_t>(numberOf(*count));
    }
    planned.most = planned.count;
    if (const Value* most = read("most")) {
        planned.most = std::max(planned.count, static_cast<std::uint32_t>(numberOf(*most)));
    }
    if (const Value* percent = read("surgePercent")) {
        planned.most = static_cast<std::uint32_t>(std::ceil(planned.most * numberOf(*percent) / 100));
        planned.most = std::max(planned.count, planned.most);
    }
    if (const Value* image = read("image"); image != nullptr && !image->get<std::string>().empty()) {
        planned.reference = image->get<std::string>();
        planned.recipe.clear();
    }
    if (const Value* port = read("port")) {
        planned.port = static_cast<std::uint16_t>(numberOf(*port));
    }
    if (const Value* command = read("command")) {
        planned.command = wordsOf(command->get<std::string>());
    }
    if (const Value* volume = read("volume")) {
        planned.volumePath = volume->get<std::string>();
    }
    if (const Value* rows = read("environment")) {
        for (const Value& row : *rows) {
            planned.environment[row.value("key", "")] = row.value("value", "");
        }
    }
    return planned;
}

PlannedImage imageOf(const Node& node, const KindSpec& kind, const Design& design)
{
    PlannedImage image;
    image.node = node.id;
    const PropertyReader properties{kind.properties, node.properties};
    image.name = properties.text("repository") + ':' + properties.text("tag");
    Value held;
    if (const Value* own = propertyOf(node, kind, "image", held)) {
        image.reference = own->get<std::string>();
    }
    image.recipe = image.reference.empty() ? "workload" : "";
    for (const Link* link : design.linksFrom(node.id)) {
        image.registry = link->to;
    }
    return image;
}

/// What the design asks for and the lab does not do, in sentences.
std::vector<std::string> notesOf(const CompiledDesign& compiled)
{
    std::vector<std::string> notes;
    bool hasZones = false;
    for (const Node& node : compiled.design.nodes) {
        const KindSpec* kind = compiled.catalog->find(node.kind);
        hasZones = hasZones || node.kind == "aws.availability_zone";
        if (kind != nullptr && !kind->frame && kind->local.as == As::Nothing) {
            notes.push_back(fmt::format("{} ({}) is simulation only.", node.name, kind->name));
        }
    }
    for (const Link& link : compiled.design.links) {
        const Node* caller = compiled.design.node(link.from);
        const Node* target = compiled.design.node(link.to);
        const KindSpec* kind = target == nullptr ? nullptr : compiled.catalog->find(target->kind);
        if (caller != nullptr && kind != nullptr && protocolOf(*target, *kind) == "tcp") {
            notes.push_back(fmt::format(
                "Calls from {} to {} are left out: what it speaks is not known.", caller->name,
                target->name));
        }
    }
    if (hasZones) {
        notes.emplace_back("Zones are labels here: losing one stops the containers that carry its name.");
    }
    notes.emplace_back("Prices, pull limits of registries and Spot stay with the simulation.");
    return notes;
}

/// Text of a design on one line of a terminal: what would move its cursor is a question mark.
std::string plain(std::string text)
{
    for (char& c : text) {
        constexpr unsigned char kDelete = 0x7f;
        const auto byte = static_cast<unsigned char>(c);
        c = byte < ' ' || byte == kDelete ? '?' : c;
    }
    return text;
}

std::string sizeOf(const PlannedContainers& each)
{
    return fmt::format(
        "{:g} vCPU, {} MiB", static_cast<double>(each.milliCpus) / 1000, each.memoryBytes / kMebibyte);
}

std::string sourceOf(const std::string& recipe, const std::string& reference)
{
    if (!reference.empty()) {
        return fmt::format("your image {}", plain(reference));
    }
    return recipe == "workload" || recipe.empty() ? "the sample workload"
                                                  : fmt::format("{} as it is installed here", recipe);
}

}  // namespace

std::string faceText(const Node& node, const KindSpec& kind, const std::string& key)
{
    Value held;
    const Value* found = propertyOf(node, kind, key, held);
    return found != nullptr && found->is_string() ? found->get<std::string>() : std::string();
}

std::string protocolOf(const Node& node, const KindSpec& kind)
{
    const std::string own = faceText(node, kind, "protocol");
    return own.empty() || faceText(node, kind, "image").empty() ? kind.local.protocol : own;
}

std::string ownImageOf(const Design& design, const Catalog& catalog, const Node& node)
{
    const KindSpec* kind = catalog.find(node.kind);
    std::string image = kind == nullptr ? std::string() : faceText(node, *kind, "image");
    for (const Link* link : design.linksFrom(node.id)) {
        const Node* target = design.node(link->to);
        const KindSpec* of = target == nullptr ? nullptr : catalog.find(target->kind);
        if (image.empty() && of != nullptr && of->local.as == As::Image) {
            image = faceText(*target, *of, "image");
        }
    }
    return image;
}

const PlannedContainers* LabPlan::of(const std::string& node) const
{
    const auto found = std::find_if(
        containers.begin(), containers.end(), [&node](const auto& each) { return each.node == node; });
    return found == containers.end() ? nullptr : &*found;
}

std::int64_t LabPlan::milliCpus() const
{
    std::int64_t sum = 0;
    for (const PlannedContainers& each : containers) {
        sum += each.as == As::Registry ? 0 : each.milliCpus * each.most;
    }
    return sum;
}

std::int64_t LabPlan::memoryBytes() const
{
    std::int64_t sum = 0;
    for (const PlannedContainers& each : containers) {
        sum += each.memoryBytes * each.most;
    }
    return sum;
}

LabPlan planLab(const CompiledDesign& compiled)
{
    LabPlan plan;
    plan.design = compiled.design.name;
    for (const char c : plan.design) {
        const bool isPlain = std::isalnum(static_cast<unsigned char>(c)) != 0;
        plan.designId += isPlain ? static_cast<char>(std::tolower(static_cast<unsigned char>(c))) : '-';
    }
    plan.designDigest = sha256(writeDesign(compiled.design));
    for (const Node& node : compiled.design.nodes) {
        const KindSpec* kind = compiled.catalog->find(node.kind);
        if (kind == nullptr) {
            continue;
        }
        switch (kind->local.as) {
        case As::Image:
            plan.images.push_back(imageOf(node, *kind, compiled.design));
            break;
        case As::Tasks:
        case As::Server:
        case As::Registry:
            plan.containers.push_back(containersOf(node, *kind));
            break;
        case As::Nothing:
        case As::Network:
        case As::Load:
        case As::Gateway:
            break;
        }
    }
    plan.notes = notesOf(compiled);
    return plan;
}

std::string toText(const LabPlan& plan)
{
    std::string text = fmt::format("\"{}\" on this machine would start:\n", plain(plan.design));
    text +=
        "  1 load balancer (haproxy as it is installed here), the only one with open ports, on 127.0.0.1\n";
    for (const PlannedContainers& each : plan.containers) {
        std::string count = each.most > each.count ? fmt::format("{} to {}", each.count, each.most)
                                                   : fmt::format("{}", each.count);
        const bool isTask = each.as == As::Tasks;
        text += fmt::format(
            "  {} x {} ({}): {}\n", count, plain(each.name),
            isTask ? "tasks" : sourceOf(each.recipe, each.reference), sizeOf(each));
        if (!each.command.empty()) {
            text +=
                fmt::format("      command: {}\n", plain(fmt::format("{}", fmt::join(each.command, " "))));
        }
        for (const auto& [key, value] : each.environment) {
            text += fmt::format("      environment: {}={}\n", plain(key), plain(value));
        }
        if (!each.reference.empty()) {
            text += fmt::format("      listens on port {}\n", each.port);
        }
        if (!each.volumePath.empty()) {
            text += fmt::format("      keeps {} in a named volume\n", plain(each.volumePath));
        }
    }
    for (const PlannedImage& image : plan.images) {
        text += fmt::format("  image {}: {}\n", plain(image.name), sourceOf(image.recipe, image.reference));
    }
    text += fmt::format(
        "At most {:g} vCPU and {} MiB at a time, besides the load balancer (1 vCPU, 256 MiB). No container "
        "may "
        "become root, write to its own image, reach the internet or be reached from another machine.\n",
        static_cast<double>(plan.milliCpus()) / 1000, plan.memoryBytes() / kMebibyte);
    for (const std::string& note : plan.notes) {
        text += plain(note) + "\n";
    }
    return text;
}

std::string sha256(const std::string& text)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha256(), nullptr);
    std::string hex;
    for (unsigned i = 0; i < length; ++i) {
        hex += fmt::format("{:02x}", digest[i]);
    }
    return hex;
}

std::string digestOf(const LabPlan& plan)
{
    // Where things are drawn, and what notes say, starts nothing.
    Value json = {{"data", plan.designId}, {"images", Value::array()}, {"containers", Value::array()}};
    for (const PlannedImage& image : plan.images) {
        json["images"].push_back({image.node, image.name, image.recipe, image.reference, image.registry});
    }
    for (const PlannedContainers& each : plan.containers) {
        json["containers"].push_back(
            {each.node, nameOf(each.as), each.recipe, each.reference, each.count, each.most, each.milliCpus,
             each.memoryBytes, each.command, each.environment, each.volumePath, each.port, each.protocol,
             each.hasLogin});
    }
    return sha256(json.dump());
}

std::string requestPathOf(const LabPlan& plan)
{
    const auto isOwn = [](const auto& each) { return !each.reference.empty(); };
    const bool hasOwn =
        std::any_of(plan.images.begin(), plan.images.end(), isOwn) ||
        std::any_of(plan.containers.begin(), plan.containers.end(), [](const PlannedContainers& each) {
            return !each.reference.empty() && each.protocol == "http";
        });
    return hasOwn ? "/?class=" : "/work?class=";
}

}  // namespace neph
