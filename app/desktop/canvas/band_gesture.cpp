#include "app/desktop/canvas/band_gesture.h"

#include <QRectF>
#include <algorithm>

#include "app/desktop/canvas/canvas_overlay.h"
#include "app/desktop/canvas/canvas_scene.h"
#include "app/desktop/selection.h"

namespace neph {

BandGesture::BandGesture(const GestureSite& site, QPointF start, bool adds)
    : Gesture(site), m_start(start), m_before(m_scene.selection().ids())
{
    if (adds) {
        m_kept = m_before;
    }
}

void BandGesture::move(QPointF at, Qt::KeyboardModifiers)
{
    const QRectF band = QRectF(m_start, at).normalized();
    m_overlay.band = band;
    std::vector<std::string> ids = m_kept;
    for (std::string& id : m_scene.within(band)) {
        if (std::find(ids.begin(), ids.end(), id) == ids.end()) {
            ids.push_back(std::move(id));
        }
    }
    m_scene.selection().set(std::move(ids));
}

QString BandGesture::finish(QPointF at, Qt::KeyboardModifiers modifiers)
{
    move(at, modifiers);
    m_overlay.endGesture();
    return {};
}

void BandGesture::cancel()
{
    m_overlay.endGesture();
    m_scene.selection().set(m_before);
}

}  // namespace neph
