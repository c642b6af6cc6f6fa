#include "sim/local/lab_session.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>

#include "sim/local/state_folder.h"
#include "sim/model/atomic_file.h"
#include "sim/model/json_fields.h"
#include "sim/model/json_text.h"

namespace neph {

namespace fs = std::filesystem;

namespace {

constexpr const char* kFormat = "nephoscope-lab-session";
constexpr int kVersion = 1;
constexpr std::size_t kMostBytes = 4 << 20;

template <typename Number>
bool readNumber(const std::string& text, Number& number)
{
    const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    return failure == std::errc() && rest == text.data() + text.size() && !text.empty();
}

/// The labels are the one way in which a session is written, in records too.
Value toJson(const SessionRecord& record)
{
    return {
        {"format", kFormat},
        {"version", kVersion},
        {"labels", record.session.labels()},
        {"engine", {{"socket", record.socket}, {"runtime", record.runtime}}},
        {"ownEngine", record.ownEngine},
        {"design", record.design},
        {"status", record.status},
        {"endpoints", record.endpoints},
        {"targets", record.targets}};
}

std::map<std::string, std::string> textsOf(const Value* json)
{
    std::map<std::string, std::string> texts;
    if (json != nullptr && json->is_object()) {
        for (const auto& [key, value] : json->items()) {
            if (value.is_string()) {
                texts[key] = value.get<std::string>();
            }
        }
    }
    return texts;
}

Error bad(ErrorCode code, const std::string& path, const std::string& why)
{
    return {code, path, fmt::format("The session record '{}' is no use: {}.", path, why)};
}

Result<SessionRecord> fromJson(const Value& json, const std::string& path)
{
    if (!json.is_object()) {
        return bad(ErrorCode::UnknownFormat, path, "it holds no object");
    }
    DiagnosticSink sink;
    JsonFields fields(json, "", sink);
    if (fields.text("format") != kFormat) {
        return bad(ErrorCode::UnknownFormat, path, "it is not one of ours");
    }
    if (fields.number("version", 0) > kVersion) {
        return bad(ErrorCode::NewerVersion, path, "a newer Nephoscope wrote it");
    }
    const std::optional<LabSession> session = LabSession::fromLabels(textsOf(fields.raw("labels")));
    if (!session) {
        return bad(ErrorCode::Invalid, path, "it does not say whose session it is");
    }
    SessionRecord record;
    record.session = *session;
    const std::map<std::string, std::string> engine = textsOf(fields.raw("engine"));
    record.socket = engine.contains("socket") ? engine.at("socket") : "";
    record.runtime = engine.contains("runtime") ? engine.at("runtime") : "";
    record.ownEngine = fields.flag("ownEngine", false);
    record.design = fields.text("design");
    record.status = fields.text("status");
    record.endpoints = textsOf(fields.raw("endpoints"));
    record.targets = textsOf(fields.raw("targets"));
    return record;
}

}  // namespace

Labels LabSession::labels() const
{
    return {
        {kOwnerLabel, owner},
        {kSessionLabel, id},
        {kPidLabel, std::to_string(process.pid)},
        {kBootLabel, process.boot},
        {kStartedLabel, std::to_string(process.started)},
        {kNamespaceLabel, process.pidNamespace},
        {kExpiresLabel, std::to_string(expires)}};
}

std::optional<LabSession> LabSession::fromLabels(const Labels& labels)
{
    const auto text = [&labels](const char* key) {
        const auto found = labels.find(key);
        return found == labels.end() ? std::string() : found->second;
    };
    LabSession session;
    session.id = text(kSessionLabel);
    session.owner = text(kOwnerLabel);
    session.process.boot = text(kBootLabel);
    session.process.pidNamespace = text(kNamespaceLabel);
    const bool isOurs = isUuid(session.id) && isUuid(session.owner) && !session.process.boot.empty() &&
                        readNumber(text(kPidLabel), session.process.pid) && session.process.pid > 0 &&
                        readNumber(text(kStartedLabel), session.process.started) &&
                        readNumber(text(kExpiresLabel), session.expires);
    return isOurs ? std::optional(session) : std::nullopt;
}

bool isAlive(const LabSession& session, std::int64_t now)
{
    return now < session.expires && isAlive(session.process);
}

bool isAlive(const LabSession& session)
{
    return isAlive(session, unixNow());
}

Labels dataVolumeLabels(const std::string& owner, const std::string& design, const std::string& name)
{
    return {{kOwnerLabel, owner}, {kDataLabel, design + '/' + name}};
}

SessionRecords::SessionRecords(std::string folder) : m_folder(std::move(folder)) {}

std::string SessionRecords::pathOf(const std::string& session) const
{
    return m_folder + "/lab/" + session + ".json";
}

Result<Done> SessionRecords::write(const SessionRecord& record) const
{
    if (const Result<Done> made = makePrivateFolder(m_folder + "/lab"); !made) {
        return made.error();
    }
    const std::string text = toJson(record).dump(2, ' ', false, Value::error_handler_t::replace);
    return writeFileAtomically(pathOf(record.session.id), text + '\n');
}

Result<SessionRecord> SessionRecords::read(const std::string& session) const
{
    const std::string path = pathOf(session);
    const Result<std::string> text = readFile(path, kMostBytes);
    if (!text) {
        return text.error();
    }
    const ParsedJson parsed = parseJson(*text);
    if (!parsed.ok) {
        return bad(ErrorCode::NotJson, path, "it is not JSON");
    }
    Result<SessionRecord> record = fromJson(parsed.value, path);
    if (record && record->session.id != session) {
        return bad(ErrorCode::Invalid, path, "it is about another session");
    }
    return record;
}

Result<Done> SessionRecords::remove(const std::string& session) const
{
    const std::string path = pathOf(session);
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
        return Error{
            ErrorCode::CannotWrite, path,
            fmt::format("The session record '{}' cannot be removed: {}.", path, std::strerror(errno))};
    }
    return Done{};
}

std::vector<std::string> SessionRecords::sessions() const
{
    std::vector<std::string> found;
    std::error_code error;
    for (fs::directory_iterator it(m_folder + "/lab", error), end; !error && it != end; it.increment(error)) {
        const fs::path& path = it->path();
        if (path.extension() == ".json" && isUuid(path.stem().string())) {
            found.push_back(path.stem().string());
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

Result<LabSession> newSession(const std::string& folder, std::int64_t lifetimeSeconds)
{
    const Result<std::string> owner = installationId(folder);
    if (!owner) {
        return owner.error();
    }
    const Result<ProcessIdentity> own = ownIdentity();
    if (!own) {
        return own.error();
    }
    return LabSession{newUuid(), *owner, *own, unixNow() + lifetimeSeconds};
}

std::int64_t unixNow()
{
    using namespace std::chrono;
    return duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace neph
