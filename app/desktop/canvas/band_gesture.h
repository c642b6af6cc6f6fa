#pragma once

#include "app/desktop/canvas/gesture.h"

namespace neph {

/// Selects what lies in a rectangle that is drawn; with Ctrl or Shift in addition to what is selected.
class BandGesture final : public Gesture {
public:
    BandGesture(const GestureSite& site, QPointF start, bool adds);

    void move(QPointF at, Qt::KeyboardModifiers modifiers) override;
    QString finish(QPointF at, Qt::KeyboardModifiers modifiers) override;
    void cancel() override;

private:
    QPointF m_start;
    std::vector<std::string> m_before;
    std::vector<std::string> m_kept;  ///< What stays selected whatever the rectangle holds.
};

}  // namespace neph
