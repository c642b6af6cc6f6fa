#include "sim/model/call_graph.h"

#include <algorithm>

namespace neph {

CallGraph::CallGraph(const Design& design, const Catalog& catalog)
    : m_design(design), m_out(design.nodes.size()), m_in(design.nodes.size())
{
    for (std::size_t i = 0; i < design.nodes.size(); ++i) {
        m_places.emplace_back(design.nodes[i].id, i);
    }
    std::sort(m_places.begin(), m_places.end());
    for (std::size_t i = 0; i < design.links.size(); ++i) {
        const std::size_t from = place(design.links[i].from);
        const std::size_t to = place(design.links[i].to);
        const std::size_t none = design.nodes.size();
        if (from == none || to == none || from == to ||
            catalog.linkRule(design.nodes[from].kind, design.nodes[to].kind) == nullptr) {
            continue;
        }
        m_out[from].push_back(m_edges.size());
        m_in[to].push_back(m_edges.size());
        m_edges.push_back({i, from, to});
    }
}

std::size_t CallGraph::place(const std::string& id) const
{
    const auto found = std::lower_bound(m_places.begin(), m_places.end(), std::pair(id, std::size_t{0}));
    return found != m_places.end() && found->first == id ? found->second : m_design.nodes.size();
}

void CallGraph::peel(std::vector<bool>& alive) const
{
    std::vector<std::size_t> entering(alive.size());
    std::vector<std::size_t> leaving(alive.size());
    for (const Edge& edge : m_edges) {
        if (alive[edge.from] && alive[edge.to]) {
            ++leaving[edge.from];
            ++entering[edge.to];
        }
    }
    std::vector<std::size_t> loose;
    const auto takeOff = [&](std::size_t node) {
        if (alive[node] && (entering[node] == 0 || leaving[node] == 0)) {
            alive[node] = false;
            loose.push_back(node);
        }
    };
    for (std::size_t node = 0; node < alive.size(); ++node) {
        takeOff(node);
    }
    while (!loose.empty()) {
        const std::size_t node = loose.back();
        loose.pop_back();
        for (const std::size_t edge : m_out[node]) {
            if (alive[m_edges[edge].to]) {
                --entering[m_edges[edge].to];
                takeOff(m_edges[edge].to);
            }
        }
        for (const std::size_t edge : m_in[node]) {
            if (alive[m_edges[edge].from]) {
                --leaving[m_edges[edge].from];
                takeOff(m_edges[edge].from);
            }
        }
    }
}

std::vector<std::size_t> CallGraph::ringIn(const std::vector<bool>& alive, std::size_t start) const
{
    // After peeling, every node has a way on among those left, so a walk meets itself.
    constexpr std::size_t kNotMet = static_cast<std::size_t>(-1);
    std::vector<std::size_t> metAt(alive.size(), kNotMet);
    std::vector<std::size_t> walk;
    std::size_t node = start;
    while (metAt[node] == kNotMet) {
        metAt[node] = walk.size();
        const auto next = std::find_if(m_out[node].begin(), m_out[node].end(), [&](std::size_t edge) {
            return alive[m_edges[edge].to];
        });
        walk.push_back(*next);
        node = m_edges[*next].to;
    }
    walk.erase(walk.begin(), walk.begin() + static_cast<std::ptrdiff_t>(metAt[node]));
    return walk;
}

std::vector<std::vector<std::size_t>> CallGraph::rings() const
{
    std::vector<std::vector<std::size_t>> found;
    std::vector<bool> alive(m_design.nodes.size(), true);
    for (peel(alive); found.size() < kMostRings; peel(alive)) {
        const auto start = std::find(alive.begin(), alive.end(), true);
        if (start == alive.end()) {
            break;
        }
        std::vector<std::size_t>& ring = found.emplace_back();
        for (const std::size_t edge : ringIn(alive, static_cast<std::size_t>(start - alive.begin()))) {
            ring.push_back(m_edges[edge].link);
            alive[m_edges[edge].from] = false;
        }
    }
    return found;
}

std::size_t CallGraph::longestChain() const
{
    std::vector<std::size_t> waiting(m_design.nodes.size());
    std::vector<std::size_t> depth(m_design.nodes.size());
    std::vector<std::size_t> ready;
    for (std::size_t node = 0; node < waiting.size(); ++node) {
        waiting[node] = m_in[node].size();
        if (waiting[node] == 0) {
            ready.push_back(node);
        }
    }
    std::size_t longest = 0;
    while (!ready.empty()) {
        const std::size_t node = ready.back();
        ready.pop_back();
        longest = std::max(longest, depth[node]);
        for (const std::size_t edge : m_out[node]) {
            const std::size_t to = m_edges[edge].to;
            depth[to] = std::max(depth[to], depth[node] + 1);
            if (--waiting[to] == 0) {
                ready.push_back(to);
            }
        }
    }
    return longest;
}

bool CallGraph::leadsTo(const std::string& from, const std::string& to) const
{
    const std::size_t start = place(from);
    const std::size_t end = place(to);
    if (start == m_design.nodes.size()) {
        return false;
    }
    std::vector<bool> met(m_design.nodes.size());
    std::vector<std::size_t> open{start};
    met[start] = true;
    while (!open.empty()) {
        const std::size_t node = open.back();
        open.pop_back();
        if (node == end) {
            return true;
        }
        for (const std::size_t edge : m_out[node]) {
            if (!met[m_edges[edge].to]) {
                met[m_edges[edge].to] = true;
                open.push_back(m_edges[edge].to);
            }
        }
    }
    return false;
}

}  // namespace neph
