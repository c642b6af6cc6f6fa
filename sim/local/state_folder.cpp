#include "sim/local/state_folder.h"

#include <fcntl.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>

#include "sim/model/atomic_file.h"

namespace neph {

namespace fs = std::filesystem;

namespace {

std::string homeFolder()
{
    if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/') {
        return home;
    }
    const passwd* user = ::getpwuid(::getuid());
    return user != nullptr && user->pw_dir != nullptr ? user->pw_dir : "";
}

}  // namespace

Result<std::string> stateFolder()
{
    std::string folder;
    if (const char* state = std::getenv("XDG_STATE_HOME"); state != nullptr && *state == '/') {
        folder = std::string(state) + "/nephoscope";
    } else if (const std::string home = homeFolder(); !home.empty()) {
        folder = home + "/.local/state/nephoscope";
    } else {
        return Error{
            ErrorCode::CannotWrite, "XDG_STATE_HOME",
            "There is no home folder to keep the lab's records in; set XDG_STATE_HOME to a folder of yours."};
    }
    const Result<Done> made = makePrivateFolder(folder);
    if (!made) {
        return made.error();
    }
    return folder;
}

Result<Done> makePrivateFolder(const std::string& folder)
{
    fs::path path;
    for (const fs::path& part : fs::path(folder)) {
        path /= part;
        if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST && !fs::is_directory(path)) {
            const int reason = errno;
            return Error{
                ErrorCode::CannotWrite, folder,
                fmt::format(
                    "The folder '{}' cannot be made: {}. XDG_STATE_HOME can name another place.",
                    path.string(), std::strerror(reason))};
        }
    }
    if (!fs::is_directory(path)) {
        return Error{
            ErrorCode::CannotWrite, folder,
            fmt::format("'{}' is not a folder; move it away, or set XDG_STATE_HOME.", folder)};
    }
    return Done{};
}

std::string newUuid()
{
    std::array<std::uint8_t, 16> bytes{};
    // Sixteen bytes come whole or not at all, and fail only where the kernel has no such call.
    while (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
        if (errno != EINTR) {
            std::abort();
        }
    }
    bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x40);
    bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        text += fmt::format("{}{:02x}", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", bytes[i]);
    }
    return text;
}

bool isUuid(const std::string& text)
{
    if (text.size() != 36) {
        return false;
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool isDash = i == 8 || i == 13 || i == 18 || i == 23;
        const char c = text[i];
        if (isDash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
            return false;
        }
    }
    return true;
}

Result<std::string> installationId(const std::string& folder)
{
    if (const Result<Done> made = makePrivateFolder(folder); !made) {
        return made.error();
    }
    const std::string path = folder + "/installation";
    const FileLock lock(path + ".lock");
    if (Result<std::string> text = readFile(path, 4096); text) {
        text->erase(std::find_if(text->begin(), text->end(), ::isspace), text->end());
        if (isUuid(*text)) {
            return *text;
        }
        // Damaged. What carries the old name is still found by the records of its sessions.
    } else if (fs::exists(path)) {
        return text.error();
    }
    const std::string fresh = newUuid();
    if (const Result<Done> written = writeFileAtomically(path, fresh + '\n'); !written) {
        return written.error();
    }
    return fresh;
}

FileLock::FileLock(const std::string& path) : m_file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600))
{
    // Without locks (some network file systems) the last writer wins, which loses an entry and no more.
    while (m_file >= 0 && ::flock(m_file, LOCK_EX) != 0 && errno == EINTR) {
    }
}

FileLock::~FileLock()
{
    if (m_file >= 0) {
        ::close(m_file);
    }
}

}  // namespace neph
