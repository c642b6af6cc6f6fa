#include "sim/model/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>

#include <fmt/format.h>

namespace neph {

const FileOps& FileOps::posix()
{
    static const FileOps ops{
        [](const char* path, int flags, unsigned mode) { return ::open(path, flags, mode); },
        ::write,
        ::fsync,
        ::close,
        ::link,
        ::rename,
        ::unlink,
    };
    return ops;
}

namespace {

Error cannotWrite(const std::string& path, int reason)
{
    return {
        ErrorCode::CannotWrite, path,
        fmt::format("'{}' cannot be written: {}.", path, std::strerror(reason))};
}

Error cannotRead(const std::string& path, const std::string& why)
{
    return {ErrorCode::CannotRead, path, fmt::format("'{}' cannot be read: {}.", path, why)};
}

/// Where the bytes of `path` really lie: saving through a symbolic link must not replace the link.
std::string targetOf(const std::string& path)
{
    std::error_code error;
    const std::filesystem::path target = std::filesystem::weakly_canonical(path, error);
    return error ? path : target.string();
}

std::string folderOf(const std::string& path)
{
    const std::string folder = std::filesystem::path(path).parent_path().string();
    return folder.empty() ? "." : folder;
}

/// A name that nothing else uses, beside `path` so that a rename can replace it, and short whatever its
/// length.
std::string temporaryBeside(const std::string& path, const char* purpose)
{
    static std::atomic<int> counter = 0;
    for (;;) {
        std::string name = fmt::format("{}/.nepho-{}-{}-{}", folderOf(path), purpose, ::getpid(), counter++);
        // A process of the same number may have died here and left its file.
        if (::access(name.c_str(), F_OK) != 0) {
            return name;
        }
    }
}

/// Removes a temporary file when the scope ends, unless it has become the real one.
class Temporary {
public:
    Temporary(const FileOps& ops, std::string path) : m_ops(ops), m_path(std::move(path)) {}
    ~Temporary()
    {
        if (!m_path.empty()) {
            m_ops.unlink(m_path.c_str());
        }
    }
    Temporary(const Temporary&) = delete;
    Temporary& operator=(const Temporary&) = delete;

    const char* path() const { return m_path.c_str(); }
    void release() { m_path.clear(); }

private:
    const FileOps& m_ops;
    std::string m_path;
};

/// Writes all bytes, syncs and closes. Returns 0 or the errno of what failed first.
int writeAll(const FileOps& ops, int file, std::string_view text)
{
    int failure = 0;
    while (!text.empty() && failure == 0) {
        const ssize_t written = ops.write(file, text.data(), text.size());
        if (written > 0) {
            text.remove_prefix(static_cast<std::size_t>(written));
        } else if (written == 0 || errno != EINTR) {
            failure = written == 0 ? ENOSPC : errno;
        }
    }
    if (failure == 0 && ops.fsync(file) != 0) {
        failure = errno;
    }
    if (ops.close(file) != 0 && failure == 0) {
        failure = errno;
    }
    return failure;
}

/// What a file without a predecessor may be used for; the user's umask takes away from it.
constexpr unsigned kUsualMode = 0666;

int createFile(const FileOps& ops, const char* path, unsigned mode, std::string_view text)
{
    const int file = ops.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (file < 0) {
        return errno;
    }
    if (mode != kUsualMode) {
        // Not a reason to lose the text where the file system has no permissions.
        static_cast<void>(::fchmod(file, mode));
    }
    return writeAll(ops, file, text);
}

/// Gives what is at `path` the second name `path~`, by way of a third so that an old `path~` is replaced at
/// once. Where the file system has no hard links the bytes are copied.
int keepPrevious(const FileOps& ops, const std::string& path, unsigned mode)
{
    Temporary backup(ops, temporaryBeside(path, "old"));
    if (ops.link(path.c_str(), backup.path()) != 0) {
        if (errno == ENOSPC || errno == EIO || errno == EDQUOT) {
            return errno;
        }
        const Result<std::string> text = readFile(path, static_cast<std::size_t>(-1));
        if (!text) {
            return EIO;
        }
        if (const int failure = createFile(ops, backup.path(), mode, *text); failure != 0) {
            return failure;
        }
    }
    if (ops.rename(backup.path(), (path + '~').c_str()) != 0) {
        return errno;
    }
    // When both names are the same file already, rename leaves both, and the third name must go: ~Temporary.
    return 0;
}

int syncFolder(const FileOps& ops, const std::string& folder)
{
    const int file = ops.open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    if (file < 0) {
        return errno;
    }
    // Some network file systems cannot sync a folder and say EINVAL; there is nothing more to do there.
    const int failure = ops.fsync(file) != 0 && errno != EINVAL ? errno : 0;
    const int closed = ops.close(file) != 0 ? errno : 0;
    return failure != 0 ? failure : closed;
}

}  // namespace

Result<Done> writeFileAtomically(const std::string& path, std::string_view text, const WriteOptions& options)
{
    const FileOps& ops = options.ops;
    const std::string target = targetOf(path);
    struct stat existing {};
    const bool exists = ::stat(target.c_str(), &existing) == 0;
    if (exists && !S_ISREG(existing.st_mode)) {
        return cannotWrite(path, S_ISDIR(existing.st_mode) ? EISDIR : EINVAL);
    }
    if (exists && ::access(target.c_str(), W_OK) != 0) {
        // The rename would succeed, but its owner has protected this file.
        return cannotWrite(path, errno);
    }

    const unsigned mode = exists ? existing.st_mode & 07777u : kUsualMode;
    Temporary fresh(ops, temporaryBeside(target, "new"));
    if (const int failure = createFile(ops, fresh.path(), mode, text); failure != 0) {
        return cannotWrite(path, failure);
    }
    if (exists && options.keepPrevious) {
        if (const int failure = keepPrevious(ops, target, mode); failure != 0) {
            return cannotWrite(path + '~', failure);
        }
    }
    if (ops.rename(fresh.path(), target.c_str()) != 0) {
        return cannotWrite(path, errno);
    }
    fresh.release();
    if (const int failure = syncFolder(ops, folderOf(target)); failure != 0) {
        return cannotWrite(path, failure);
    }
    return Done{};
}

Result<std::string> readFile(const std::string& path, std::size_t mostBytes)
{
    // Without O_NONBLOCK, opening a named pipe would wait for a writer.
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) {
        return cannotRead(path, std::strerror(errno));
    }
    const std::unique_ptr<const int, void (*)(const int*)> closer(
        &descriptor, [](const int* file) { ::close(*file); });
    struct stat status {};
    if (::fstat(descriptor, &status) != 0) {
        return cannotRead(path, std::strerror(errno));
    }
    if (!S_ISREG(status.st_mode)) {
        return cannotRead(path, S_ISDIR(status.st_mode) ? "it is a folder" : "it is not a regular file");
    }
    if (static_cast<std::size_t>(status.st_size) > mostBytes) {
        return Error{
            ErrorCode::TooLarge, path,
            fmt::format("'{}' has {} bytes; at most {} are read.", path, status.st_size, mostBytes)};
    }

    std::string text;
    text.reserve(static_cast<std::size_t>(status.st_size));
    std::array<char, 65536> buffer;
    for (;;) {
        const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return cannotRead(path, std::strerror(errno));
        }
        if (count == 0) {
            return text;
        }
        text.append(buffer.data(), static_cast<std::size_t>(count));
        if (text.size() > mostBytes) {
            return Error{
                ErrorCode::TooLarge, path,
                fmt::format("'{}' grew beyond {} bytes while it was read.", path, mostBytes)};
        }
    }
}

}  // namespace neph
