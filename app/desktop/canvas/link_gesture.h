#pragma once

#include "app/desktop/canvas/gesture.h"

namespace neph {

/// Draws a connection from a component: by dragging to another one, or by choosing among the possible ones
/// with the keyboard.
class LinkGesture final : public Gesture {
public:
    LinkGesture(const GestureSite& site, std::string from);

    void move(QPointF at, Qt::KeyboardModifiers modifiers) override;
    QString finish(QPointF at, Qt::KeyboardModifiers modifiers) override;
    void cancel() override;
    Qt::CursorShape cursor() const override;

    const std::string& from() const { return m_from; }
    /// The component that would be connected now; empty if there is none.
    const std::string& target() const { return m_target; }
    bool hasTargets() const { return !m_possible.empty(); }
    /// Goes to the next (1) or previous (-1) possible target, in reading order.
    void step(int by);
    /// Connects to the target that was stepped to.
    QString finish();

private:
    void aim(const std::string& target, QPointF at);
    void showMarks();

    std::string m_from;
    std::vector<std::string> m_possible;  ///< In reading order.
    std::string m_target;
    QString m_refusal;
};

}  // namespace neph
