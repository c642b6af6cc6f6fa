#include "sim/local/reaper.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <thread>

#include <fmt/format.h>

#include "sim/local/clean_up.h"
#include "sim/local/engine_finder.h"

namespace neph {

namespace fs = std::filesystem;
using Milliseconds = std::chrono::milliseconds;

namespace {

constexpr const char* kProgram = "nephoscope-reaper";
constexpr const char* kReady = "ready\n";
constexpr const char* kDone = "done\n";
/// Starting a program and reading one small file.
constexpr Milliseconds kStartLimit{10'000};
/// How often the reaper looks whether the program is still there although the connection is open: a child of
/// the program may hold a copy of its end.
constexpr Milliseconds kLookAgain{2'000};
constexpr std::array kIgnored{SIGINT, SIGHUP, SIGTERM, SIGQUIT, SIGPIPE, SIGTSTP, SIGTTIN, SIGTTOU};

std::string programBesideThis()
{
    std::error_code error;
    const fs::path self = fs::read_symlink("/proc/self/exe", error);
    return error ? std::string(kProgram) : (self.parent_path() / kProgram).string();
}

/// The same descriptor under a number that is none of the three standard ones, which the child replaces.
int aboveStandard(int file)
{
    if (file < 0 || file > 2) {
        return file;
    }
    const int moved = ::fcntl(file, F_DUPFD_CLOEXEC, 3);
    ::close(file);
    return moved;
}

/// Starts the program with `connection` as its standard input and nothing else of ours open. Returns 0 or an
/// errno. Not fork(): between fork and exec a program with threads may hardly call anything.
int spawn(const std::string& program, const std::vector<std::string>& arguments, int connection, pid_t& pid)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_adddup2(&files, connection, 0);
    posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&files, 3);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);

    std::vector<char*> words{const_cast<char*>(program.c_str())};
    for (const std::string& argument : arguments) {
        words.push_back(const_cast<char*>(argument.c_str()));
    }
    words.push_back(nullptr);
    const int failure = posix_spawn(&pid, program.c_str(), &files, &attributes, words.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return failure;
}

/// Waits until something can be read, then reads. Empty: the other side is gone. `limit` < 0: as long as it
/// takes. Nothing within the limit: `isLate`.
std::string receive(int connection, Milliseconds limit, bool& isLate)
{
    pollfd watched{connection, POLLIN, 0};
    const int ready = ::poll(&watched, 1, static_cast<int>(limit.count()));
    isLate = ready == 0 || (ready < 0 && errno == EINTR);
    if (ready <= 0) {
        return {};
    }
    std::array<char, 64> bytes{};
    const ssize_t count = ::recv(connection, bytes.data(), bytes.size(), 0);
    isLate = count < 0 && errno == EINTR;
    return count > 0 ? std::string(bytes.data(), static_cast<std::size_t>(count)) : std::string();
}

void say(int connection, const char* word)
{
    // Whether anybody hears it is not our matter; SIGPIPE would be.
    static_cast<void>(::send(connection, word, std::strlen(word), MSG_NOSIGNAL));
}

/// True where the program has said that all is clean; false where it is gone.
bool waitForTheEnd(const ProcessIdentity& program)
{
    std::string heard;
    for (;;) {
        bool isLate = false;
        const std::string bytes = receive(STDIN_FILENO, kLookAgain, isLate);
        heard += bytes;
        if (heard.find(kDone) != std::string::npos) {
            return true;
        }
        if (bytes.empty() && (!isLate || !isAlive(program))) {
            return false;
        }
    }
}

void standAlone()
{
    for (const int signal : kIgnored) {
        std::signal(signal, SIG_IGN);
    }
    ::setsid();  // Fails where it is the leader already, which is as well.
    ::close_range(3, ~0U, 0);
    // A folder that somebody works in cannot be unmounted.
    static_cast<void>(::chdir("/") == 0);
}

/// A Podman of our own, for the one of the program has ended with it. Any other engine that may be running
/// here would know nothing of its containers.
Result<FoundEngine> startPodman(const std::string& runtime)
{
    const char* path = std::getenv("PATH");
    EngineWishes wishes;
    wishes.runtime = runtime;
    wishes.environment = std::map<std::string, std::string>{
        {"PATH", std::string(path != nullptr ? path : "") + ":/usr/local/bin:/usr/bin:/usr/sbin:/sbin"}};
    wishes.usualSockets.clear();
    EngineSearch search = findEngine(wishes);
    if (!search.found) {
        return Error{ErrorCode::NotFound, "podman", search.toText()};
    }
    return std::move(*search.found);
}

/// An engine that restarts is back within seconds; what is still there then waits for the next sweep.
CleanUpReport cleanUpStubbornly(const SessionRecord& record)
{
    CleanUpReport report;
    for (int attempt = 0; attempt < 5; ++attempt) {
        if (attempt > 0) {
            std::this_thread::sleep_for(std::chrono::seconds(3));
        }
        std::unique_ptr<EngineProcess> process;
        std::string socket = record.socket;
        if (record.ownEngine) {
            if (Result<FoundEngine> own = startPodman(record.runtime)) {
                process = std::move(own->process);
                socket = own->socket;
            }
        }
        ContainerEngine engine(socket, record.runtime, Milliseconds(8'000));
        report = cleanUp(
            engine, record.session,
            {.grace = Milliseconds(2'000), .within = Milliseconds(9'500), .quiet = Milliseconds(2'000)});
        if (report.isClean()) {
            break;
        }
    }
    return report;
}

}  // namespace

Result<std::unique_ptr<Reaper>>
Reaper::start(const SessionRecords& records, const std::string& session, const std::string& program)
{
    const std::string path = program.empty() ? programBesideThis() : program;
    std::array<int, 2> ends{-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
        return Error{
            ErrorCode::CannotRead, path,
            fmt::format("The lab's clean-up helper cannot be reached: {}.", std::strerror(errno))};
    }
    const int ours = aboveStandard(ends[0]);
    const int theirs = aboveStandard(ends[1]);
    pid_t pid = 0;
    const int failure = spawn(path, {records.folder(), session}, theirs, pid);
    ::close(theirs);
    if (failure != 0) {
        ::close(ours);
        return Error{
            ErrorCode::NotFound, path,
            fmt::format(
                "The lab's clean-up helper '{}' cannot be started: {}. It belongs beside the program; "
                "without "
                "it nothing is started.",
                path, std::strerror(failure))};
    }
    std::unique_ptr<Reaper> reaper(new Reaper(pid, ours));
    bool isLate = false;
    if (receive(ours, kStartLimit, isLate) != kReady) {
        reaper->dismiss();
        return Error{
            ErrorCode::CannotRead, path,
            fmt::format(
                "The lab's clean-up helper '{}' does not watch over this session, so nothing is started. Is "
                "it "
                "of the same version as the program?",
                path)};
    }
    return reaper;
}

Reaper::~Reaper()
{
    if (m_connection >= 0) {
        ::close(m_connection);
    }
    hasEnded();
}

void Reaper::dismiss()
{
    if (m_connection < 0) {
        return;
    }
    say(m_connection, kDone);
    ::close(m_connection);
    m_connection = -1;
    for (int i = 0; i < 200 && !hasEnded(); ++i) {
        std::this_thread::sleep_for(Milliseconds(10));
    }
}

bool Reaper::isWatching()
{
    return m_connection >= 0 && !hasEnded();
}

bool Reaper::hasEnded()
{
    // Whoever waits for all children of the program may have taken it: no such child is an end as well.
    if (!m_ended) {
        const pid_t ended = ::waitpid(m_pid, nullptr, WNOHANG);
        m_ended = ended == m_pid || (ended < 0 && errno == ECHILD);
    }
    return m_ended;
}

int runReaper(const std::string& folder, const std::string& session)
{
    standAlone();
    const SessionRecords records(folder);
    const Result<SessionRecord> record = records.read(session);
    if (!record) {
        return 2;
    }
    say(STDIN_FILENO, kReady);
    if (waitForTheEnd(record->session.process)) {
        return 0;
    }
    const CleanUpReport report = cleanUpStubbornly(*record);
    if (report.isClean()) {
        static_cast<void>(records.remove(session));
        return 0;
    }
    SessionRecord left = *record;
    left.status = report.text();
    static_cast<void>(records.write(left));
    return 1;
}

}  // namespace neph
