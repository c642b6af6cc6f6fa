#include "sim/cloud/service_type.h"

namespace neph {

#define SERVICE(name) const ServiceType& name();
#include "service_table.inc"
#undef SERVICE

std::span<const ServiceType* const> serviceTypes()
{
#define SERVICE(name) &name(),
    static const ServiceType* const table[] = {
#include "service_table.inc"
    };
#undef SERVICE
    return table;
}

}  // namespace neph
