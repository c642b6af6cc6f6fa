#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "sim/base/result.h"
#include "sim/local/lab_session.h"

namespace neph {

/// The process that removes what a session has made when the program that made it is gone: a program of its
/// own (nephoscope-reaper) at the other end of a connection. When that closes without a word, it cleans up.
/// It is the leader of its own terminal session and lets Ctrl-C, hang-ups and SIGTERM pass, so that nothing
/// that ends the program by the usual ways ends it too.
class Reaper {
public:
    /// Starts it for a session whose record is on disk, and returns when it is watching. May be called in a
    /// program with threads. `program`: path of nephoscope-reaper; empty: beside the running program. Errors:
    /// NotFound (no such program), CannotRead (it did not start to watch).
    static Result<std::unique_ptr<Reaper>>
    start(const SessionRecords& records, const std::string& session, const std::string& program = {});

    /// Lets it clean up, unless it was dismissed.
    ~Reaper();
    Reaper(const Reaper&) = delete;
    Reaper& operator=(const Reaper&) = delete;

    /// All is clean already: it goes without doing anything.
    void dismiss();
    /// False where somebody has ended it.
    bool isWatching();
    int pid() const { return m_pid; }

private:
    Reaper(int pid, int connection) : m_pid(pid), m_connection(connection) {}
    bool hasEnded();

    int m_pid;
    int m_connection;
    bool m_ended = false;
};

/// What nephoscope-reaper does; its connection is its standard input. Returns its exit code: 0 all is clean,
/// 1 something is left (the record stays, with the reason as its status), 2 there is no record to go by.
int runReaper(const std::string& folder, const std::string& session);

}  // namespace neph
