#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "sim/model/catalog.h"
#include "sim/model/design.h"

namespace neph {

/// The links of a design that the catalog allows, as a graph of who asks whom. Linear in the design; built
/// once for each question.
class CallGraph {
public:
    CallGraph(const Design& design, const Catalog& catalog);

    /// Rings of links: each a list of indices into Design::links, in the order of the calls. Rings that share
    /// a component are told one at a time; at most kMostRings.
    std::vector<std::vector<std::size_t>> rings() const;
    /// Links in the longest chain of calls; those of rings and behind them do not count.
    std::size_t longestChain() const;
    /// Whether a call of `from` arrives at `to`, over any number of links.
    bool leadsTo(const std::string& from, const std::string& to) const;

    static constexpr std::size_t kMostRings = 20;

private:
    struct Edge {
        std::size_t link;
        std::size_t from;
        std::size_t to;
    };

    /// Takes off nodes that nothing enters or nothing leaves until all that is left is rings and ways
    /// between.
    void peel(std::vector<bool>& alive) const;
    std::vector<std::size_t> ringIn(const std::vector<bool>& alive, std::size_t start) const;
    std::size_t place(const std::string& id) const;

    const Design& m_design;
    std::vector<std::pair<std::string, std::size_t>> m_places;  ///< Sorted by id.
    std::vector<Edge> m_edges;
    std::vector<std::vector<std::size_t>> m_out;  ///< Edges by the node they leave.
    std::vector<std::vector<std::size_t>> m_in;   ///< Edges by the node they enter.
};

}  // namespace neph
