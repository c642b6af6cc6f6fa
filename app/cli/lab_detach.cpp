// A lab that outlives the terminal: another process of this program, and a log of what it says.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

#include "app/cli/interrupt.h"
#include "app/cli/lab_command.h"
#include "app/cli/output.h"
#include "sim/local/lab_session.h"

namespace neph::cli {

namespace {

/// The same words, without the question that has been answered.
std::vector<std::string> wordsOf(const LabCommandOptions& options)
{
    std::vector<std::string> words{"nepho", "lab", "up", options.design, "--allow-containers"};
    const auto add = [&words](const char* option, const std::string& value) {
        if (!value.empty()) {
            words.insert(words.end(), {option, value});
        }
    };
    add("--for", options.length);
    add("--engine", options.engine);
    add("--runtime", options.runtime);
    add("--seed", std::to_string(options.seed));
    for (const std::string& setting : options.settings) {
        add("--set", setting);
    }
    if (options.withoutLimits) {
        words.emplace_back("--without-limits");
    }
    if (options.withLoad) {
        words.emplace_back("--load");
    }
    return words;
}

/// Returns 0 or an errno.
int startAway(const std::vector<std::string>& words, const std::string& log, pid_t& pid)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, 1, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_adddup2(&files, 1, 2);
    posix_spawn_file_actions_addclosefrom_np(&files, 3);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);
    std::vector<char*> arguments;
    for (const std::string& word : words) {
        arguments.push_back(const_cast<char*>(word.c_str()));
    }
    arguments.push_back(nullptr);
    const int failure = posix_spawn(&pid, "/proc/self/exe", &files, &attributes, arguments.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return failure;
}

/// The record of that process, once it has one.
std::optional<SessionRecord> recordOf(const std::string& state, pid_t pid)
{
    const SessionRecords records(state);
    for (const std::string& id : records.sessions()) {
        Result<SessionRecord> record = records.read(id);
        if (record && record->session.process.pid == pid) {
            return std::move(*record);
        }
    }
    return std::nullopt;
}

}  // namespace

ExitCode upDetached(const LabCommandOptions& options)
{
    const std::optional<std::string> state = stateOrComplaint();
    if (!state) {
        return BadInput;
    }
    std::error_code ignored;
    std::filesystem::create_directories(*state + "/lab", ignored);
    const std::string log = fmt::format("{}/lab/detached-{}.log", *state, getpid());
    const Interrupt interrupt;
    pid_t pid = 0;
    if (const int failure = startAway(wordsOf(options), log, pid); failure != 0) {
        complain(fmt::format("No process of its own can be started: {}.", std::strerror(failure)));
        return BadInput;
    }
    tell("setting up ...");
    bool isCalledOff = false;
    for (;;) {
        int status = 0;
        if (waitpid(pid, &status, WNOHANG) == pid) {
            std::ifstream in(log);
            fmt::print(stderr, "{}", std::string((std::istreambuf_iterator<char>(in)), {}));
            std::filesystem::remove(log, ignored);
            return WIFEXITED(status) && !isCalledOff ? static_cast<ExitCode>(WEXITSTATUS(status)) : No;
        }
        if (interrupt.token().stop_requested() && !isCalledOff) {
            isCalledOff = true;
            tell("cleaning up ...");
            kill(pid, SIGTERM);
        }
        const std::optional<SessionRecord> record = recordOf(*state, pid);
        if (record && record->status == "running" && !isCalledOff) {
            for (const auto& [name, words] : record->endpoints) {
                fmt::print("{:<24} {}\n", name, words);
            }
            fmt::print("It stays up. 'nepho lab down' ends it; what it says is in {}.\n", log);
            return Ok;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
}

}  // namespace neph::cli
