#pragma once

#include <QPointF>
#include <QString>
#include <Qt>
#include <string>
#include <vector>

namespace neph {

class CanvasOverlay;
class CanvasScene;

/// Where a gesture works.
struct GestureSite {
    CanvasScene& scene;
    CanvasOverlay& overlay;
    double zoom = 1;
    bool snaps = true;
};

/// Something that is done by pressing, moving and letting go. It shows what would happen while it lasts, and
/// changes the document once, at its end.
class Gesture {
public:
    explicit Gesture(const GestureSite& site)
        : m_scene(site.scene), m_overlay(site.overlay), m_zoom(site.zoom)
    {
    }
    virtual ~Gesture() = default;
    Gesture(const Gesture&) = delete;
    Gesture& operator=(const Gesture&) = delete;

    virtual void move(QPointF at, Qt::KeyboardModifiers modifiers) = 0;
    /// Does it. Returns a sentence when it was refused.
    virtual QString finish(QPointF at, Qt::KeyboardModifiers modifiers) = 0;
    virtual void cancel() = 0;
    virtual Qt::CursorShape cursor() const { return Qt::ArrowCursor; }

protected:
    CanvasScene& m_scene;
    CanvasOverlay& m_overlay;
    double m_zoom;
};

}  // namespace neph
