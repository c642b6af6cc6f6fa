#pragma once

#include <QElapsedTimer>
#include <QGraphicsScene>
#include <QTimer>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/desktop/canvas/canvas_look.h"
#include "app/desktop/canvas/layout.h"
#include "app/desktop/canvas/link_item.h"
#include "app/desktop/canvas/live_state.h"

namespace neph {

class CardItem;
class DesignDocument;
class FrameItem;
class NoteItem;
class Selection;

/// The items of a design: kept equal to the document after each of its changes, and shown as selected,
/// hovered, marked or alive. It answers where things are; it changes no design.
class CanvasScene final : public QGraphicsScene {
    Q_OBJECT

public:
    struct Hit {
        enum class Kind { Nothing, Card, Frame, FrameBody, Link, Note };
        Kind kind = Kind::Nothing;
        std::string id;
    };

    CanvasScene(DesignDocument& document, Selection& selection, QObject* parent = nullptr);
    ~CanvasScene() override;

    DesignDocument& document() const { return m_document; }
    Selection& selection() const { return m_selection; }
    const Layout& layout() const { return m_layout; }
    const LiveState& live() const { return m_live; }
    /// What components do for real, by id: a line below each card.
    void showReal(std::map<std::string, QString> real);
    QString realOf(const std::string& id) const;

    /// What a press at a point takes hold of; borders and links are `reach` wide to either side.
    Hit hit(QPointF at, double reach) const;
    /// The frames around a point, the innermost first, without those that `leaveOut` says.
    std::vector<std::string>
    framesAt(QPointF at, const std::function<bool(const std::string&)>& leaveOut = {}) const;
    /// Components, notes and links that lie wholly in `area`.
    std::vector<std::string> within(const QRectF& area) const;
    /// Outline of a component, note or link as it is shown; null if there is none of that id.
    QRectF rectOf(const std::string& id) const;
    QRectF contentRect() const;
    bool isEmpty() const { return m_cards.empty() && m_frames.empty() && m_notes.empty(); }
    QString nameOf(const std::string& id) const;
    const ItemFace* faceOf(const std::string& id) const;
    QString verbOf(const std::string& linkId) const;

    /// Shows components and notes elsewhere than the document has them, until endPreview().
    void preview(const std::map<std::string, QRectF>& rects);
    void endPreview();

    void setHovered(const std::string& id);
    const std::string& hovered() const { return m_hovered; }
    void setMarks(std::map<std::string, Mark> marks);
    void clearMarks() { setMarks({}); }

    void showResult(std::shared_ptr<const RunResult> result, neph::Time at);
    void setTrafficAnimated(bool animated);
    /// The dots move only while a run plays and somebody can see them.
    void setPlaying(bool playing);
    void setWatched(bool watched);
    bool isAnimating() const { return m_ticks.isActive(); }

signals:
    void rebuilt();  ///< Items were added, removed or moved.

private:
    struct Shown {
        Node node;  ///< What the face was made of.
        ItemFace face;
    };

    void sync();
    void syncNodes();
    void syncLinks();
    void syncNotes();
    void makeFace(const Node& node);
    void showProblems();
    void route();
    void showLooks();
    void showLive();
    ItemLook lookOf(const std::string& id) const;
    void chooseAnimation();
    void tick();

    DesignDocument& m_document;
    Selection& m_selection;
    Layout m_layout;
    std::map<std::string, Shown> m_shown;
    std::map<std::string, std::unique_ptr<CardItem>> m_cards;
    std::map<std::string, std::unique_ptr<FrameItem>> m_frames;
    std::map<std::string, std::unique_ptr<LinkItem>> m_links;
    std::map<std::string, std::unique_ptr<NoteItem>> m_notes;
    std::map<std::string, QRectF> m_preview;
    std::string m_hovered;
    std::map<std::string, Mark> m_marks;

    LiveState m_live;
    std::map<std::string, QString> m_real;
    std::shared_ptr<const RunResult> m_result;
    Time m_at{0};
    QTimer m_ticks;
    QElapsedTimer m_sinceTick;
    double m_seconds = 0;
    bool m_isAnimated = true;
    bool m_isPlaying = false;
    bool m_isWatched = true;
};

}  // namespace neph
