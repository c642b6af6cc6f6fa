#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/cloud/compiler.h"
#include "sim/model/local_face.h"

namespace neph {

/// An image that runs: of the sample workload, of packages of this machine, or the user's own.
struct PlannedImage {
    std::string node;       ///< Node of the image; of the server itself where it is made of packages.
    std::string name;       ///< "shop:1.0", "haproxy"
    std::string recipe;     ///< assets/containers/<recipe>; empty: the user's own.
    std::string reference;  ///< Of the user's own: "docker.io/library/nginx:1.25".
    std::string registry;   ///< Node of the registry it is pushed to and pulled from; may be empty.
};

/// Containers of one node.
struct PlannedContainers {
    std::string node;
    std::string name;  ///< Node's name: "Shop".
    LocalFace::As as = LocalFace::As::Nothing;
    std::string protocol;
    std::string recipe;     ///< Of servers and registries.
    std::string reference;  ///< Of a server with an image of the user's own.
    std::uint32_t count = 1;
    std::uint32_t most = 1;  ///< At any time, deployments included.
    std::int64_t milliCpus = 1000;
    std::int64_t memoryBytes = 256 << 20;
    std::vector<std::string> command;
    std::map<std::string, std::string> environment;
    std::string volumePath;  ///< Of the user's own image; recipes say theirs. Empty: keeps nothing.
    std::uint16_t port = 0;  ///< Inside; 0: as the recipe says.
    bool hasLogin = false;

    /// Run by a controller of its own, behind a door in the gateway.
    bool isHttp() const { return protocol == "http"; }
};

/// Everything that "run for real" would start: what a user agrees to. Made from the faces of kinds alone.
struct LabPlan {
    std::string design;
    std::string designId;      ///< Names its data volumes: letters, digits and dashes of its name.
    std::string designDigest;  ///< SHA-256 of the canonical text, hex.
    std::vector<PlannedImage> images;
    std::vector<PlannedContainers> containers;  ///< Without the gateway, which every lab has.
    std::vector<std::string> notes;             ///< What stays simulation, and what is different: sentences.

    const PlannedContainers* of(const std::string& node) const;
    /// Most vCPUs at one time, gateway and registry left out.
    std::int64_t milliCpus() const;
    std::int64_t memoryBytes() const;
};

/// How a node is called: as its face says, or its own property where the face names one. The sample workload
/// that stands in where no image is given speaks HTTP.
std::string protocolOf(const Node& node, const KindSpec& kind);

/// The user's own image that the containers of a node run, of its own or of an image node behind it; empty:
/// none.
std::string ownImageOf(const Design& design, const Catalog& catalog, const Node& node);

/// The text of the property that a face names under `key`; empty where it names none.
std::string faceText(const Node& node, const KindSpec& kind, const std::string& key);

/// What requests of users ask for; the class follows. An image of the user's own knows nothing of our
/// classes: it is asked for its front page.
std::string requestPathOf(const LabPlan& plan);

/// The plan of a design that compiles. Nothing is asked of any engine.
LabPlan planLab(const CompiledDesign& compiled);

/// The plan in words, for the consent dialog and the terminal.
std::string toText(const LabPlan& plan);

/// SHA-256 of everything in it, hex: consent holds for this and nothing else.
std::string digestOf(const LabPlan& plan);

/// SHA-256, hex.
std::string sha256(const std::string& text);

}  // namespace neph
