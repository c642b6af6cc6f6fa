#pragma once

#include <string>

#include "sim/base/result.h"

namespace neph {

/// Where the program keeps what it must remember between runs: $XDG_STATE_HOME/nephoscope, or
/// ~/.local/state/nephoscope where that is not set. Made for its user alone if it is not there.
/// Errors: CannotWrite. Source: XDG Base Directory Specification 0.8 (a relative path is ignored).
Result<std::string> stateFolder();

/// `folder` and what is above it, readable to its user alone where it had to be made. Errors: CannotWrite.
Result<Done> makePrivateFolder(const std::string& folder);

/// A random UUID (RFC 9562, version 4).
std::string newUuid();
bool isUuid(const std::string& text);

/// The name of this installation, made at the first call and kept in `folder`/installation. Two programs that
/// start at once get the same. Errors: CannotRead, CannotWrite.
Result<std::string> installationId(const std::string& folder);

/// Holds other programs of this user off a file as long as it lives; reading needs none, for files are
/// replaced at once.
class FileLock {
public:
    /// Waits for its turn.
    explicit FileLock(const std::string& path);
    ~FileLock();
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;

private:
    int m_file;
};

}  // namespace neph
