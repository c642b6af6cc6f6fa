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

std::uint32_t Fleet::countOf(TaskState state) const
{
    return static_cast<std::uint32_t>(std::count_if(
        tasks().begin(), tasks().end(), [state](const auto& task) { return task->state == state; }));
}

std::uint32_t Fleet::healthyCount() const
{
    return static_cast<std::uint32_t>(std::count_if(tasks().begin(), tasks().end(), [](const auto& task) {
        return task->state == TaskState::Running && task->health == TaskHealth::Healthy;
    }));
}

}  // namespace neph
