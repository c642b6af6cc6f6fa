#include "sim/local/process_identity.h"

#include <unistd.h>

#include <array>
#include <charconv>
#include <fstream>
#include <optional>
#include <sstream>

#include <fmt/format.h>

namespace neph {

namespace {

/// Files of /proc have no size, so `readFile` would do, but lines are all that is needed here.
std::string firstLine(const std::string& path)
{
    std::ifstream stream(path);
    std::string line;
    std::getline(stream, line);
    return line;
}

std::string linkTarget(const char* path)
{
    std::array<char, 256> target{};
    const ssize_t size = ::readlink(path, target.data(), target.size());
    return size > 0 ? std::string(target.data(), static_cast<std::size_t>(size)) : std::string();
}

std::string bootId()
{
    return firstLine("/proc/sys/kernel/random/boot_id");
}

struct ProcessStat {
    char state = 'X';
    std::uint64_t started = 0;
};

/// Nothing where there is no such process.
std::optional<ProcessStat> statOf(const std::string& pid)
{
    const std::string line = firstLine("/proc/" + pid + "/stat");
    // Field 2 is the name of the program in parentheses and may itself hold spaces and parentheses.
    const std::size_t end = line.rfind(')');
    if (end == std::string::npos) {
        return std::nullopt;
    }
    std::istringstream fields(line.substr(end + 1));
    ProcessStat stat;
    fields >> stat.state;
    std::string field;
    for (int number = 4; number <= 22; ++number) {
        fields >> field;
    }
    const auto [rest, failure] = std::from_chars(field.data(), field.data() + field.size(), stat.started);
    if (!fields || failure != std::errc() || rest != field.data() + field.size()) {
        return std::nullopt;
    }
    return stat;
}

}  // namespace

Result<ProcessIdentity> ownIdentity()
{
    const std::optional<ProcessStat> stat = statOf("self");
    ProcessIdentity own{::getpid(), bootId(), stat ? stat->started : 0, linkTarget("/proc/self/ns/pid")};
    if (!stat || own.boot.empty()) {
        return Error{
            ErrorCode::CannotRead, "/proc",
            "This process cannot be told from others: /proc is not there. The lab needs Linux with /proc."};
    }
    return own;
}

bool isAlive(const ProcessIdentity& process)
{
    const std::string boot = bootId();
    if (process.boot != boot && !boot.empty()) {
        return false;
    }
    const std::string here = linkTarget("/proc/self/ns/pid");
    if (!process.pidNamespace.empty() && process.pidNamespace != here) {
        return true;
    }
    const std::optional<ProcessStat> stat = statOf(std::to_string(process.pid));
    return stat && stat->started == process.started && stat->state != 'Z' && stat->state != 'X';
}

}  // namespace neph
