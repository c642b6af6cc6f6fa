#pragma once

#include <string>

#include "sim/cloud/image_registry.h"

namespace neph {

/// What all registries have in common: bandwidth that pulls share, a path that downloads, and the fault
/// "registryDown".
class RegistryModel : public ServiceModel {
public:
    using ServiceModel::ServiceModel;

    void declare(Compiler& compiler) override;
    void prepare(World& world) const override;

protected:
    /// Limits and texts of this registry; station and path are filled in here.
    virtual ImageRegistry::Config config() const = 0;

private:
    Process comeBack(World& world, ImageRegistry& registry, Duration after) const;

    StationId m_bandwidth;
    PathId m_download;
};

}  // namespace neph
