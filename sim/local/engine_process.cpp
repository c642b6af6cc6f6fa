// An engine that is a child of this program.
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <future>
#include <mutex>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/local/engine_finder.h"

namespace neph {
namespace {

constexpr std::chrono::seconds kStartTime{20};
constexpr std::chrono::seconds kStopTime{3};

/// Between fork and exec: only calls that a child of a program with threads may make.
[[noreturn]] void becomeEngine(char* const* arguments, const char* folder, int log, int nothing, pid_t parent)
{
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) {
        _exit(127);  // The parent went before the line above.
    }
    // conmon leaves a file "oom" where it was started from (2.1.6).
    if (chdir(folder) != 0) {
        _exit(127);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    dup2(nothing, STDIN_FILENO);
    dup2(log, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    execv(arguments[0], arguments);
    _exit(127);
}

std::string lastWords(const std::string& file)
{
    std::ifstream in(file);
    std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    return text.size() > 400 ? text.substr(text.size() - 400) : text;
}

}  // namespace

/// The signal of a parent's death is that of its thread's, so a thread of its own starts the child and stays.
struct EngineProcess::State {
    std::string folder;
    std::thread keeper;
    std::mutex lock;
    pid_t pid = -1;
    bool isGone = false;
    std::promise<pid_t> started;
    std::promise<void> leave;

    void keep(std::vector<std::string> command, const std::string& log);
    bool isRunning();
    void signalGroup(int signal);
};

void EngineProcess::State::keep(std::vector<std::string> command, const std::string& log)
{
    std::vector<char*> arguments;
    for (std::string& word : command) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    const int logFile = open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    const pid_t parent = getpid();
    const pid_t child = fork();
    if (child == 0) {
        becomeEngine(arguments.data(), folder.c_str(), logFile, nothing, parent);
    }
    close(logFile);
    close(nothing);
    std::future<void> left = leave.get_future();
    started.set_value(child);
    left.wait();
}

bool EngineProcess::State::isRunning()
{
    const std::lock_guard guard(lock);
    if (!isGone && pid > 0 && waitpid(pid, nullptr, WNOHANG) != 0) {
        isGone = true;
    }
    return pid > 0 && !isGone;
}

void EngineProcess::State::signalGroup(int signal)
{
    const std::lock_guard guard(lock);
    if (pid > 0 && !isGone) {
        ::kill(-pid, signal);
    }
}

EngineProcess::EngineProcess() : m_state(std::make_unique<State>()) {}

EngineProcess::~EngineProcess()
{
    // A group of its own; only what is still ours is signalled, for a number may be given again.
    m_state->signalGroup(SIGTERM);
    const auto end = std::chrono::steady_clock::now() + kStopTime;
    while (m_state->isRunning() && std::chrono::steady_clock::now() < end) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    if (m_state->isRunning()) {
        m_state->signalGroup(SIGKILL);
        waitpid(m_state->pid, nullptr, 0);
    }
    m_state->leave.set_value();
    if (m_state->keeper.joinable()) {
        m_state->keeper.join();
    }
    std::error_code ignored;
    for (const char* name : {"/podman.sock", "/engine.log", "/oom"}) {
        std::filesystem::remove(m_state->folder + name, ignored);
    }
    std::filesystem::remove(m_state->folder, ignored);
}

int EngineProcess::pid() const
{
    return m_state->pid;
}

Result<std::unique_ptr<EngineProcess>>
EngineProcess::start(std::vector<std::string> command, const std::string& socket, const std::string& folder)
{
    std::unique_ptr<EngineProcess> process(new EngineProcess);
    State& state = *process->m_state;
    state.folder = folder;
    const std::string log = folder + "/engine.log";
    const std::string program = command.front();
    state.keeper = std::thread([&state, command, log] { state.keep(command, log); });
    state.pid = state.started.get_future().get();

    const auto end = std::chrono::steady_clock::now() + kStartTime;
    while (state.isRunning() && std::chrono::steady_clock::now() < end) {
        if (access(socket.c_str(), F_OK) == 0 &&
            ContainerEngine(socket, {}, std::chrono::milliseconds(2000)).ping()) {
            return process;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return Error{
        ErrorCode::CannotRead, program,
        fmt::format(
            "{} was started and did not become ready; its last words: {}", program,
            state.pid < 0 ? std::strerror(EAGAIN) : lastWords(log))};
}

}  // namespace neph
