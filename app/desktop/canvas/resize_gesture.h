#pragma once

#include <QRectF>

#include "app/desktop/canvas/canvas_overlay.h"
#include "app/desktop/canvas/gesture.h"

namespace neph {

/// Drags the edges of a frame, as far as what lies in it allows.
class ResizeGesture final : public Gesture {
public:
    ResizeGesture(const GestureSite& site, std::string frame, ResizeHandle handle);

    void move(QPointF at, Qt::KeyboardModifiers modifiers) override;
    QString finish(QPointF at, Qt::KeyboardModifiers modifiers) override;
    void cancel() override;
    Qt::CursorShape cursor() const override { return cursorOf(m_handle); }

    static Qt::CursorShape cursorOf(const ResizeHandle& handle);

private:
    std::string m_frame;
    ResizeHandle m_handle;
    bool m_snaps;
    QRectF m_before;
    QRectF m_least;  ///< What must stay inside; null if the frame is empty.
    QRectF m_now;
};

}  // namespace neph
