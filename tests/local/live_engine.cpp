#include "tests/local/live_engine.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <random>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include <fmt/format.h>

namespace neph::test {
namespace {

std::string randomName()
{
    std::random_device device;
    return fmt::format("{:08x}{:08x}", device(), device());
}

}  // namespace

LiveEngine& LiveEngine::get()
{
    static LiveEngine engine;
    return engine;
}

LiveEngine::LiveEngine() : m_owner("test-" + randomName())
{
    if (std::getenv("NEPH_NO_REAL_ENGINE")) {
        m_whyNot = "NEPH_NO_REAL_ENGINE is set, so what needs a real container engine was NOT tested.";
        return;
    }
    m_search = findEngine();
    if (!m_search.found) {
        m_whyNot =
            "No real container engine can run here, so what needs one was NOT tested:\n" + m_search.toText();
        return;
    }
    const FoundEngine& found = *m_search.found;
    m_engine = std::make_unique<ContainerEngine>(found.socket, found.runtime);
    std::cerr << fmt::format(
        "Testing with {} {} ({}, cgroups {}{}) at {}\n", found.info.name, found.info.version,
        found.info.runtime, found.info.cgroupVersion, found.info.isRootless ? ", rootless" : ", rootful",
        found.socket);
}

LiveEngine::~LiveEngine()
{
    if (m_engine) {
        removeAll();
    }
}

std::map<std::string, std::string> LiveEngine::labels() const
{
    return {{"io.nephoscope.owner", m_owner}};
}

void LiveEngine::removeAll()
{
    for (const Thing sort : {Thing::Container, Thing::Network, Thing::Volume, Thing::Image}) {
        Result<std::vector<LabelledThing>> list = m_engine->labelled(sort, ownerLabel());
        for (const LabelledThing& one : list ? *list : std::vector<LabelledThing>()) {
            switch (sort) {
            case Thing::Container:
                static_cast<void>(m_engine->remove(one.id));
                break;
            case Thing::Network:
                static_cast<void>(m_engine->removeNetwork(one.name));
                break;
            case Thing::Volume:
                static_cast<void>(m_engine->removeVolume(one.name));
                break;
            case Thing::Image:
                static_cast<void>(m_engine->removeImage(one.id));
                break;
            }
        }
    }
}

Ran run(const std::string& command)
{
    Ran ran;
    std::FILE* pipe = popen((command + " 2>&1").c_str(), "r");
    if (!pipe) {
        return ran;
    }
    char part[4096];
    while (std::fgets(part, sizeof part, pipe)) {
        ran.output += part;
    }
    const int status = pclose(pipe);
    ran.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return ran;
}

bool isInstalled(const std::string& program)
{
    return run("command -v " + program).code == 0;
}

TestFolder::TestFolder()
{
    std::string path = (std::filesystem::temp_directory_path() / "neph-test-XXXXXX").string();
    m_path = mkdtemp(path.data()) ? path : std::string();
}

TestFolder::~TestFolder()
{
    std::error_code ignored;
    std::filesystem::remove_all(m_path, ignored);
}

std::string compiled(const TestFolder& folder, const std::string& name)
{
    const std::string source = std::string(NEPH_SOURCE_DIR) + "/tests/local/" + name + ".c";
    const Ran ran = run("cc -static -O1 -w -o '" + (folder / name) + "' '" + source + "'");
    EXPECT_EQ(ran.code, 0) << ran.output;
    return ran.code == 0 ? folder / name : std::string();
}

void WithARealEngine::SetUp()
{
    if (!LiveEngine::get().isThere()) {
        static const bool once = [] {
            std::cerr << "\n**** " << LiveEngine::get().whyNot() << "\n";
            return true;
        }();
        static_cast<void>(once);
        GTEST_SKIP() << LiveEngine::get().whyNot();
    }
}

void WithARealEngine::TearDown()
{
    if (LiveEngine::get().isThere()) {
        LiveEngine& live = LiveEngine::get();
        for (const Thing sort : {Thing::Container, Thing::Network, Thing::Volume}) {
            Result<std::vector<LabelledThing>> list = live.engine().labelled(sort, live.ownerLabel());
            ASSERT_TRUE(list) << list.error().what;
            for (const LabelledThing& one : *list) {
                Result<Done> gone = sort == Thing::Container ? engine().remove(one.id)
                                    : sort == Thing::Network ? engine().removeNetwork(one.name)
                                                             : engine().removeVolume(one.name);
                EXPECT_TRUE(gone) << gone.error().what;
            }
        }
    }
}

std::string WithARealEngine::named(const std::string& name)
{
    return LiveEngine::get().owner() + '-' + name;
}

std::string WithARealEngine::probeImage()
{
    static const std::string id = [this] {
        const TestFolder folder;
        const std::string program = compiled(folder, "probe");
        std::filesystem::create_directories(folder / "root/tmp");
        std::filesystem::create_directories(folder / "root/data");
        std::filesystem::copy(program, folder / "root/probe");
        const Ran tar =
            run("chmod 1777 '" + (folder / "root/tmp") + "'; chmod 0777 '" + (folder / "root/data") +
                "'; tar --owner=0 --group=0 -C '" + (folder / "root") + "' -cf '" + (folder / "image.tar") +
                "' .");
        EXPECT_EQ(tar.code, 0) << tar.output;
        Result<std::string> image = engine().importImage(
            folder / "image.tar", "nephoscope.test/probe:" + LiveEngine::get().owner(),
            {"ENTRYPOINT [\"/probe\"]", "CMD [\"hello\"]",
             "LABEL io.nephoscope.owner=" + LiveEngine::get().owner()});
        EXPECT_TRUE(image) << image.error().what;
        return image ? *image : std::string();
    }();
    return id;
}

ContainerSpec WithARealEngine::probe(const std::string& name, std::vector<std::string> command)
{
    ContainerSpec spec;
    spec.name = named(name);
    spec.image = probeImage();
    spec.command = std::move(command);
    spec.labels = LiveEngine::get().labels();
    spec.memoryBytes = 32 << 20;
    return spec;
}

std::string WithARealEngine::started(const ContainerSpec& spec)
{
    Result<std::string> id = engine().create(spec);
    EXPECT_TRUE(id) << id.error().what;
    if (!id) {
        return {};
    }
    Result<Done> start = engine().start(*id);
    EXPECT_TRUE(start) << start.error().what;
    return *id;
}

bool WithARealEngine::says(const std::string& id, const std::string& words, int seconds)
{
    Result<std::string> log(std::string{});
    for (int wait = 0; wait < seconds * 20; ++wait) {
        log = engine().logs(id);
        if (log && log->find(words) != std::string::npos) {
            return true;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    ADD_FAILURE() << "The log never had \"" << words << "\"; it has: " << (log ? *log : log.error().what);
    return false;
}

}  // namespace neph::test
