#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/base/result.h"
#include "sim/local/process_identity.h"

namespace neph {

using Labels = std::map<std::string, std::string>;

/// The labels of everything that the lab makes.
inline constexpr const char* kOwnerLabel = "io.nephoscope.owner";      ///< Installation.
inline constexpr const char* kSessionLabel = "io.nephoscope.session";  ///< Absent: it outlives sessions.
inline constexpr const char* kPidLabel = "io.nephoscope.pid";
inline constexpr const char* kBootLabel = "io.nephoscope.boot";
inline constexpr const char* kStartedLabel = "io.nephoscope.started";
inline constexpr const char* kNamespaceLabel = "io.nephoscope.pidns";
inline constexpr const char* kExpiresLabel = "io.nephoscope.expires";  ///< Unix seconds.
/// On volumes that hold what people typed or loaded: "<design id>/<name>". Kept until somebody asks by name.
inline constexpr const char* kDataLabel = "io.nephoscope.data";

/// One use of the lab by one process: what is made for it is gone when it ends, however it ends.
struct LabSession {
    std::string id;     ///< UUID.
    std::string owner;  ///< Installation.
    ProcessIdentity process;
    std::int64_t expires = 0;  ///< Unix seconds.

    /// What each container, network, image and volume of the session carries.
    Labels labels() const;
    /// The session that wrote these labels; nothing where one is missing or is not what we write.
    static std::optional<LabSession> fromLabels(const Labels& labels);

    friend bool operator==(const LabSession&, const LabSession&) = default;
};

/// Its process is there and it has not expired.
bool isAlive(const LabSession& session, std::int64_t now);
bool isAlive(const LabSession& session);

/// Labels of a volume that outlives its session.
Labels dataVolumeLabels(const std::string& owner, const std::string& design, const std::string& name);

/// What a session leaves on disk before it makes the first thing, so that no crash can hide what it made.
struct SessionRecord {
    LabSession session;
    std::string socket;   ///< Of the engine.
    std::string runtime;  ///< As given to the engine; may be empty.
    /// The engine is a Podman that this program has started, and ends with it. Any other Podman of this user
    /// finds the same containers.
    bool ownEngine = false;
    std::string design;  ///< Its name, for people.
    std::string status = "starting";
    std::map<std::string, std::string> endpoints;  ///< Name to address ("127.0.0.1:49153").
    std::map<std::string, std::string> targets;    ///< Link of users to the URL that it leads to.

    friend bool operator==(const SessionRecord&, const SessionRecord&) = default;
};

/// The records of this user: `folder`/lab/<session>.json.
class SessionRecords {
public:
    /// `folder`: see `stateFolder()`.
    explicit SessionRecords(std::string folder);

    const std::string& folder() const { return m_folder; }
    std::string pathOf(const std::string& session) const;

    /// On disk when it returns. Errors: CannotWrite.
    Result<Done> write(const SessionRecord& record) const;
    /// Errors: CannotRead, NotJson, UnknownFormat, NewerVersion, Invalid.
    Result<SessionRecord> read(const std::string& session) const;
    /// A record that is not there is fine. Errors: CannotWrite.
    Result<Done> remove(const std::string& session) const;
    /// Ids of all records, readable or not.
    std::vector<std::string> sessions() const;

private:
    std::string m_folder;
};

/// A new session of this process. Errors: as `installationId` and `ownIdentity`.
Result<LabSession> newSession(const std::string& folder, std::int64_t lifetimeSeconds);

/// Unix seconds.
std::int64_t unixNow();

}  // namespace neph
