#include "sim/local/local_fleet.h"

#include <fmt/format.h>

#include "sim/local/beside.h"
#include "sim/local/local_servers.h"

namespace neph {

namespace {

using Wall = std::chrono::steady_clock;

constexpr Duration kPatience = 60s;  // For a task to answer at all.

}  // namespace

std::unique_ptr<ServerHost> LocalPlatform::serverHost(World& world, const std::string& nodeId)
{
    return m_stand.plan().of(nodeId) == nullptr
               ? nullptr
               : std::make_unique<LocalServers>(world, nodeId, m_stand, m_data);
}

LocalFleet::LocalFleet(World& world, FleetConfig config, LabStand& stand, LocalEngine& data)
    : ContainerFleet(world, std::move(config)), m_stand(stand), m_data(data)
{
}

Process LocalFleet::provision(TaskPointer task)
{
    of(*task).times = {m_config.nodeId, task->number, 0, 0, 0, 0};
    co_return;  // The network is there.
}

Process LocalFleet::pullImage(TaskPointer task, ContainerImage image)
{
    const auto pulled = beside<std::string>(
        m_world, m_data.bench(), [&stand = m_stand, node = image.nodeId] { return stand.pull(node); });
    const Timed<std::string> outcome = co_await pulled->wait();
    of(*task).times.pull = outcome.seconds;
    if (!outcome.result) {
        task->problem = "CannotPullContainerError: " + outcome.result.error().what;
        co_return;
    }
    of(*task).image = *outcome.result;
}

Process LocalFleet::create(TaskPointer task, ContainerImage image)
{
    Real& real = of(*task);
    real.spec = m_stand.taskSpec(
        m_config.nodeId, image, real.image, fmt::format("{}-{}", m_config.nodeId, task->number));
    if (task->zone) {
        real.spec.labels["io.nephoscope.zone"] = m_world.plan().zones[task->zone.value].name;
    }
    const auto created = beside<std::string>(m_world, m_data.bench(), [&stand = m_stand, spec = real.spec] {
        return stand.engine().create(spec);
    });
    const Timed<std::string> outcome = co_await created->wait();
    of(*task).times.create = outcome.seconds;
    if (!outcome.result) {
        task->problem = "CannotCreateContainerError: " + outcome.result.error().what;
        co_return;
    }
    of(*task).container = *outcome.result;
}

Process LocalFleet::activate(TaskPointer)
{
    co_return;
}

Process LocalFleet::startContainer(TaskPointer task, ContainerImage image)
{
    const auto started = beside<ContainerState>(
        m_world, m_data.bench(),
        [&stand = m_stand, id = of(*task).container, spec = of(*task).spec]() -> Result<ContainerState> {
            if (Result<Done> begun = stand.engine().start(id); !begun) {
                return begun.error();
            }
            if (Result<Done> checked = stand.check(spec, id); !checked) {
                return checked.error();
            }
            return stand.engine().inspect(id);
        });
    const Timed<ContainerState> outcome = co_await started->wait();
    of(*task).times.start = outcome.seconds;
    if (!outcome.result) {
        task->problem = "CannotStartContainerError: " + outcome.result.error().what;
        co_return;
    }
    of(*task).address = outcome.result->addresses.contains(m_stand.innerNetwork())
                            ? outcome.result->addresses.at(m_stand.innerNetwork())
                            : std::string();
    if (!image.brokenAtStart) {
        co_return;
    }
    co_await task->wake.waitFor(image.crash + 1s);  // It exits by itself, and is to be seen doing it.
    const auto looked =
        beside<ContainerState>(m_world, m_data.bench(), [&stand = m_stand, id = of(*task).container] {
            return stand.engine().inspect(id);
        });
    const Timed<ContainerState> state = co_await looked->wait();
    if (state.result && !state.result->isRunning()) {
        task->problem =
            fmt::format("Essential container in task exited (exit code {})", state.result->exitCode);
    }
}

Process LocalFleet::listen(TaskPointer task, ContainerImage)
{
    m_data.attach(task->replica, of(*task).container, of(*task).address, m_stand.portOf(m_config.nodeId));
    m_world.start(watchContainer(task));
    const std::optional<LocalEngine::Door> door = m_data.doorOf(task->replica);
    const Wall::time_point began = Wall::now();
    while (door && !task->stopAsked && since(began) < neph::seconds(kPatience)) {
        const auto asked =
            beside<Done>(m_world, m_data.bench(), [door = *door] { return isListening(door); });
        const Timed<Done> answer = co_await asked->wait();
        if (answer.result) {
            m_data.welcome(task->replica);
            break;
        }
        co_await task->wake.waitFor(50ms);
    }
    of(*task).times.ready = since(began);
    m_stand.remember(of(*task).times);
}

Process LocalFleet::watchContainer(TaskPointer task)
{
    while (!task->stopAsked) {
        co_await task->wake.waitFor(1s);
        if (task->stopAsked) {
            co_return;
        }
        const auto looked =
            beside<ContainerState>(m_world, m_data.bench(), [&stand = m_stand, id = of(*task).container] {
                return stand.engine().inspect(id);
            });
        const Timed<ContainerState> state = co_await looked->wait();
        const bool isLost = !state.result && state.result.error().code == ErrorCode::NotFound;
        if (task->stopAsked || (!isLost && (!state.result || state.result->isRunning()))) {
            continue;
        }
        die(*task,
            isLost ? std::string("The container is gone: somebody removed it.")
            : state.result->outOfMemory
                ? fmt::format("{} (exit code {})", m_config.outOfMemoryError, state.result->exitCode)
                : fmt::format("Essential container in task exited (exit code {})", state.result->exitCode));
    }
}

Process LocalFleet::endContainer(TaskPointer task)
{
    if (of(*task).container.empty()) {
        co_return;
    }
    if (!m_config.gracefulShutdown) {
        // It takes no notice. The engine would be kept waiting for it, with a thread of the bench.
        m_data.bench().run(
            [&stand = m_stand, id = of(*task).container] { return stand.engine().kill(id, "SIGTERM"); },
            [](const Result<Done>&) {});
        co_await m_world.sim().after(m_config.stopTimeout);
        co_return;
    }
    const auto grace = std::chrono::duration_cast<std::chrono::seconds>(m_config.stopTimeout);
    const auto ended =
        beside<Done>(m_world, m_data.bench(), [&stand = m_stand, id = of(*task).container, grace] {
            return stand.engine().stop(id, grace);
        });
    const Timed<Done> outcome = co_await ended->wait();
    (void)outcome;  // What cannot be stopped is removed by force.
}

void LocalFleet::dropContainer(LiveTask& task)
{
    const std::string id = of(task).container;
    if (!id.empty()) {
        m_data.bench().run(
            [&stand = m_stand, id] { return stand.engine().kill(id); }, [](const Result<Done>&) {});
    }
}

Process LocalFleet::deprovision(TaskPointer task)
{
    const std::string id = std::exchange(of(*task).container, std::string());
    if (id.empty()) {
        co_return;
    }
    const auto removed =
        beside<Done>(m_world, m_data.bench(), [&stand = m_stand, id] { return stand.engine().remove(id); });
    const Timed<Done> outcome = co_await removed->wait();
    if (!outcome.result) {
        m_world.log(
            EventLevel::Warning, m_config.nodeId,
            fmt::format("A stopped container could not be removed yet: {}", outcome.result.error().what));
    }
}

}  // namespace neph
