#include "tests/workload/child_process.h"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace neph {

TemporaryFolder::TemporaryFolder()
    : m_path((std::filesystem::temp_directory_path() / "neph-workload-XXXXXX").string())
{
    if (mkdtemp(m_path.data()) == nullptr) {
        std::abort();
    }
}

TemporaryFolder::~TemporaryFolder()
{
    std::error_code ignored;
    std::filesystem::remove_all(m_path, ignored);
}

ChildProcess::ChildProcess(const Words& words, const std::map<std::string, std::string>& variables)
{
    const std::string out = m_folder.path("out");
    const std::string err = m_folder.path("err");
    std::vector<char*> pointers;
    for (const std::string& word : words) {
        pointers.push_back(const_cast<char*>(word.c_str()));
    }
    pointers.push_back(nullptr);
    const pid_t parent = getpid();
    m_pid = fork();
    if (m_pid != 0) {
        return;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        _exit(125);
    }
    dup2(open("/dev/null", O_RDONLY), 0);
    dup2(open(out.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600), 1);
    dup2(open(err.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600), 2);
    for (const auto& [name, value] : variables) {
        setenv(name.c_str(), value.c_str(), 1);
    }
    execvp(pointers.front(), pointers.data());
    _exit(127);
}

ChildProcess::~ChildProcess()
{
    if (!reap(false)) {
        signal(SIGKILL);
        reap(true);
    }
}

std::string ChildProcess::output() const
{
    return textOfFile(m_folder.path("out"));
}

std::string ChildProcess::errors() const
{
    return textOfFile(m_folder.path("err"));
}

bool ChildProcess::says(const std::string& text, std::chrono::seconds limit)
{
    const auto said = [&] { return (output() + errors()).find(text) != std::string::npos; };
    eventually([&] { return said() || !isRunning(); }, limit);
    return said();
}

void ChildProcess::signal(int number) const
{
    if (!m_ended) {
        kill(m_pid, number);
    }
}

bool ChildProcess::isRunning()
{
    return !reap(false);
}

int ChildProcess::wait(std::chrono::seconds limit)
{
    if (!eventually([&] { return reap(false); }, limit)) {
        signal(SIGKILL);
        reap(true);
        return -1;
    }
    return m_exitCode;
}

bool ChildProcess::reap(bool block)
{
    int status = 0;
    if (!m_ended && waitpid(m_pid, &status, block ? 0 : WNOHANG) == m_pid) {
        m_ended = true;
        m_exitCode = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    return m_ended;
}

int freePort()
{
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        std::abort();
    }
    close(listener);
    return ntohs(address.sin_port);
}

std::string textOfFile(const std::string& path)
{
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

void waitAMoment()
{
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

}  // namespace neph
