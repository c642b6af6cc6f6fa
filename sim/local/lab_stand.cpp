// What stands there before a run begins: networks, images, registries, and what tasks are made of.
#include "sim/local/lab_stand.h"

#include <algorithm>

#include <fmt/format.h>

namespace neph {

namespace {

using As = LocalFace::As;

constexpr std::uint16_t kTaskPort = 8080;

/// "name@sha256:…" of a tag and the digest under which it was pushed.
std::string byDigest(const std::string& tag, const std::string& digest)
{
    if (digest.find('@') != std::string::npos) {
        return digest;
    }
    const std::size_t colon = tag.rfind(':');
    const std::size_t slash = tag.rfind('/');
    const bool hasTag = colon != std::string::npos && (slash == std::string::npos || colon > slash);
    return (hasTag ? tag.substr(0, colon) : tag) + '@' + digest;
}

}  // namespace

LabStand::LabStand(
    ContainerEngine& engine, EngineInfo info, std::shared_ptr<const CompiledDesign> compiled, LabPlan plan,
    Options options)
    : m_engine(engine), m_info(std::move(info)), m_compiled(std::move(compiled)), m_plan(std::move(plan)),
      m_options(std::move(options)), m_inner(fmt::format("neph-{}-inner", m_options.session)),
      m_edge(fmt::format("neph-{}-edge", m_options.session))
{
}

Result<Done> LabStand::setUp(const std::function<void(const Progress&)>& progress, std::stop_token stop)
{
    const double steps = static_cast<double>(m_plan.images.size() + m_plan.containers.size()) + 2;
    double done = 0;
    const auto tell = [&](const std::string& what) {
        if (progress) {
            progress({what, done / steps});
        }
        done += 1;
        return stop.stop_requested()
                   ? Result<Done>(Error{ErrorCode::Invalid, m_plan.design, "Stopped before it was set up."})
                   : Result<Done>(Done{});
    };
    if (Result<Done> made = makeNetworks(); !made) {
        return made;
    }
    for (const As sort : {As::Registry, As::Server}) {
        for (const PlannedContainers& planned : m_plan.containers) {
            if (planned.as != sort) {
                continue;
            }
            if (Result<Done> told = tell("starting " + planned.name); !told) {
                return told;
            }
            // Servers with a door of their own in the gateway are started by their own controllers.
            Result<Done> begun = sort == As::Registry ? startRegistry(planned)
                                 : planned.isHttp()   ? prepareServer(planned)
                                                      : startServer(planned);
            if (!begun) {
                return begun;
            }
        }
    }
    if (needsWorkload()) {
        const Result<std::string> workload = imageOf("workload");
        if (!workload) {
            return workload.error();
        }
        m_workload = *workload;
    }
    for (const PlannedImage& image : m_plan.images) {
        if (Result<Done> told = tell("making and pushing " + image.name); !told) {
            return told;
        }
        if (Result<Done> pushed = pushImage(image); !pushed) {
            return pushed;
        }
    }
    if (Result<Done> told = tell("starting the load balancer"); !told) {
        return told;
    }
    if (Result<Done> begun = startGateway(); !begun) {
        return begun;
    }
    return waitForStores();
}

/// Whether some task runs the sample workload without an image that is drawn.
bool LabStand::needsWorkload() const
{
    return std::any_of(m_plan.containers.begin(), m_plan.containers.end(), [](const PlannedContainers& each) {
        return each.isHttp() && each.reference.empty();
    });
}

Result<Done> LabStand::makeNetworks()
{
    if (Result<Done> inner = m_engine.createNetwork(m_inner, true, m_options.labels); !inner) {
        return inner;
    }
    return m_engine.createNetwork(m_edge, false, m_options.labels);
}

/// The image of a recipe; made at the first call.
Result<std::string> LabStand::imageOf(const std::string& name)
{
    if (const auto known = m_recipeImages.find(name); known != m_recipeImages.end()) {
        return known->second;
    }
    const Result<Recipe> recipe = readRecipe(name, m_options.places);
    if (!recipe) {
        return recipe.error();
    }
    const Result<PackageImage> image = packageImage(m_engine, *recipe, m_options.places);
    if (!image) {
        return image.error();
    }
    m_recipes.emplace(name, *recipe);
    m_recipeImages[name] = image->id;
    const std::lock_guard lock(m_lock);
    m_digests[name] = image->id;
    return image->id;
}

/// The id of an image of the user's own: a tag counts as it is at the set-up, and not afterwards.
Result<std::string> LabStand::ownImage(const std::string& reference, const std::string& node)
{
    Result<std::string> id = m_engine.imageId(reference);
    if (!id) {
        return Error{
            id.error().code, node,
            fmt::format(
                "Your image '{}' is not on this machine: build or pull it, then try again. ({})", reference,
                id.error().what)};
    }
    const std::lock_guard lock(m_lock);
    m_digests[reference] = *id;
    return id;
}

Result<Done> LabStand::pushImage(const PlannedImage& image)
{
    const Result<std::string> id =
        image.recipe.empty() ? ownImage(image.reference, image.node) : imageOf(image.recipe);
    if (!id) {
        return id.error();
    }
    Pushed pushed{*id, {}, false};
    const auto registry = m_registryPorts.find(image.registry);
    if (registry != m_registryPorts.end()) {
        const std::string tag = fmt::format("127.0.0.1:{}/{}", registry->second, image.name);
        if (Result<Done> tagged = m_engine.tagImage(*id, tag); !tagged) {
            return tagged;
        }
        pushed.login = m_logins[image.registry];
        const Result<std::string> digest = m_engine.pushImage(tag, pushed.login, true);
        if (!digest) {
            return digest.error();
        }
        pushed.reference = byDigest(tag, *digest);
        pushed.isInRegistry = true;
        const std::lock_guard lock(m_lock);
        m_digests[image.name] = pushed.reference;
    }
    m_images[image.node] = std::move(pushed);
    return Done{};
}

Result<std::string> LabStand::pull(const std::string& imageNode)
{
    Pushed image;
    {
        const std::lock_guard lock(m_lock);
        const auto found = m_images.find(imageNode);
        if (found == m_images.end()) {
            // No image is drawn: it is taken to be at hand.
            return m_workload.empty()
                       ? Result<std::string>(
                             Error{ErrorCode::NotFound, imageNode, "There is no image of that name."})
                       : Result<std::string>(m_workload);
        }
        image = found->second;
    }
    if (!image.isInRegistry) {
        return image.reference;
    }
    // Docker and Podman look at the digest only: a tag that was moved meanwhile changes nothing.
    const Result<std::string> digest = m_engine.pullImage(image.reference, image.login, true);
    return digest ? Result<std::string>(image.reference) : digest;
}

ContainerSpec LabStand::bare(const std::string& name) const
{
    ContainerSpec spec;
    spec.name = fmt::format("neph-{}-{}", m_options.session, name);
    spec.labels = m_options.labels;
    return spec;
}

ContainerSpec LabStand::taskSpec(
    const std::string& node, const ContainerImage& image, const std::string& imageId,
    const std::string& name) const
{
    const PlannedContainers& planned = *m_plan.of(node);
    const bool isOwn =
        !ownImageOf(m_compiled->design, *m_compiled->catalog, *m_compiled->design.node(node)).empty();
    ContainerSpec spec = bare(name);
    spec.image = imageId;
    spec.milliCpus = planned.milliCpus;
    spec.memoryBytes = planned.memoryBytes;
    spec.cpus = m_options.coresOfTasks;
    spec.command = planned.command;
    spec.environment = planned.environment;
    if (!isOwn) {
        spec.environment["NEPH_WORKLOAD"] =
            workloadConfig(
                *m_compiled, node, image, m_addresses, kTaskPort, m_options.seed * 1000 + ++m_tasks)
                .dump();
    }
    spec.networks = {{m_inner, {}}};
    spec.labels["io.nephoscope.node"] = node;
    return spec;
}

std::uint16_t LabStand::portOf(const std::string& node) const
{
    const PlannedContainers& planned = *m_plan.of(node);
    return planned.reference.empty() || planned.port == 0 ? kTaskPort : planned.port;
}

Result<Done> LabStand::check(const ContainerSpec& spec, const std::string& id)
{
    const Result<std::string> inspected = m_engine.inspectJson(id);
    if (!inspected) {
        return inspected.error();
    }
    const Result<std::vector<Difference>> all = differences(spec, m_info, *inspected);
    if (!all) {
        return all.error();
    }
    const bool hasLimit =
        std::any_of(all->begin(), all->end(), [](const auto& each) { return each.isLimit; });
    const bool hasOther =
        std::any_of(all->begin(), all->end(), [](const auto& each) { return !each.isLimit; });
    if (hasOther || (hasLimit && !m_options.goOnWithoutLimits)) {
        return Error{
            ErrorCode::Invalid, spec.name,
            "It does not run as it was asked to: " + neph::toText(*all) +
                (hasOther ? "" : " Say --without-limits to go on all the same.")};
    }
    if (hasLimit) {
        const std::lock_guard lock(m_lock);
        const std::string remark = "Limits are not in force on this engine: " + neph::toText(*all);
        if (std::find(m_remarks.begin(), m_remarks.end(), remark) == m_remarks.end()) {
            m_remarks.push_back(remark);
        }
    }
    return Done{};
}

std::map<std::string, std::string> LabStand::digests() const
{
    const std::lock_guard lock(m_lock);
    return m_digests;
}

std::vector<std::string> LabStand::remarks() const
{
    const std::lock_guard lock(m_lock);
    return m_remarks;
}

void LabStand::remember(const StartTimes& times)
{
    const std::lock_guard lock(m_lock);
    m_startTimes.push_back(times);
}

std::vector<StartTimes> LabStand::startTimes() const
{
    const std::lock_guard lock(m_lock);
    return m_startTimes;
}

std::map<std::string, std::string> LabStand::targets() const
{
    std::map<std::string, std::string> targets;
    for (const Node& node : m_compiled->design.nodes) {
        const KindSpec* kind = m_compiled->catalog->find(node.kind);
        if (kind == nullptr || kind->local.as != As::Load) {
            continue;
        }
        for (const Link* link : m_compiled->design.linksFrom(node.id)) {
            if (const GatewayLayout::Frontend* frontend = m_layout.frontend(link->to)) {
                targets[link->id] = fmt::format("http://127.0.0.1:{}", m_gatewayPorts.at(frontend->port));
            }
        }
    }
    return targets;
}

}  // namespace neph
