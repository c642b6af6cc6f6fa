#include "tests/cli/subprocess.h"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace neph {

namespace {

using Clock = std::chrono::steady_clock;

struct Child {
    pid_t id = -1;
    int out = -1;
    int err = -1;
};

Child start(const std::vector<std::string>& arguments)
{
    int out[2];
    int err[2];
    if (pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0) {
        return {};
    }
    std::vector<std::string> words = {NEPHO};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (std::string& word : words) {
        argv.push_back(word.data());
    }
    argv.push_back(nullptr);
    const pid_t id = fork();
    if (id == 0) {
        dup2(out[1], STDOUT_FILENO);
        dup2(err[1], STDERR_FILENO);
        execv(argv[0], argv.data());
        _exit(127);
    }
    close(out[1]);
    close(err[1]);
    return {id, out[0], err[0]};
}

/// Appends what is there; false at the end of the stream.
bool drain(int file, std::string& text)
{
    char bytes[65536];
    const ssize_t count = read(file, bytes, sizeof bytes);
    if (count > 0) {
        text.append(bytes, static_cast<std::size_t>(count));
    }
    return count > 0;
}

/// Reads both streams to their end, sends the signals that are asked for, and kills what takes too long.
void watchOver(const Child& child, const Watch& watch, Clock::time_point begun, Finished& finished)
{
    pollfd streams[] = {{child.out, POLLIN, 0}, {child.err, POLLIN, 0}};
    std::string* const texts[] = {&finished.out, &finished.err};
    int signalsLeft = watch.signal == 0 ? 0 : watch.signals;
    Clock::time_point nextSignal = begun + watch.signalAfter;
    while (streams[0].fd >= 0 || streams[1].fd >= 0) {
        poll(streams, 2, 10);
        for (int i = 0; i < 2; ++i) {
            if ((streams[i].revents & (POLLIN | POLLHUP)) != 0 && !drain(streams[i].fd, *texts[i])) {
                streams[i].fd = -1;
            }
        }
        const Clock::time_point now = Clock::now();
        if (signalsLeft > 0 && now >= nextSignal) {
            kill(child.id, watch.signal);
            --signalsLeft;
            nextSignal = now + std::chrono::milliseconds(100);
        }
        if (!finished.timedOut && now - begun > watch.limit) {
            finished.timedOut = true;
            kill(child.id, SIGKILL);
        }
    }
}

}  // namespace

Finished nepho(const std::vector<std::string>& arguments, const Watch& watch)
{
    Finished finished;
    const Clock::time_point begun = Clock::now();
    const Child child = start(arguments);
    if (child.id < 0) {
        return finished;
    }
    watchOver(child, watch, begun, finished);
    close(child.out);
    close(child.err);
    int status = 0;
    waitpid(child.id, &status, 0);
    finished.exitCode = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    finished.seconds = std::chrono::duration<double>(Clock::now() - begun).count();
    return finished;
}

TestFolder::TestFolder()
{
    std::string name = (std::filesystem::temp_directory_path() / "nepho-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
        std::abort();
    }
    m_path = name;
}

TestFolder::~TestFolder()
{
    std::error_code ignored;
    std::filesystem::remove_all(m_path, ignored);
}

std::string TestFolder::write(const std::string& file, const std::string& text) const
{
    std::ofstream(path(file), std::ios::binary) << text;
    return path(file);
}

std::string TestFolder::read(const std::string& file) const
{
    std::ifstream stream(path(file), std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace neph
