#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "sim/base/result.h"
#include "sim/local/clean_up.h"
#include "sim/local/reaper.h"

namespace neph {

/// A session of the lab from before its first container to after its last: the record on disk, then the
/// reaper, and only then anything may be made. Whatever is made for the session carries `labels()`.
class LabGuard {
public:
    struct Options {
        std::string runtime;     ///< As given to the engine.
        bool ownEngine = false;  ///< It is a Podman that this program has started (`isStartedByUs`).
        std::string design;      ///< Its name, for people.
        /// Without a sign of life (`update`) for so long, another start of the program may sweep it away.
        std::chrono::seconds lifetime = std::chrono::hours(12);
        std::string reaper;  ///< Path of nephoscope-reaper; empty: beside the running program.
    };

    /// Errors: as `newSession`, `SessionRecords::write` and `Reaper::start`; nothing is left behind then.
    static Result<std::unique_ptr<LabGuard>>
    begin(ContainerEngine& engine, const SessionRecords& records, const Options& options);

    /// Without `end()`: the reaper cleans up, a moment later.
    ~LabGuard() = default;
    LabGuard(const LabGuard&) = delete;
    LabGuard& operator=(const LabGuard&) = delete;

    const LabSession& session() const { return m_record.session; }
    Labels labels() const { return m_record.session.labels(); }
    Reaper& reaper() { return *m_reaper; }

    /// Writes down how far the session is and where it can be reached, and gives it another `lifetime`.
    /// Errors: CannotWrite.
    Result<Done> update(
        const std::string& status, const std::map<std::string, std::string>& endpoints,
        const std::map<std::string, std::string>& targets = {});

    /// Removes everything. Nothing may be asked of the engine for this session any more, by no thread. What
    /// cannot be removed is left to the reaper, and to the next sweep.
    CleanUpReport end(const CleanUpOptions& options = {});

private:
    LabGuard(ContainerEngine& engine, SessionRecords records, SessionRecord record, const Options& options);

    ContainerEngine& m_engine;
    SessionRecords m_records;
    SessionRecord m_record;
    std::chrono::seconds m_lifetime;
    std::unique_ptr<Reaper> m_reaper;
};

}  // namespace neph
