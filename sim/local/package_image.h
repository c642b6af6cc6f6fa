#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/base/result.h"
#include "sim/local/container_engine.h"

namespace neph {

/// How an image is made of what is installed here, and how it is run: assets/containers/<name>/recipe.json.
struct Recipe {
    /// A file or folder of this machine and where it goes. "@/x" is in the recipe's own folder, "$bin/x" in a
    /// folder that RecipePlaces names.
    struct Part {
        std::string from;
        std::string to;  ///< Equal to `from` where the recipe gives one path.
    };
    enum class Health { Tcp, Http };
    /// How the public `image` is run, which is laid out in another way than ours. Empty image: it is not to
    /// be.
    struct Pulled {
        std::string image;
        std::string user = "65534:65534";
        std::vector<std::string> command;  ///< Empty: the image's own.
        std::map<std::string, std::string> environment;
        std::string volume;              ///< Folder with its data; empty: it keeps nothing.
        std::vector<std::string> tmpfs;  ///< Folders it must write to beside it, as Compose has them.
    };

    std::string name;
    std::string folder;                 ///< Where the recipe lies.
    std::string image;                  ///< May be pulled instead: "docker.io/library/haproxy:2.6".
    std::vector<std::string> packages;  ///< Debian packages that bring the parts.
    std::vector<Part> parts;            ///< Programs (with their libraries), files, folders.
    std::vector<std::string> without;   ///< Names of files in folders that stay out: "llvmjit.so".
    std::string user = "65534:65534";
    std::string userName;    ///< Put into /etc/passwd for `user`.
    std::string stopSignal;  ///< "SIGINT"; empty: SIGTERM.
    std::vector<std::string> entrypoint;
    std::vector<std::string> command;
    std::vector<std::string> volumes;  ///< Folders of `user` for a named volume each.
    std::map<std::string, std::string> environment;

    std::uint16_t port = 0;
    Health health = Health::Tcp;
    std::string healthPath;                ///< Of Health::Http.
    std::int64_t memoryBytes = 128 << 20;  ///< What it needs at least.
    Pulled pulled;
};

/// Folders of this machine that recipes name.
struct RecipePlaces {
    std::string recipes;                         ///< assets/containers
    std::map<std::string, std::string> folders;  ///< "bin": our own programs; "dynalite": with node_modules.
};

/// Errors: CannotRead, NotJson, Invalid (names file and field).
Result<Recipe> readRecipe(const std::string& name, const RecipePlaces& places);

/// An image as it is in the engine.
struct PackageImage {
    std::string id;          ///< For ContainerSpec::image.
    std::string tag;         ///< "nephoscope.local/haproxy:4f0c…"
    std::int64_t bytes = 0;  ///< Of the files in it; 0 where it was there already.
    bool wasThere = false;
};

/// Makes the image of a recipe from scratch: programs, the shared libraries they need and their loader, the
/// named files and folders, users, /tmp and the volumes' folders. Nothing else is in it, so there is nothing
/// to log in with and little to attack.
///
/// The tag is a hash over the recipe and every file's path, size and time of change: an image that is there
/// already is not made again, and an upgraded package makes a new one.
/// Errors: NotFound, naming the packages to install and the image that could be pulled instead; those of the
/// engine.
Result<PackageImage> packageImage(
    ContainerEngine& engine, const Recipe& recipe, const RecipePlaces& places,
    const std::map<std::string, std::string>& labels = {});

/// The part of packageImage() that needs no engine: writes the tar file, in the same bytes for the same
/// files. Returns the bytes of the files in it.
Result<std::int64_t>
writeImageTar(const Recipe& recipe, const RecipePlaces& places, const std::string& tarFile);

/// What the recipe says about running it, for an image that was made of it: image, user, command,
/// environment.
ContainerSpec specOf(const Recipe& recipe, const std::string& imageId);

}  // namespace neph
