#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "sim/base/result.h"
#include "sim/local/container_engine.h"
#include "sim/local/lab_session.h"

namespace neph {

struct CleanUpOptions {
    /// How long a container has to end by itself; less where `within` would not allow it.
    std::chrono::milliseconds grace{3000};
    /// After this no further attempt is made.
    std::chrono::milliseconds within{10'000};
    /// How long nothing more must appear before it counts as clean. An engine may still be at work on what a
    /// process asked for just before it was killed. 0: nobody asks for anything any more.
    std::chrono::milliseconds quiet{0};
};

/// One container, network, volume or image by name (by id where it has none).
struct CleanedThing {
    Thing sort = Thing::Container;
    std::string name;
    std::string why;  ///< Why it could not be removed; empty where it was.
};

struct CleanUpReport {
    std::vector<CleanedThing> removed;
    std::vector<CleanedThing> left;   ///< Still there after the last attempt.
    std::optional<Error> unanswered;  ///< The engine did not say what is there.
    double seconds = 0;

    bool isClean() const { return left.empty() && !unanswered; }
    /// "Removed 3 containers and 1 network." and what is left and why: for people.
    std::string text() const;
};

/// Stops and removes everything of a session: containers, then networks, volumes and images. Volumes with
/// data stay. Several attempts; what is gone already is fine. Things without the labels of this very session
/// are not touched, nor are images to which somebody has given a name of his own: ours begin with
/// "nephoscope." or lie in a registry on loopback. The record of the session stays: who calls removes it when
/// all is clean.
CleanUpReport cleanUp(ContainerEngine& engine, const LabSession& session, const CleanUpOptions& options = {});

struct SweepReport {
    struct Swept {
        LabSession session;
        CleanUpReport report;
    };
    std::vector<Swept> swept;        ///< Sessions that were over.
    std::vector<LabSession> living;  ///< Left alone.
    /// Things of this installation whose labels do not say which process made them: left alone.
    std::vector<CleanedThing> unclear;

    bool isClean() const;
    std::string text() const;
};

/// At start-up: removes what sessions of this installation left behind whose process is gone or whose time is
/// over, and their records. Sessions that are alive, things that outlive sessions, and everything without the
/// owner label of this installation are left alone. A record counts for more than labels: it may have been
/// given more time. Errors: as the engine, where it does not say what is there.
Result<SweepReport>
sweep(ContainerEngine& engine, const SessionRecords& records, const CleanUpOptions& options = {});

/// A volume with data that outlived its session.
struct DataVolume {
    std::string name;
    std::string design;  ///< Id of the design it belongs to.
    std::string what;    ///< Its name in the design.
};

/// Those of this installation. Errors: as the engine.
Result<std::vector<DataVolume>> dataVolumes(ContainerEngine& engine, const std::string& owner);

/// Removes one of them, and nothing else. Errors: NotFound (there is none of that name), and as the engine.
Result<Done> removeDataVolume(ContainerEngine& engine, const std::string& owner, const std::string& name);

}  // namespace neph
