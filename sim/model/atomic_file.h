#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "sim/base/result.h"

namespace neph {

/// The operations of the operating system that files need, so that tests can make each of them fail.
/// Every one answers as its POSIX namesake: -1 and errno on failure.
struct FileOps {
    int (*open)(const char* path, int flags, unsigned mode);
    ssize_t (*write)(int file, const void* bytes, std::size_t count);
    int (*fsync)(int file);
    int (*close)(int file);
    int (*link)(const char* from, const char* to);
    int (*rename)(const char* from, const char* to);
    int (*unlink)(const char* path);

    static const FileOps& posix();
};

struct WriteOptions {
    bool keepPrevious = false;  ///< Keep what was there before as `path~`.
    const FileOps& ops = FileOps::posix();
};

/// Puts `text` into the file `path`, so that at every moment, also after a crash or a power cut, the file
/// holds either all of the old text or all of the new one: temporary file beside it, fsync, rename, fsync of
/// the folder. A symbolic link is followed, and permissions of an existing file are kept. Errors:
/// CannotWrite. The old text is still there then, with one exception: when only the last fsync (of the
/// folder) fails, the new text is in place and may be lost with the power.
Result<Done>
writeFileAtomically(const std::string& path, std::string_view text, const WriteOptions& options = {});

/// The text of a regular file of at most `mostBytes`; larger ones are refused before they are read.
/// Errors: CannotRead (absent, no permission, a folder, a device), TooLarge.
Result<std::string> readFile(const std::string& path, std::size_t mostBytes);

}  // namespace neph
