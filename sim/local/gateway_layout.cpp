#include <algorithm>

#include <fmt/format.h>

#include "sim/local/gateway.h"
#include "sim/local/lab_plan.h"
#include "sim/model/local_face.h"

namespace neph {

namespace {

using As = LocalFace::As;

constexpr std::uint16_t kFirstPort = 10000;
constexpr std::uint16_t kFirstProbePort = 12000;
constexpr std::uint16_t kFirstPassage = 14000;
constexpr std::uint32_t kMostSlots = 64;

const KindSpec* kindOf(const CompiledDesign& compiled, const Node& node)
{
    return compiled.catalog->find(node.kind);
}

bool hasReplicas(const Node& node, const KindSpec& kind)
{
    return (kind.local.as == As::Tasks || kind.local.as == As::Server) && protocolOf(node, kind) == "http";
}

/// As the load balancer in front of it does it; who calls without one picks at random.
std::string balanceOf(const CompiledDesign& compiled, const Node& node)
{
    for (const Link* link : compiled.design.linksTo(node.id)) {
        const Node* caller = compiled.design.node(link->from);
        const KindSpec* kind = kindOf(compiled, *caller);
        if (kind != nullptr && kind->local.as == As::Gateway) {
            const PropertyReader properties{kind->properties, caller->properties};
            const bool hasAlgorithm = kind->property("algorithm") != nullptr;
            return hasAlgorithm && properties.text("algorithm") == "least_outstanding_requests"
                       ? "leastconn"
                       : "roundrobin";
        }
    }
    return "random(1)";
}

GatewayLayout::Frontend balancerOf(const CompiledDesign& compiled, const Node& node, const KindSpec& kind)
{
    GatewayLayout::Frontend frontend;
    frontend.node = node.id;
    double all = 0;
    for (const Link* link : compiled.design.linksFrom(node.id)) {
        const Node* target = compiled.design.node(link->to);
        const KindSpec* of = kindOf(compiled, *target);
        if (of == nullptr || !hasReplicas(*target, *of)) {
            continue;
        }
        const auto own = link->properties.find("weight");
        const double weight = own != link->properties.end() ? own->second.get<double>() : 100;
        frontend.shares.emplace_back(target->id, weight);
        all += weight;
    }
    for (auto& [target, share] : frontend.shares) {
        share = all > 0 ? share / all : 0;
    }
    if (kind.property("idleTimeout") != nullptr) {
        const PropertyReader properties{kind.properties, node.properties};
        frontend.idleSeconds = properties.duration("idleTimeout") / 1s;
    }
    return frontend;
}

std::string frontendText(const GatewayLayout::Frontend& frontend, const GatewayLayout& layout)
{
    std::string text = fmt::format(
        "frontend f-{}\n  bind :{}\n  timeout client {}s\n", frontend.node, frontend.port,
        std::max<std::int64_t>(1, frontend.idleSeconds) * 2);
    std::string last;
    for (const auto& [node, share] : frontend.shares) {
        if (layout.backend(node) == nullptr) {
            continue;
        }
        last = node;
    }
    double left = 1;
    for (const auto& [node, share] : frontend.shares) {
        if (node == last || layout.backend(node) == nullptr) {
            continue;
        }
        // The share of what is left over by those before: rand() is drawn anew for every rule.
        const double part = left > 0 ? share / left : 0;
        text += fmt::format(
            "  use_backend b-{} if {{ rand(10000) lt {} }}\n", node, static_cast<int>(part * 1e4 + 0.5));
        left -= share;
    }
    return text + (last.empty() ? "  http-request return status 503\n"
                                : fmt::format("  default_backend b-{}\n", last));
}

std::string backendText(const GatewayLayout::Backend& backend)
{
    std::string text = fmt::format(
        "backend b-{0}\n  balance {1}\n  server-template t 1-{2} 127.0.0.1:1 weight 100 disabled\n"
        "frontend pf-{0}\n  bind :{3}\n  default_backend p-{0}\n"
        "backend p-{0}\n  http-reuse never\n",
        backend.node, backend.balance, backend.slots, backend.probePort);
    for (std::uint32_t slot = 1; slot <= backend.slots; ++slot) {
        // Without the first rule a slot without anybody in it would be answered for by another one.
        text += fmt::format(
            "  http-request return status 503 if {{ req.hdr(X-Neph-Slot) -m str {1} }} !{{ "
            "srv_is_up(p-{0}/t{1}) }}\n",
            backend.node, slot);
    }
    for (std::uint32_t slot = 1; slot <= backend.slots; ++slot) {
        text += fmt::format("  use-server t{0} if {{ req.hdr(X-Neph-Slot) -m str {0} }}\n", slot);
    }
    return text + fmt::format("  server-template t 1-{} 127.0.0.1:1 disabled\n", backend.slots);
}

}  // namespace

const GatewayLayout::Backend* GatewayLayout::backend(const std::string& node) const
{
    const auto found = std::find_if(
        backends.begin(), backends.end(), [&](const Backend& each) { return each.node == node; });
    return found == backends.end() ? nullptr : &*found;
}

const GatewayLayout::Frontend* GatewayLayout::frontend(const std::string& node) const
{
    const auto found = std::find_if(
        frontends.begin(), frontends.end(), [&](const Frontend& each) { return each.node == node; });
    return found == frontends.end() ? nullptr : &*found;
}

std::vector<std::uint16_t> GatewayLayout::ports() const
{
    std::vector<std::uint16_t> all{adminPort};
    for (const Frontend& each : frontends) {
        all.push_back(each.port);
    }
    for (const Backend& each : backends) {
        all.push_back(each.probePort);
    }
    for (const Passage& each : passages) {
        all.push_back(each.port);
    }
    return all;
}

GatewayLayout
gatewayLayout(const CompiledDesign& compiled, const std::map<std::string, std::uint16_t>& servers)
{
    GatewayLayout layout;
    for (const Node& node : compiled.design.nodes) {
        const KindSpec* kind = kindOf(compiled, node);
        if (kind == nullptr) {
            continue;
        }
        if (hasReplicas(node, *kind)) {
            GatewayLayout::Backend backend;
            backend.node = node.id;
            backend.balance = balanceOf(compiled, node);
            backend.slots = kMostSlots;
            backend.probePort = static_cast<std::uint16_t>(kFirstProbePort + layout.backends.size());
            if (!ownImageOf(compiled.design, *compiled.catalog, node).empty()) {
                const std::string path = faceText(node, *kind, "healthPath");
                backend.healthPath = path.starts_with('/') ? path : "/";
                backend.readyPath = backend.healthPath;
            }
            layout.backends.push_back(std::move(backend));
        }
        if (hasReplicas(node, *kind) || kind->local.as == As::Gateway) {
            GatewayLayout::Frontend frontend =
                kind->local.as == As::Gateway ? balancerOf(compiled, node, *kind)
                                              : GatewayLayout::Frontend{node.id, 0, {{node.id, 1.0}}, 60};
            frontend.port = static_cast<std::uint16_t>(kFirstPort + layout.frontends.size());
            layout.frontends.push_back(std::move(frontend));
        }
    }
    for (const auto& [node, port] : servers) {
        layout.passages.push_back(
            {node, static_cast<std::uint16_t>(kFirstPassage + layout.passages.size()), port});
    }
    return layout;
}

std::string gatewayConfig(const GatewayLayout& layout, const std::string& adminInterface)
{
    std::string text = fmt::format(
        "global\n  stats socket ipv4@:{} level admin interface {}\n  maxconn 4096\n  nbthread 1\n"
        "defaults\n  mode http\n  retries 0\n  http-reuse safe\n  option http-keep-alive\n"
        "  timeout connect 2s\n  timeout client 120s\n  timeout server 60s\n  timeout http-keep-alive 60s\n",
        layout.adminPort, adminInterface);
    for (const GatewayLayout::Frontend& frontend : layout.frontends) {
        text += frontendText(frontend, layout);
    }
    for (const GatewayLayout::Backend& backend : layout.backends) {
        text += backendText(backend);
    }
    for (const GatewayLayout::Passage& passage : layout.passages) {
        text += fmt::format(
            "listen s-{0}\n  mode tcp\n  bind :{1}\n  timeout client 1h\n  timeout server 1h\n"
            "  server s {0}:{2} init-addr none resolvers inner\n",
            passage.node, passage.port, passage.serverPort);
    }
    if (!layout.passages.empty()) {
        text += "resolvers inner\n  parse-resolv-conf\n  hold valid 1s\n  resolve_retries 3\n  timeout "
                "resolve 1s\n";
    }
    return text;
}

}  // namespace neph
