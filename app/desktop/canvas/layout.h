#pragma once

#include <QRectF>
#include <map>
#include <string>
#include <vector>

#include "sim/model/catalog.h"
#include "sim/model/design.h"

namespace neph {

// Measures of the canvas, in scene units (1 unit = 1 pixel at 100 %).
inline constexpr double kGrid = 10;
inline constexpr double kCardWidth = 200;
inline constexpr double kCardHeight = 90;
inline constexpr double kFrameTitle = 36;    ///< Height of a frame's title row.
inline constexpr double kFramePadding = 20;  ///< Between a frame's border and what lies in it.
inline constexpr double kSmallestFrame = 120;

/// The point of the grid nearest to `point`.
QPointF onGrid(QPointF point);

/// Where each component of a design stands on the canvas: absolute places, made from the relative ones of the
/// document in one pass. A frame is at least as large as what lies in it.
class Layout {
public:
    struct Entry {
        std::string id;
        std::string parent;  ///< Empty where the design names a parent that it does not have.
        QRectF rect;
        int depth = 0;
        bool frame = false;
        std::vector<std::string> children;  ///< In drawing order.
    };

    Layout() = default;
    Layout(const Design& design, const Catalog& catalog);

    bool has(const std::string& id) const { return m_entries.count(id) != 0; }
    /// Of a node that the layout has.
    const Entry& at(const std::string& id) const { return m_entries.at(id); }
    QRectF rect(const std::string& id) const;
    const std::map<std::string, Entry>& entries() const { return m_entries; }
    const std::vector<std::string>& topLevel() const { return m_topLevel; }

    /// The node and everything in it.
    std::vector<std::string> subtree(const std::string& id) const;
    bool isInside(const std::string& id, const std::string& frame) const;
    /// Those of `ids` that do not lie in another of them.
    std::vector<std::string> outermost(const std::vector<std::string>& ids) const;
    /// All nodes as one reads a page: by rows, from left to right; a frame before what lies in it.
    std::vector<std::string> readingOrder() const;
    QRectF bounds() const;

private:
    void
    place(const std::string& id, QPointF origin, int depth, const std::map<std::string, const Node*>& nodes);
    void read(const std::vector<std::string>& siblings, std::vector<std::string>& order) const;

    std::map<std::string, Entry> m_entries;
    std::vector<std::string> m_topLevel;
};

/// The size of a frame that was never given one, by how deep it lies.
QSizeF defaultFrameSize(int depth);

}  // namespace neph
