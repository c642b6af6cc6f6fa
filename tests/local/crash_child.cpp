#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "sim/local/container_engine.h"
#include "sim/local/engine_finder.h"
#include "sim/local/lab_guard.h"

// A program that uses the lab as the real one does and is killed while it does: one short session after
// another, each phase named on its output before it begins. crash_child <folder> <socket> <image> <reaper>;
// without a socket it starts an engine of its own, which dies with it.

namespace neph {
namespace {

/// The parent reads the last line to know where the program was.
void enter(const char* phase, int number = 0)
{
    std::printf("%s %d\n", phase, number);
    std::fflush(stdout);
}

int complain(const Error& error)
{
    std::printf("failed 0\n");
    std::fprintf(stderr, "crash_child: %s\n", error.what.c_str());
    return 3;
}

/// Two containers at once, as the lab starts its tasks.
Result<std::vector<std::string>>
createAll(ContainerEngine& engine, const LabGuard& guard, const std::string& image, const std::string& name)
{
    std::vector<Result<std::string>> made(3, Result<std::string>(std::string()));
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < made.size(); ++i) {
            threads.emplace_back([&, i] {
                ContainerSpec spec;
                spec.name = name + '-' + std::to_string(i);
                spec.image = image;
                spec.labels = guard.labels();
                spec.networks = {{name, {}}};
                spec.memoryBytes = 16 << 20;
                made[i] = engine.create(spec);
            });
        }
    }
    std::vector<std::string> ids;
    for (const Result<std::string>& id : made) {
        if (!id) {
            return id.error();
        }
        ids.push_back(*id);
    }
    return ids;
}

Result<Done> useTheLab(ContainerEngine& engine, LabGuard& guard, const std::string& image)
{
    const std::string name = "neph-crash-" + guard.session().id.substr(0, 13);
    enter("network");
    if (const Result<Done> made = engine.createNetwork(name, true, guard.labels()); !made) {
        return made;
    }
    if (const Result<Done> made = engine.createVolume(name, guard.labels()); !made) {
        return made;
    }
    enter("create");
    const Result<std::vector<std::string>> ids = createAll(engine, guard, image, name);
    if (!ids) {
        return ids.error();
    }
    enter("start");
    for (const std::string& id : *ids) {
        if (const Result<Done> started = engine.start(id); !started) {
            return started;
        }
    }
    enter("run");
    static_cast<void>(guard.update("running", {}));
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    enter("stop");
    if (const Result<Done> stopped = engine.stop(ids->front(), std::chrono::seconds(2)); !stopped) {
        return stopped;
    }
    return engine.remove(ids->front());
}

int run(
    const std::string& folder, const std::string& socket, const std::string& image, const std::string& reaper)
{
    enter("engine");
    EngineSearch search;
    if (socket.empty()) {
        const char* path = std::getenv("PATH");
        EngineWishes wishes;
        wishes.environment =
            std::map<std::string, std::string>{{"PATH", path != nullptr ? path : "/usr/bin"}};
        wishes.usualSockets.clear();
        search = findEngine(wishes);
        if (!search.found) {
            return complain({ErrorCode::NotFound, "", search.toText()});
        }
    }
    ContainerEngine engine(search.found ? search.found->socket : socket);
    const SessionRecords records(folder);
    const LabGuard::Options options{
        .runtime = {}, .ownEngine = search.found.has_value(), .design = "crash", .reaper = reaper};
    for (;;) {
        enter("begin");
        const Result<std::unique_ptr<LabGuard>> guard = LabGuard::begin(engine, records, options);
        if (!guard) {
            return complain(guard.error());
        }
        enter("reaper", (*guard)->reaper().pid());
        if (const Result<Done> used = useTheLab(engine, **guard, image); !used) {
            return complain(used.error());
        }
        enter("end");
        if (const CleanUpReport report = (*guard)->end(); !report.isClean()) {
            return complain({ErrorCode::Invalid, "", report.text()});
        }
    }
}

}  // namespace
}  // namespace neph

int main(int count, char** arguments)
{
    if (count != 5) {
        return 2;
    }
    return neph::run(arguments[1], arguments[2], arguments[3], arguments[4]);
}
