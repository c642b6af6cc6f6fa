#include "sim/cloud/fleet.h"

namespace neph {

const char* nameOf(TaskState state)
{
    switch (state) {
    case TaskState::Provisioning:
        return "PROVISIONING";
    case TaskState::Pending:
        return "PENDING";
    case TaskState::Activating:
        return "ACTIVATING";
    case TaskState::Running:
        return "RUNNING";
    case TaskState::Deactivating:
        return "DEACTIVATING";
    case TaskState::Stopping:
        return "STOPPING";
    case TaskState::Deprovisioning:
        return "DEPROVISIONING";
    case TaskState::Stopped:
        return "STOPPED";
    }
    return "";
}

}  // namespace neph
