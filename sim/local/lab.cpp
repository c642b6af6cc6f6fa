#include "sim/local/lab.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include <fmt/format.h>

#include "sim/local/state_folder.h"
#include "sim/model/rules.h"

namespace neph {

namespace {

namespace fs = std::filesystem;

constexpr auto kSignOfLife = std::chrono::minutes(30);

std::string environmentOr(const char* name, const std::string& fallback)
{
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0' ? value : fallback;
}

std::string firstThere(const std::vector<fs::path>& places)
{
    for (const fs::path& place : places) {
        std::error_code ignored;
        if (fs::is_directory(place, ignored)) {
            return fs::weakly_canonical(place, ignored).string();
        }
    }
    return places.empty() ? std::string() : places.front().string();
}

/// The load and the gateway have the first core to themselves where the others hold the tasks with room to
/// spare; kept apart, they disturb one another less.
std::string coresOfTasks(const EngineInfo& info, const LabPlan& plan)
{
    constexpr std::int64_t kRoomy = 800;  // Of a thousand.
    const std::int64_t others = static_cast<std::int64_t>(info.cores) - 1;
    if (others < 1 || plan.milliCpus() > others * kRoomy) {
        return "";
    }
    return others == 1 ? "1" : fmt::format("1-{}", others);
}

}  // namespace

RecipePlaces labPlaces()
{
    std::error_code ignored;
    const fs::path bin = fs::read_symlink("/proc/self/exe", ignored).parent_path();
    const std::string home = environmentOr("HOME", "/");
    const fs::path cache = environmentOr("XDG_CACHE_HOME", home + "/.cache");
    RecipePlaces places;
    places.recipes = environmentOr(
        "NEPHOSCOPE_CONTAINERS",
        firstThere({bin / "../share/nephoscope/containers", bin / "../../../assets/containers"}));
    places.folders["bin"] = firstThere({bin / "../libexec/nephoscope", bin});
    places.folders["dynalite"] = environmentOr(
        "NEPHOSCOPE_NPM", firstThere({bin / "../npm", bin / "../../dynalite", cache / "nephoscope/npm"}));
    return places;
}

Result<std::unique_ptr<Lab>> Lab::open(const Design& design, const Options& options)
{
    const Catalog& catalog = Catalog::builtIn();
    for (const Diagnostic& diagnostic : checkDesign(design, catalog)) {
        if (diagnostic.severity == Severity::Error) {
            return Error{ErrorCode::Invalid, diagnostic.pointer, diagnostic.what};
        }
    }
    std::unique_ptr<Lab> lab(new Lab);
    lab->m_options = options;
    lab->m_compiled = compile(design, catalog, serviceTypes());
    lab->m_plan = planLab(*lab->m_compiled);
    EngineSearch search = findEngine(options.engine);
    if (!search.found) {
        return Error{ErrorCode::CannotRead, "container engine", search.toText()};
    }
    lab->m_found = std::move(*search.found);
    lab->m_engine = std::make_unique<ContainerEngine>(lab->m_found.socket, lab->m_found.runtime);
    const Result<std::string> state = stateFolder();
    if (!state) {
        return state.error();
    }
    lab->m_state = *state;
    const SessionRecords records(*state);
    if (const Result<SweepReport> swept = sweep(*lab->m_engine, records); swept && !swept->swept.empty()) {
        lab->m_swept = swept->text();
    }
    return lab;
}

Lab::~Lab()
{
    if (m_guard) {
        (void)close();
    }
}

void Lab::choose(std::uint64_t seed, bool goOnWithoutLimits)
{
    m_options.seed = seed;
    m_options.goOnWithoutLimits = goOnWithoutLimits;
}

Result<Done> Lab::setUp(const std::function<void(const LabStand::Progress&)>& progress, std::stop_token stop)
{
    LabGuard::Options how;
    how.runtime = m_found.runtime;
    how.ownEngine = m_found.isStartedByUs();
    how.design = m_plan.design;
    how.reaper = m_options.reaper;
    const SessionRecords records(m_state);
    Result<std::unique_ptr<LabGuard>> guard = LabGuard::begin(*m_engine, records, how);
    if (!guard) {
        return guard.error();
    }
    m_guard = std::move(*guard);
    LabStand::Options made;
    made.labels = m_guard->labels();
    made.owner = m_guard->session().owner;
    made.session = m_guard->session().id.substr(0, 8);
    made.coresOfTasks = coresOfTasks(m_found.info, m_plan);
    made.coresOfGateway = m_found.info.cores >= 2 ? std::string("0") : std::string();
    made.goOnWithoutLimits = m_options.goOnWithoutLimits;
    made.places = labPlaces();
    made.seed = m_options.seed;
    m_stand = std::make_unique<LabStand>(*m_engine, m_found.info, m_compiled, m_plan, made);
    Result<Done> done = m_stand->setUp(progress, std::move(stop));
    if (!done) {
        (void)close();
        return done;
    }
    tellStatus("ready");
    return done;
}

Result<std::unique_ptr<LocalRun>> Lab::run(const LocalRun::Options& options)
{
    if (!m_guard || !m_stand) {
        return Error{ErrorCode::Invalid, m_plan.design, "The lab is not set up."};
    }
    return LocalRun::start(m_compiled, *m_stand, options);
}

void Lab::tellStatus(const std::string& status)
{
    // Others may not learn of it; the lab goes on.
    if (m_guard && m_stand) {
        (void)m_guard->update(status, m_stand->endpoints(), m_stand->targets());
        m_status = status;
        m_told = std::chrono::steady_clock::now();
    }
}

void Lab::stayAlive()
{
    if (std::chrono::steady_clock::now() - m_told > kSignOfLife) {
        tellStatus(m_status);
    }
}

CleanUpReport Lab::close()
{
    if (!m_guard) {
        return m_cleaned;
    }
    m_cleaned = m_guard->end();
    m_guard.reset();
    return m_cleaned;
}

}  // namespace neph
