// AWS Region: the frame whose code chooses the price list. Its latencies are read where a hop is compiled.
#include "sim/cloud/service_type.h"

namespace neph {

const ServiceType& region()
{
    static const ServiceType type{
        "aws.region", [](const Component& component) -> std::unique_ptr<ServiceModel> {
            return std::make_unique<ServiceModel>(component);
        }};
    return type;
}

}  // namespace neph
