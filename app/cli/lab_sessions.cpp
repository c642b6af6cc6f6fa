// Labs that run, seen from another terminal: status, logs, stop, and the volumes that stay.
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "app/cli/lab_command.h"
#include "app/cli/output.h"
#include "sim/local/clean_up.h"
#include "sim/local/lab_session.h"
#include "sim/local/state_folder.h"
#include "sim/model/value.h"

namespace neph::cli {

namespace {

/// Calls `what` for each session of a living process, or of any.
template <class What>
std::size_t forSessions(const std::string& state, const What& what)
{
    const SessionRecords records(state);
    std::size_t count = 0;
    for (const std::string& id : records.sessions()) {
        if (const Result<SessionRecord> record = records.read(id)) {
            what(records, *record);
            ++count;
        }
    }
    return count;
}

}  // namespace

/// Where records and consents lie; nothing after saying what is wrong.
std::optional<std::string> stateOrComplaint()
{
    const Result<std::string> folder = stateFolder();
    if (!folder) {
        complain(folder.error());
        return std::nullopt;
    }
    return *folder;
}

EngineWishes wishesOf(const LabCommandOptions& options)
{
    EngineWishes wishes;
    wishes.socket = options.engine;
    wishes.runtime = options.runtime;
    return wishes;
}

ExitCode labStatus(const LabCommandOptions& options)
{
    const std::optional<std::string> state = stateOrComplaint();
    if (!state) {
        return BadInput;
    }
    const SessionRecords records(*state);
    Value all = Value::array();
    for (const std::string& id : records.sessions()) {
        const Result<SessionRecord> record = records.read(id);
        if (!record) {
            continue;
        }
        const std::string now = isAlive(record->session) ? record->status : "left behind";
        all.push_back(
            {{"session", id}, {"design", record->design}, {"status", now}, {"endpoints", record->endpoints}});
        if (!options.json) {
            fmt::print("{}: {} ({})\n", record->design, now, id.substr(0, 8));
            for (const auto& [name, words] : record->endpoints) {
                fmt::print("  {:<24} {}\n", name, words);
            }
        }
    }
    if (options.json) {
        printJson(all);
    } else if (all.empty()) {
        fmt::print("No design runs for real.\n");
    }
    return all.empty() ? No : Ok;
}

ExitCode labLogs(const LabCommandOptions& options)
{
    const EngineSearch search = findEngine(wishesOf(options));
    if (!search.found) {
        complain(search.toText());
        return BadInput;
    }
    ContainerEngine engine(search.found->socket, search.found->runtime);
    const std::optional<std::string> state = stateOrComplaint();
    if (!state) {
        return BadInput;
    }
    std::size_t shown = 0;
    forSessions(*state, [&](const SessionRecords&, const SessionRecord& record) {
        const auto containers =
            engine.labelled(Thing::Container, fmt::format("{}={}", kSessionLabel, record.session.id));
        for (const LabelledThing& each : containers ? *containers : std::vector<LabelledThing>()) {
            if (!options.node.empty() && each.name.find(options.node) == std::string::npos) {
                continue;
            }
            const Result<std::string> text = engine.logs(each.id);
            fmt::print("{}\n{}\n", coloured(Colour::Bold, each.name), text ? *text : text.error().what);
            ++shown;
        }
    });
    return shown > 0 ? Ok : No;
}

/// Asks the processes to stop; what is left of the others is removed here.
ExitCode labDown(const LabCommandOptions& options)
{
    const std::optional<std::string> state = stateOrComplaint();
    if (!state) {
        return BadInput;
    }
    std::size_t asked = 0;
    forSessions(*state, [&](const SessionRecords&, const SessionRecord& record) {
        if (isAlive(record.session) && record.session.process.pid != getpid()) {
            kill(static_cast<pid_t>(record.session.process.pid), SIGTERM);
            ++asked;
        }
    });
    const SessionRecords records(*state);
    constexpr int kPatience = 600;  // Times a tenth of a second.
    const auto isAnybodyAlive = [&] {
        bool isAlive = false;
        forSessions(*state, [&](const SessionRecords&, const SessionRecord& record) {
            isAlive = isAlive || neph::isAlive(record.session);
        });
        return isAlive;
    };
    for (int i = 0; i < kPatience && isAnybodyAlive(); ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    if (isAnybodyAlive()) {
        complain(
            "It was asked to stop and has not ended yet.",
            "Its containers go when it ends; 'nepho lab status' shows it.");
        return No;
    }
    const EngineSearch search = findEngine(wishesOf(options));
    if (!search.found) {
        complain(search.toText());
        return BadInput;
    }
    ContainerEngine engine(search.found->socket, search.found->runtime);
    const Result<SweepReport> swept = sweep(engine, records);
    if (!swept) {
        complain(swept.error());
        return BadInput;
    }
    fmt::print("{}", asked > 0 && swept->swept.empty() ? "Stopped and cleaned up.\n" : swept->text() + "\n");
    return swept->isClean() ? Ok : No;
}

ExitCode labVolumes(const LabCommandOptions& options)
{
    const EngineSearch search = findEngine(wishesOf(options));
    const std::optional<std::string> state = stateOrComplaint();
    if (!state) {
        return BadInput;
    }
    const Result<std::string> owner = installationId(*state);
    if (!search.found || !owner) {
        complain(search.found ? owner.error().what : search.toText());
        return BadInput;
    }
    ContainerEngine engine(search.found->socket, search.found->runtime);
    if (!options.node.empty()) {
        const Result<Done> removed = removeDataVolume(engine, *owner, options.node);
        if (!removed) {
            complain(removed.error());
            return BadInput;
        }
        fmt::print("Removed {}.\n", options.node);
        return Ok;
    }
    const Result<std::vector<DataVolume>> all = dataVolumes(engine, *owner);
    if (!all) {
        complain(all.error());
        return BadInput;
    }
    for (const DataVolume& each : *all) {
        fmt::print("{:<40} {} of {}\n", each.name, each.what, each.design);
    }
    return Ok;
}

}  // namespace neph::cli
