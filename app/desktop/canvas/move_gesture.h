#pragma once

#include <QRectF>
#include <map>
#include <optional>
#include <set>

#include "app/desktop/canvas/gesture.h"

namespace neph {

/// Moves what is selected: snaps to the grid and to what stands around (not with Alt), and puts components
/// into the frame under the pointer.
class MoveGesture final : public Gesture {
public:
    /// `visible`: what can be seen; only that is snapped to.
    MoveGesture(const GestureSite& site, QPointF start, const QRectF& visible);

    void move(QPointF at, Qt::KeyboardModifiers modifiers) override;
    QString finish(QPointF at, Qt::KeyboardModifiers modifiers) override;
    void cancel() override;
    Qt::CursorShape cursor() const override;

private:
    void choose(QPointF at);
    QPointF shiftTo(QPointF at, Qt::KeyboardModifiers modifiers);

    QPointF m_start;
    bool m_snaps;
    std::vector<std::string> m_nodes;  ///< The outermost of the selected components.
    std::vector<std::string> m_notes;
    std::set<std::string> m_moving;         ///< Components and notes, with all that lies in them.
    std::map<std::string, QRectF> m_rects;  ///< Of m_moving, before.
    QRectF m_bounds;
    std::vector<QRectF> m_others;
    QPointF m_shift;
    std::map<std::string, std::string> m_parents;  ///< The frame that each of m_nodes would lie in.
    QString m_refusal;
};

}  // namespace neph
