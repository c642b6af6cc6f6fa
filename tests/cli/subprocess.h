#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace neph {

/// How a program ended and what it said.
struct Finished {
    int exitCode = -1;  ///< 128 + signal where a signal ended it.
    bool timedOut = false;
    std::string out;
    std::string err;
    double seconds = 0;
};

/// What to do with a program while it runs.
struct Watch {
    std::chrono::milliseconds limit{60'000};  ///< It is killed after that.
    std::chrono::milliseconds signalAfter{0};
    int signal = 0;  ///< Sent to it once, after `signalAfter`; 0: none.
    int signals = 1;
};

/// Runs nepho with these arguments, its output in pipes, and waits for it.
Finished nepho(const std::vector<std::string>& arguments, const Watch& watch = {});

/// A folder of its own for each test, empty, and gone with the object.
class TestFolder {
public:
    TestFolder();
    ~TestFolder();
    TestFolder(const TestFolder&) = delete;
    TestFolder& operator=(const TestFolder&) = delete;

    std::string path(const std::string& file) const { return m_path + '/' + file; }
    /// Writes a file there and returns its path.
    std::string write(const std::string& file, const std::string& text) const;
    /// The text of a file there.
    std::string read(const std::string& file) const;

private:
    std::string m_path;
};

}  // namespace neph
