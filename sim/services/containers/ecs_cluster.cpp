// Amazon ECS cluster: a name that services are grouped under. It has no capacity and no price of its own.
#include "sim/cloud/service_type.h"

namespace neph {

const ServiceType& ecs_cluster()
{
    static const ServiceType type{
        "aws.ecs.cluster", [](const Component& component) -> std::unique_ptr<ServiceModel> {
            return std::make_unique<ServiceModel>(component);
        }};
    return type;
}

}  // namespace neph
