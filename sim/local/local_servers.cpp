#include "sim/local/local_servers.h"

#include <thread>

#include <fmt/format.h>

#include "sim/local/beside.h"
#include "sim/local/replica_http.h"

namespace neph {

namespace {

using Wall = std::chrono::steady_clock;

constexpr Duration kPatience = 60s;  // For it to answer at all.

/// Starts a container that may still be about to end.
Result<ContainerState> startAgain(ContainerEngine& engine, const std::string& id)
{
    constexpr auto kEnding = std::chrono::seconds(10);
    const Wall::time_point until = Wall::now() + kEnding;
    (void)engine.kill(id);
    for (Result<ContainerState> state = engine.inspect(id); Wall::now() < until; state = engine.inspect(id)) {
        if (!state) {
            return state;
        }
        if (!state->isRunning()) {
            break;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    if (Result<Done> begun = engine.start(id); !begun) {
        return begun.error();
    }
    return engine.inspect(id);
}

Result<ContainerState> startFirst(LabStand& stand, const ContainerSpec& spec)
{
    const Result<std::string> id = stand.engine().create(spec);
    if (!id) {
        return id.error();
    }
    Result<Done> done = stand.engine().start(*id);
    if (done) {
        done = stand.check(spec, *id);
    }
    if (done) {
        return stand.engine().inspect(*id);
    }
    // The next attempt needs the name.
    (void)stand.engine().remove(*id);
    return done.error();
}

}  // namespace

LocalServers::LocalServers(World& world, std::string node, LabStand& stand, LocalEngine& data)
    : m_world(world), m_node(std::move(node)), m_stand(stand), m_data(data),
      m_planned(*stand.plan().of(m_node))
{
    for (const std::string& id : stand.serversOf(m_node)) {
        m_real.push_back({id, {}, true, 0, {}});
    }
}

LocalServers::Real& LocalServers::of(std::size_t index)
{
    if (m_real.size() <= index) {
        m_real.resize(index + 1);
    }
    return m_real[index];
}

Process LocalServers::start(std::size_t index, std::shared_ptr<std::string> problem)
{
    const std::string id = of(index).container;
    const bool isUp = of(index).isUp;
    const ContainerSpec spec = id.empty() ? m_stand.serverSpec(m_node, index) : ContainerSpec();
    const auto started = beside<ContainerState>(m_world, m_data.bench(), [&stand = m_stand, id, isUp, spec] {
        return id.empty() ? startFirst(stand, spec)
               : isUp     ? stand.engine().inspect(id)
                          : startAgain(stand.engine(), id);
    });
    const Timed<ContainerState> outcome = co_await started->wait();
    if (!outcome.result) {
        *problem = "it could not be started: " + outcome.result.error().what;
        co_return;
    }
    Real& real = of(index);
    real.container = outcome.result->id;
    real.isUp = true;
    real.times = {m_node, static_cast<std::uint32_t>(index + 1), 0, 0, outcome.seconds, 0};
    const auto address = outcome.result->addresses.find(m_stand.innerNetwork());
    real.address = address == outcome.result->addresses.end() ? std::string() : address->second;
    m_world.start(watch(index, ++real.starts));
}

Process LocalServers::listen(std::size_t index, ReplicaId replica)
{
    m_data.attach(replica, of(index).container, of(index).address, m_stand.portOf(m_node));
    const std::uint32_t start = of(index).starts;
    const std::optional<LocalEngine::Door> door = m_data.doorOf(replica);
    const std::uint16_t passage = m_stand.passageOf(m_node);
    const std::string protocol = m_planned.protocol;
    const Wall::time_point began = Wall::now();
    bool isAnswering = !door && passage == 0;
    while (!isAnswering && of(index).isUp && of(index).starts == start && since(began) < seconds(kPatience)) {
        const auto asked = beside<Done>(m_world, m_data.bench(), [door, passage, protocol] {
            return door ? isListening(*door)
                        : storeAnswers(passage, protocol, std::chrono::milliseconds(500));
        });
        const Timed<Done> answer = co_await asked->wait();
        isAnswering = static_cast<bool>(answer.result);
        if (!isAnswering) {
            co_await m_world.sim().after(50ms);
        }
    }
    of(index).times.ready = since(began);
    if (isAnswering) {
        m_data.welcome(replica);
        m_stand.remember(of(index).times);
    }
}

void LocalServers::drop(std::size_t index)
{
    Real& real = of(index);
    if (!real.isUp) {
        return;
    }
    real.isUp = false;
    m_data.bench().run(
        [&stand = m_stand, id = real.container] { return stand.engine().kill(id); },
        [](const Result<Done>&) {});
}

Process LocalServers::watch(std::size_t index, std::uint32_t start)
{
    const auto isCurrent = [this, index, start] { return of(index).isUp && of(index).starts == start; };
    while (isCurrent()) {
        co_await m_world.sim().after(1s);
        const auto looked =
            beside<ContainerState>(m_world, m_data.bench(), [&stand = m_stand, id = of(index).container] {
                return stand.engine().inspect(id);
            });
        const Timed<ContainerState> state = co_await looked->wait();
        const bool isLost = !state.result && state.result.error().code == ErrorCode::NotFound;
        if (!isCurrent() || (!isLost && (!state.result || state.result->isRunning()))) {
            continue;
        }
        of(index).isUp = false;
        if (isLost) {
            of(index).container.clear();  // Another one is made.
        }
        onDeath(
            index, isLost ? std::string("somebody removed the container")
                   : state.result->outOfMemory
                       ? fmt::format("OOMKilled (exit code {})", state.result->exitCode)
                       : fmt::format("exit code {}", state.result->exitCode));
    }
}

}  // namespace neph
