#include "sim/local/lab_guard.h"

#include "sim/local/container_engine.h"

namespace neph {

LabGuard::LabGuard(
    ContainerEngine& engine, SessionRecords records, SessionRecord record, const Options& options)
    : m_engine(engine), m_records(std::move(records)), m_record(std::move(record)),
      m_lifetime(options.lifetime)
{
}

Result<std::unique_ptr<LabGuard>>
LabGuard::begin(ContainerEngine& engine, const SessionRecords& records, const Options& options)
{
    const Result<LabSession> session = newSession(records.folder(), options.lifetime.count());
    if (!session) {
        return session.error();
    }
    SessionRecord record;
    record.session = *session;
    record.socket = engine.socket();
    record.runtime = options.runtime;
    record.ownEngine = options.ownEngine;
    record.design = options.design;
    if (const Result<Done> written = records.write(record); !written) {
        return written.error();
    }
    Result<std::unique_ptr<Reaper>> reaper = Reaper::start(records, session->id, options.reaper);
    if (!reaper) {
        static_cast<void>(records.remove(session->id));
        return reaper.error();
    }
    std::unique_ptr<LabGuard> guard(new LabGuard(engine, records, std::move(record), options));
    guard->m_reaper = std::move(*reaper);
    return guard;
}

Result<Done> LabGuard::update(
    const std::string& status, const std::map<std::string, std::string>& endpoints,
    const std::map<std::string, std::string>& targets)
{
    m_record.status = status;
    m_record.endpoints = endpoints;
    m_record.targets = targets;
    m_record.session.expires = unixNow() + m_lifetime.count();
    return m_records.write(m_record);
}

CleanUpReport LabGuard::end(const CleanUpOptions& options)
{
    CleanUpReport report = cleanUp(m_engine, m_record.session, options);
    if (!report.isClean()) {
        m_reaper.reset();
        return report;
    }
    static_cast<void>(m_records.remove(m_record.session.id));
    m_reaper->dismiss();
    return report;
}

}  // namespace neph
