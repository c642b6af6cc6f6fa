#include "sim/local/clean_up.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <mutex>
#include <thread>

#include <fmt/format.h>

#include "sim/local/state_folder.h"

namespace neph {

namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;

constexpr Milliseconds kPause{250};
constexpr std::size_t kThreads = 16;
/// In this order: networks and volumes are in use as long as containers are there.
constexpr std::array kSorts{Thing::Container, Thing::Network, Thing::Volume, Thing::Image};

std::string labelOf(const LabelledThing& thing, const char* label)
{
    const auto found = thing.labels.find(label);
    return found == thing.labels.end() ? std::string() : found->second;
}

const std::string& nameOf(const LabelledThing& thing)
{
    return thing.name.empty() ? thing.id : thing.name;
}

/// An image that somebody has made from one of ours, or from one of our containers, inherits its labels; what
/// he calls it is his.
bool isNamedByUs(const LabelledThing& image)
{
    static constexpr std::array kOurs{
        "nephoscope.", "localhost/nephoscope", "localhost:", "127.0.0.1:", "sha256:", "<none>"};
    return nameOf(image) == image.id || std::any_of(kOurs.begin(), kOurs.end(), [&](const char* start) {
               return image.name.starts_with(start);
           });
}

/// Calls `action` for each, several at once: stopping waits for most of its time.
void forEachAtOnce(
    const std::vector<LabelledThing>& things, const std::function<void(const LabelledThing&)>& action)
{
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
        for (std::size_t i = next++; i < things.size(); i = next++) {
            action(things[i]);
        }
    };
    std::vector<std::jthread> threads;
    for (std::size_t i = 1; i < std::min(things.size(), kThreads); ++i) {
        threads.emplace_back(work);
    }
    work();
}

/// The clean-up of one session.
class Cleaning {
public:
    Cleaning(ContainerEngine& engine, const LabSession& session, const CleanUpOptions& options)
        : m_engine(engine), m_session(session), m_options(options), m_start(Clock::now()),
          m_end(m_start + options.within)
    {
    }

    CleanUpReport run()
    {
        Clock::time_point quietSince = m_start;
        for (bool isFirst = true;; isFirst = false) {
            const bool wasEmpty = attempt();
            const Clock::time_point now = Clock::now();
            if (!wasEmpty) {
                quietSince = now;
            }
            const bool isSettled =
                wasEmpty && (now - quietSince >= m_options.quiet || m_options.quiet.count() == 0);
            if (isSettled || now >= m_end) {
                break;
            }
            // What was just removed is looked for once more at once; only what resists is waited for.
            if (wasEmpty || !m_report.left.empty() || m_report.unanswered || !isFirst) {
                std::this_thread::sleep_for(std::min<Clock::duration>(kPause, m_end - now));
            }
        }
        m_report.seconds = std::chrono::duration<double>(Clock::now() - m_start).count();
        return std::move(m_report);
    }

private:
    /// True where nothing was there.
    bool attempt()
    {
        m_report.left.clear();
        m_report.unanswered.reset();
        bool wasEmpty = true;
        for (const Thing sort : kSorts) {
            const Result<std::vector<LabelledThing>> things = ours(sort);
            if (!things) {
                m_report.unanswered = things.error();
                return false;
            }
            wasEmpty = wasEmpty && things->empty();
            if (sort == Thing::Container) {
                stopAll(*things);
            }
            forEachAtOnce(
                *things, [&](const LabelledThing& thing) { note(sort, thing, remove(sort, thing)); });
        }
        return wasEmpty;
    }

    /// Asks by label, and looks at the labels again: an engine that knows no filter would list everything.
    Result<std::vector<LabelledThing>> ours(Thing sort)
    {
        Result<std::vector<LabelledThing>> things =
            m_engine.labelled(sort, fmt::format("{}={}", kSessionLabel, m_session.id));
        if (things) {
            std::erase_if(*things, [this, sort](const LabelledThing& thing) {
                return labelOf(thing, kSessionLabel) != m_session.id ||
                       labelOf(thing, kOwnerLabel) != m_session.owner || thing.labels.contains(kDataLabel) ||
                       (sort == Thing::Image && !isNamedByUs(thing));
            });
        }
        return things;
    }

    /// A failure here is no matter: removing forces.
    void stopAll(const std::vector<LabelledThing>& containers)
    {
        const std::size_t rounds = (containers.size() + kThreads - 1) / kThreads;
        // Half of what is left of the time, for all rounds; the other half is for removing.
        const auto room = std::max<Clock::duration>(m_end - Clock::now(), Clock::duration(0)) / 2;
        const auto most = std::chrono::floor<std::chrono::seconds>(room) / std::max<std::size_t>(rounds, 1);
        const auto asked = std::chrono::floor<std::chrono::seconds>(m_options.grace);
        const std::chrono::seconds grace = std::min<std::chrono::seconds>(asked, most);
        forEachAtOnce(containers, [&](const LabelledThing& container) {
            if (m_engine.stop(container.id, grace)) {
                return;
            }
            // A paused one takes no signal on cgroups v1.
            static_cast<void>(m_engine.unpause(container.id));
            static_cast<void>(m_engine.kill(container.id));
        });
    }

    Result<Done> remove(Thing sort, const LabelledThing& thing)
    {
        switch (sort) {
        case Thing::Container:
            return m_engine.remove(thing.id);
        case Thing::Network:
            return m_engine.removeNetwork(thing.id);
        case Thing::Volume:
            return m_engine.removeVolume(thing.id);
        case Thing::Image:
            return removeImage(thing);
        }
        return Done{};
    }

    /// Without force, which would take containers of others with it. An image that has several names goes
    /// name by name, one each attempt.
    Result<Done> removeImage(const LabelledThing& image)
    {
        Result<Done> removed = m_engine.removeImage(image.id);
        const bool hasName = nameOf(image) != image.id && !image.name.starts_with('<');
        return removed || !hasName ? removed : m_engine.removeImage(image.name);
    }

    void note(Thing sort, const LabelledThing& thing, const Result<Done>& result)
    {
        const std::lock_guard lock(m_mutex);
        if (result || result.error().code == ErrorCode::NotFound) {
            // Some engines still list for a moment what they have removed.
            const auto isSame = [&](const CleanedThing& other) {
                return other.sort == sort && other.name == nameOf(thing);
            };
            if (std::none_of(m_report.removed.begin(), m_report.removed.end(), isSame)) {
                m_report.removed.push_back({sort, nameOf(thing), {}});
            }
        } else {
            m_report.left.push_back({sort, nameOf(thing), result.error().what});
        }
    }

    ContainerEngine& m_engine;
    const LabSession& m_session;
    const CleanUpOptions& m_options;
    Clock::time_point m_start;
    Clock::time_point m_end;
    std::mutex m_mutex;
    CleanUpReport m_report;
};

const char* wordOf(Thing sort)
{
    switch (sort) {
    case Thing::Container:
        return "container";
    case Thing::Network:
        return "network";
    case Thing::Volume:
        return "volume";
    case Thing::Image:
        return "image";
    }
    return "thing";
}

std::string sentenceOf(const CleanedThing& thing)
{
    return fmt::format(" The {} '{}' is still there: {}", wordOf(thing.sort), thing.name, thing.why);
}

/// What the sessions of one installation have left on an engine.
struct Remains {
    std::vector<LabSession> sessions;
    std::vector<CleanedThing> unclear;
};

void addSession(Remains& remains, const LabSession& session)
{
    const auto isSame = [&](const LabSession& other) { return other.id == session.id; };
    if (std::none_of(remains.sessions.begin(), remains.sessions.end(), isSame)) {
        remains.sessions.push_back(session);
    }
}

Result<Remains>
remainsOn(ContainerEngine& engine, const std::string& owner, const std::vector<SessionRecord>& records)
{
    Remains remains;
    // First: what a record says of a session holds.
    for (const SessionRecord& record : records) {
        if (record.socket == engine.socket() || record.ownEngine) {
            addSession(remains, record.session);
        }
    }
    for (const Thing sort : kSorts) {
        const Result<std::vector<LabelledThing>> things =
            engine.labelled(sort, fmt::format("{}={}", kOwnerLabel, owner));
        if (!things) {
            return things.error();
        }
        for (const LabelledThing& thing : *things) {
            if (labelOf(thing, kOwnerLabel) != owner || !thing.labels.contains(kSessionLabel)) {
                continue;
            }
            if (const std::optional<LabSession> session = LabSession::fromLabels(thing.labels)) {
                addSession(remains, *session);
            } else {
                remains.unclear.push_back(
                    {sort, nameOf(thing), "Its labels do not say which process made it; remove it by hand."});
            }
        }
    }
    return remains;
}

/// How long the record of a session is kept whose engine is not asked any more.
constexpr std::int64_t kKeepRecords = std::int64_t{30} * 24 * 3600;

/// Records that no engine will ever be asked about again, and those that nobody can read: the labels say all
/// that a sweep needs.
void dropOldRecords(const SessionRecords& records)
{
    for (const std::string& id : records.sessions()) {
        const Result<SessionRecord> record = records.read(id);
        const bool isOld = record && record->session.expires + kKeepRecords < unixNow();
        const bool isDamaged = !record && record.error().code != ErrorCode::NewerVersion &&
                               record.error().code != ErrorCode::CannotRead;
        if (isOld || isDamaged) {
            static_cast<void>(records.remove(id));
        }
    }
}

}  // namespace

std::string CleanUpReport::text() const
{
    std::string things;
    for (const Thing sort : kSorts) {
        const auto isOfSort = [&](const CleanedThing& thing) { return thing.sort == sort; };
        if (const auto count = std::count_if(removed.begin(), removed.end(), isOfSort); count > 0) {
            things += fmt::format(
                "{}{} {}{}", things.empty() ? "" : ", ", count, wordOf(sort), count == 1 ? "" : "s");
        }
    }
    std::string text = things.empty() ? "Nothing had to be removed." : "Removed " + things + '.';
    for (const CleanedThing& thing : left) {
        text += sentenceOf(thing);
    }
    if (unanswered) {
        text += " The engine did not say what is left: " + unanswered->what;
    }
    return text;
}

bool SweepReport::isClean() const
{
    return std::all_of(swept.begin(), swept.end(), [](const Swept& one) { return one.report.isClean(); });
}

std::string SweepReport::text() const
{
    std::string text;
    for (const Swept& one : swept) {
        text += fmt::format(
            "{}An earlier session ended without cleaning up. {}", text.empty() ? "" : "\n",
            one.report.text());
    }
    for (const CleanedThing& thing : unclear) {
        text += sentenceOf(thing);
    }
    return text;
}

CleanUpReport cleanUp(ContainerEngine& engine, const LabSession& session, const CleanUpOptions& options)
{
    return Cleaning(engine, session, options).run();
}

Result<SweepReport>
sweep(ContainerEngine& engine, const SessionRecords& records, const CleanUpOptions& options)
{
    const Result<std::string> owner = installationId(records.folder());
    if (!owner) {
        return owner.error();
    }
    std::vector<SessionRecord> known;
    for (const std::string& id : records.sessions()) {
        if (const Result<SessionRecord> record = records.read(id)) {
            known.push_back(*record);
        }
    }
    Result<Remains> remains = remainsOn(engine, *owner, known);
    if (!remains) {
        return remains.error();
    }
    SweepReport report;
    report.unclear = std::move(remains->unclear);
    for (const LabSession& session : remains->sessions) {
        if (isAlive(session)) {
            report.living.push_back(session);
            continue;
        }
        report.swept.push_back({session, cleanUp(engine, session, options)});
        if (report.swept.back().report.isClean()) {
            static_cast<void>(records.remove(session.id));
        }
    }
    dropOldRecords(records);
    return report;
}

Result<std::vector<DataVolume>> dataVolumes(ContainerEngine& engine, const std::string& owner)
{
    const Result<std::vector<LabelledThing>> things = engine.labelled(Thing::Volume, kDataLabel);
    if (!things) {
        return things.error();
    }
    std::vector<DataVolume> volumes;
    for (const LabelledThing& thing : *things) {
        const std::string data = labelOf(thing, kDataLabel);
        if (labelOf(thing, kOwnerLabel) == owner && !data.empty()) {
            const std::size_t slash = data.find('/');
            volumes.push_back(
                {thing.id, data.substr(0, slash),
                 slash == std::string::npos ? std::string() : data.substr(slash + 1)});
        }
    }
    return volumes;
}

Result<Done> removeDataVolume(ContainerEngine& engine, const std::string& owner, const std::string& name)
{
    const Result<std::vector<DataVolume>> volumes = dataVolumes(engine, owner);
    if (!volumes) {
        return volumes.error();
    }
    const auto isNamed = [&](const DataVolume& volume) { return volume.name == name; };
    if (std::none_of(volumes->begin(), volumes->end(), isNamed)) {
        return Error{
            ErrorCode::NotFound, name,
            fmt::format("'{}' is no data volume of the lab; nothing was removed.", name)};
    }
    return engine.removeVolume(name);
}

}  // namespace neph
