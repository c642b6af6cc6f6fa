// nephoscope-launcher: the entry point of images that have no shell.
//
// NEPH_FILE_<n>   = "<absolute path>[ 0600]\n<content>"     writes the file, and the folders above it (mode
// 0644) NEPH_BEFORE_<n> = "[unless=<path>\n]<program>\n<word>..."  runs it, waits, and ends with it if it
// fails; not at all
//                                                           where the path of "unless" is there
// In a file's content {outer interface} is the interface with a way out: an engine numbers interfaces as it
// likes. In order of n, files first. Then the program of the command line takes its place, without these
// variables.
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace neph {
namespace {

constexpr int kCannot = 126;  // As shells say it: found, but cannot be run.

[[noreturn]] void fail(const std::string& what, int code = kCannot)
{
    std::fprintf(stderr, "nephoscope-launcher: %s\n", what.c_str());
    std::exit(code);
}

[[noreturn]] void failWithError(const std::string& what)
{
    fail(what + ": " + std::strerror(errno));
}

/// Takes the variables with that prefix out of the environment, in order of the number behind it.
std::map<long, std::string> takeVariables(const std::string& prefix)
{
    std::map<long, std::string> values;
    std::vector<std::string> names;
    for (char** each = environ; *each != nullptr; ++each) {
        const std::string entry = *each;
        const std::size_t equals = entry.find('=');
        if (entry.compare(0, prefix.size(), prefix) != 0 || equals == std::string::npos) {
            continue;
        }
        const std::string name = entry.substr(0, equals);
        char* end = nullptr;
        const long number = std::strtol(name.c_str() + prefix.size(), &end, 10);
        if (end == name.c_str() + prefix.size() || *end != '\0' ||
            !values.emplace(number, entry.substr(equals + 1)).second) {
            fail(name + " must end in a number of its own");
        }
        names.push_back(name);
    }
    for (const std::string& name : names) {
        unsetenv(name.c_str());
    }
    return values;
}

void makeFoldersAbove(const std::string& path)
{
    for (std::size_t slash = path.find('/', 1); slash != std::string::npos;
         slash = path.find('/', slash + 1)) {
        const std::string folder = path.substr(0, slash);
        if (mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST) {
            failWithError("cannot make " + folder);
        }
    }
}

/// Name of the interface of the default route, as /proc/net/route has it; "lo" where there is none.
std::string outerInterface()
{
    std::FILE* routes = std::fopen("/proc/net/route", "re");
    std::string found = "lo";
    char line[256];
    while (routes != nullptr && found == "lo" && std::fgets(line, sizeof line, routes) != nullptr) {
        char name[32] = "";
        char destination[32] = "";
        if (std::sscanf(line, "%31s %31s", name, destination) == 2 &&
            std::strcmp(destination, "00000000") == 0) {
            found = name;
        }
    }
    if (routes != nullptr) {
        std::fclose(routes);
    }
    return found;
}

std::string filledIn(std::string content)
{
    const std::string mark = "{outer interface}";
    for (std::size_t at = content.find(mark); at != std::string::npos; at = content.find(mark, at)) {
        content.replace(at, mark.size(), outerInterface());
    }
    return content;
}

void writeFile(const std::string& value)
{
    const std::size_t line = value.find('\n');
    std::string path = value.substr(0, line);
    mode_t mode = 0644;
    const std::string secret = " 0600";
    if (path.size() > secret.size() &&
        path.compare(path.size() - secret.size(), secret.size(), secret) == 0) {
        path.resize(path.size() - secret.size());
        mode = 0600;
    }
    if (path.empty() || path[0] != '/') {
        fail("the first line of NEPH_FILE_<n> must be an absolute path, not '" + path + "'");
    }
    makeFoldersAbove(path);
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (file < 0 || fchmod(file, mode) != 0) {
        failWithError("cannot write " + path);
    }
    const std::string content = line == std::string::npos ? "" : filledIn(value.substr(line + 1));
    for (std::size_t written = 0; written < content.size();) {
        const ssize_t now = write(file, content.data() + written, content.size() - written);
        if (now < 0 && errno != EINTR) {
            failWithError("cannot write " + path);
        }
        written += now > 0 ? static_cast<std::size_t>(now) : 0;
    }
    if (close(file) != 0) {
        failWithError("cannot write " + path);
    }
}

std::vector<std::string> linesOf(const std::string& text)
{
    std::vector<std::string> lines;
    for (std::size_t from = 0; from <= text.size();) {
        const std::size_t to = text.find('\n', from);
        lines.push_back(text.substr(from, to - from));
        if (to == std::string::npos) {
            break;
        }
        from = to + 1;
    }
    return lines;
}

[[noreturn]] void become(std::vector<char*> words)
{
    const std::string program = words.front();
    words.push_back(nullptr);
    execvp(words.front(), words.data());
    const int problem = errno;
    fail("cannot run " + program + ": " + std::strerror(problem), problem == ENOENT ? 127 : kCannot);
}

void runBefore(const std::string& value)
{
    std::vector<std::string> words = linesOf(value);
    const std::string unless = "unless=";
    if (words.front().compare(0, unless.size(), unless) == 0) {
        if (access(words.front().c_str() + unless.size(), F_OK) == 0) {
            return;
        }
        words.erase(words.begin());
    }
    if (words.empty() || words.front().empty()) {
        fail("NEPH_BEFORE_<n> names no program");
    }
    std::vector<char*> pointers;
    for (std::string& word : words) {
        pointers.push_back(word.data());
    }
    const pid_t child = fork();
    if (child < 0) {
        failWithError("cannot start " + words.front());
    }
    if (child == 0) {
        become(pointers);
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) {
            failWithError("cannot wait for " + words.front());
        }
    }
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (code != 0) {
        fail(words.front() + " failed with exit code " + std::to_string(code), code);
    }
}

}  // namespace
}  // namespace neph

int main(int count, char** words)
{
    if (count < 2) {
        neph::fail("say which program to start");
    }
    for (const auto& [number, value] : neph::takeVariables("NEPH_FILE_")) {
        neph::writeFile(value);
    }
    for (const auto& [number, value] : neph::takeVariables("NEPH_BEFORE_")) {
        neph::runBefore(value);
    }
    neph::become({words + 1, words + count});
}
