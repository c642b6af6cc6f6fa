#include "sim/local/package_image.h"

#include <array>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "sim/local/file_collection.h"

namespace neph {
namespace {

using nlohmann::json;

constexpr std::size_t kMostRecipe = 1 << 20;
const std::set<std::string> kFields = {"name",        "image",   "packages",   "programs",  "files",
                                       "folders",     "without", "user",       "userName",  "command",
                                       "environment", "volumes", "entrypoint", "port",      "health",
                                       "memoryBytes", "note",    "pulled",     "stopSignal"};

/// Two different 64-bit hashes side by side: the same tag for other files would be an image of the wrong
/// files.
class Fingerprint {
public:
    void add(const std::string& text)
    {
        for (const char letter : text + '\n') {
            m_first = (m_first ^ static_cast<unsigned char>(letter)) * 0x100000001b3ULL;
            m_second = (m_second + static_cast<unsigned char>(letter) + 1) * 0x9e3779b97f4a7c15ULL;
            m_second ^= m_second >> 29;
        }
    }
    std::string text() const { return fmt::format("{:016x}{:016x}", m_first, m_second); }

private:
    std::uint64_t m_first = 0xcbf29ce484222325ULL;
    std::uint64_t m_second = 0x2545f4914f6cdd1dULL;
};

Recipe::Part partFrom(const json& value)
{
    if (value.is_string()) {
        return {value.get<std::string>(), value.get<std::string>()};
    }
    return {value.at("from").get<std::string>(), value.at("to").get<std::string>()};
}

Recipe recipeFrom(const json& root)
{
    Recipe recipe;
    recipe.name = root.at("name").get<std::string>();
    recipe.image = root.value("image", "");
    recipe.packages = root.value("packages", std::vector<std::string>());
    for (const char* sort : {"programs", "files", "folders"}) {
        for (const json& part : root.value(sort, json::array())) {
            recipe.parts.push_back(partFrom(part));
        }
    }
    recipe.without = root.value("without", std::vector<std::string>());
    recipe.user = root.value("user", recipe.user);
    recipe.userName = root.value("userName", "");
    recipe.stopSignal = root.value("stopSignal", "");
    recipe.entrypoint = root.value("entrypoint", std::vector<std::string>());
    recipe.command = root.value("command", std::vector<std::string>());
    recipe.volumes = root.value("volumes", std::vector<std::string>());
    recipe.environment = root.value("environment", std::map<std::string, std::string>());
    recipe.port = root.value("port", std::uint16_t{0});
    recipe.memoryBytes = root.value("memoryBytes", recipe.memoryBytes);
    if (root.contains("pulled")) {
        const json& pulled = root["pulled"];
        recipe.pulled = {
            recipe.image,
            pulled.value("user", recipe.pulled.user),
            pulled.value("command", std::vector<std::string>()),
            pulled.value("environment", std::map<std::string, std::string>()),
            pulled.value("volume", ""),
            pulled.value("tmpfs", std::vector<std::string>())};
    }
    if (root.contains("health")) {
        const auto sort = root["health"].at("kind").get<std::string>();
        recipe.health = sort == "http" ? Recipe::Health::Http : Recipe::Health::Tcp;
        recipe.healthPath = root["health"].value("path", "/");
    }
    return recipe;
}

/// "999:999" as numbers.
std::pair<std::uint32_t, std::uint32_t> numbersOf(const std::string& user)
{
    std::pair<std::uint32_t, std::uint32_t> numbers{65534, 65534};
    const std::size_t colon = std::min(user.find(':'), user.size());
    std::from_chars(user.data(), user.data() + colon, numbers.first);
    numbers.second = numbers.first;
    if (colon < user.size()) {
        std::from_chars(user.data() + colon + 1, user.data() + user.size(), numbers.second);
    }
    return numbers;
}

/// Where a part of a recipe is on this machine; empty: the recipe names a folder that nobody gave.
std::string placeOf(const std::string& from, const Recipe& recipe, const RecipePlaces& places)
{
    if (from.starts_with("@/")) {
        return recipe.folder + from.substr(1);
    }
    if (!from.starts_with('$')) {
        return from;
    }
    const std::size_t slash = std::min(from.find('/'), from.size());
    const auto folder = places.folders.find(from.substr(1, slash - 1));
    return folder == places.folders.end() ? std::string() : folder->second + from.substr(slash);
}

Error missing(const Recipe& recipe, const std::string& what)
{
    std::string way = recipe.packages.empty()
                          ? std::string("Build Nephoscope completely first (./dev build)")
                          : fmt::format("Install it: apt-get install {}", fmt::join(recipe.packages, " "));
    if (!recipe.image.empty()) {
        way += fmt::format("; or let the image {} be pulled instead", recipe.image);
    }
    return Error{
        ErrorCode::NotFound, recipe.name,
        fmt::format("The image \"{}\" cannot be made here: {} {}.", recipe.name, what, way)};
}

/// Everything that goes into the image.
Result<FileCollection> collect(const Recipe& recipe, const RecipePlaces& places)
{
    FileCollection files(recipe.without);
    for (const char* name : {"bin", "lib", "lib64", "sbin"}) {
        files.addFolder(std::string("/usr/") + name, 0755, 0, 0);
        files.addLink(std::string("/") + name, std::string("usr/") + name);
    }
    for (const Recipe::Part& part : recipe.parts) {
        const std::string from = placeOf(part.from, recipe, places);
        if (from.empty()) {
            return missing(recipe, fmt::format("nobody said where {} is.", part.from));
        }
        if (Result<Done> added = files.add(from, part.to == part.from ? from : part.to); !added) {
            return missing(recipe, added.error().what);
        }
    }
    if (Result<Done> added = files.addLibraries(); !added) {
        return missing(recipe, added.error().what);
    }
    const auto [user, group] = numbersOf(recipe.user);
    std::string passwd = "root:x:0:0:root:/:/nonexistent\nnobody:x:65534:65534:nobody:/:/nonexistent\n";
    std::string groups = "root:x:0:\nnogroup:x:65534:\n";
    if (!recipe.userName.empty()) {
        passwd += fmt::format("{}:x:{}:{}::/tmp:/nonexistent\n", recipe.userName, user, group);
        groups += fmt::format("{}:x:{}:\n", recipe.userName, group);
    }
    files.addText("/etc/passwd", passwd);
    files.addText("/etc/group", groups);
    files.addFolder("/tmp", 01777, 0, 0);
    // An engine gives a new volume the owner and the mode of the folder that it covers.
    for (const std::string& volume : recipe.volumes) {
        files.addFolder(volume, 0700, user, group);
    }
    return files;
}

std::vector<std::string> changesOf(const Recipe& recipe, const std::map<std::string, std::string>& labels)
{
    std::vector<std::string> changes = {"USER " + recipe.user};
    if (!recipe.entrypoint.empty()) {
        changes.push_back("ENTRYPOINT " + json(recipe.entrypoint).dump());
    }
    if (!recipe.command.empty()) {
        changes.push_back("CMD " + json(recipe.command).dump());
    }
    if (!recipe.stopSignal.empty()) {
        changes.push_back("STOPSIGNAL " + recipe.stopSignal);
    }
    for (const auto& [name, value] : labels) {
        changes.push_back(fmt::format("LABEL {}={}", name, value));
    }
    return changes;
}

std::string tagOf(const Recipe& recipe, const FileCollection& files)
{
    Fingerprint print;
    for (const std::string& change : changesOf(recipe, {})) {
        print.add(change);
    }
    for (const auto& [path, entry] : files.entries()) {
        print.add(fmt::format(
            "{} {} {} {} {} {} {} {}", path, entry.size, entry.changed, entry.mode, entry.user, entry.group,
            entry.target, entry.text));
    }
    return fmt::format("nephoscope.local/{}:{}", recipe.name, print.text());
}

/// A file of no name for others, gone with this object.
class TemporaryFile {
public:
    TemporaryFile()
    {
        std::error_code ignored;
        m_path = (std::filesystem::temp_directory_path(ignored) / "nephoscope-image-XXXXXX").string();
        const int file = mkstemp(m_path.data());
        m_isThere = file >= 0;
        if (m_isThere) {
            close(file);
        }
    }
    ~TemporaryFile()
    {
        if (m_isThere) {
            unlink(m_path.c_str());
        }
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    const std::string& path() const { return m_path; }

private:
    std::string m_path;
    bool m_isThere = false;
};

}  // namespace

Result<Recipe> readRecipe(const std::string& name, const RecipePlaces& places)
{
    const std::string folder = places.recipes + '/' + name;
    const std::string path = folder + "/recipe.json";
    std::ifstream file(path);
    if (!file) {
        return Error{
            ErrorCode::CannotRead, path,
            fmt::format("There is no recipe for an image \"{}\" ({}).", name, path)};
    }
    std::string text(kMostRecipe, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    try {
        const json root = json::parse(text);
        for (const auto& [key, value] : root.items()) {
            if (!kFields.contains(key)) {
                return Error{
                    ErrorCode::Invalid, path,
                    fmt::format("The recipe {} has an unknown field \"{}\".", path, key)};
            }
        }
        Recipe recipe = recipeFrom(root);
        recipe.folder = folder;
        return recipe;
    } catch (const json::exception& problem) {
        return Error{
            ErrorCode::NotJson, path, fmt::format("The recipe {} makes no sense: {}", path, problem.what())};
    }
}

Result<std::int64_t>
writeImageTar(const Recipe& recipe, const RecipePlaces& places, const std::string& tarFile)
{
    Result<FileCollection> files = collect(recipe, places);
    return files ? files->writeTar(tarFile) : files.error();
}

Result<PackageImage> packageImage(
    ContainerEngine& engine, const Recipe& recipe, const RecipePlaces& places,
    const std::map<std::string, std::string>& labels)
{
    Result<FileCollection> files = collect(recipe, places);
    if (!files) {
        return files.error();
    }
    PackageImage image;
    image.tag = tagOf(recipe, *files);
    if (Result<std::string> id = engine.imageId(image.tag)) {
        image.id = *id;
        image.wasThere = true;
        return image;
    } else if (id.error().code != ErrorCode::NotFound) {
        return id.error();
    }
    const TemporaryFile tar;
    Result<std::int64_t> bytes = files->writeTar(tar.path());
    if (!bytes) {
        return bytes.error();
    }
    Result<std::string> id = engine.importImage(tar.path(), image.tag, changesOf(recipe, labels));
    if (!id) {
        return id.error();
    }
    image.id = *id;
    image.bytes = *bytes;
    return image;
}

ContainerSpec specOf(const Recipe& recipe, const std::string& imageId)
{
    ContainerSpec spec;
    spec.name = recipe.name;
    spec.image = imageId;
    spec.user = recipe.user;
    spec.entrypoint = recipe.entrypoint;
    spec.command = recipe.command;
    spec.environment = recipe.environment;
    spec.memoryBytes = recipe.memoryBytes;
    return spec;
}

}  // namespace neph
