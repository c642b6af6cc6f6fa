#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include <sys/types.h>

namespace neph {

/// A folder of its own, empty, and gone with the object.
class TemporaryFolder {
public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    std::string path(const std::string& name = "") const
    {
        return name.empty() ? m_path : m_path + '/' + name;
    }

private:
    std::string m_path;
};

/// A program that runs beside the test. It dies with the object, and with the test.
class ChildProcess {
public:
    using Words = std::vector<std::string>;
    ChildProcess(const Words& words, const std::map<std::string, std::string>& variables = {});
    ~ChildProcess();
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    /// What it wrote so far.
    std::string output() const;
    std::string errors() const;
    /// Whether that text comes in its output or errors in time; stops early where the program ends.
    bool says(const std::string& text, std::chrono::seconds limit = std::chrono::seconds(60));

    void signal(int number) const;
    bool isRunning();
    /// Waits for its end; its exit code, or 128 + signal. It is killed, and -1, after the limit.
    int wait(std::chrono::seconds limit = std::chrono::seconds(60));

private:
    bool reap(bool block);

    TemporaryFolder m_folder;
    pid_t m_pid = -1;
    bool m_ended = false;
    int m_exitCode = -1;
};

/// A port that nobody listens on at the moment.
int freePort();

/// Calls until it is true or the time is over.
template <typename Condition>
bool eventually(const Condition& condition, std::chrono::milliseconds limit = std::chrono::seconds(60));

std::string textOfFile(const std::string& path);
void waitAMoment();

template <typename Condition>
bool eventually(const Condition& condition, std::chrono::milliseconds limit)
{
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) {
            return false;
        }
        waitAMoment();
    }
    return true;
}

}  // namespace neph
