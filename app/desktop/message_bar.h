#pragma once

#include <QFrame>
#include <functional>
#include <vector>

class QHBoxLayout;
class QLabel;
class QTimer;
class QToolButton;

namespace neph {

/// A strip above the canvas that says one thing at a time and never stops anybody from working: refusals,
/// errors, offers ("Recover", "Undo"). A notice goes by itself, everything else stays until it is answered.
class MessageBar final : public QFrame {
    Q_OBJECT

public:
    enum class Kind { Notice, Warning, Error };

    /// Something that can be done about the message.
    struct Choice {
        QString text;
        std::function<void()> act;  ///< Called after the bar has closed.
    };

    explicit MessageBar(QWidget* parent = nullptr);

    /// Shows `text` in place of what was there. `topic` names what it is about (see dismiss()).
    void show(Kind kind, const QString& text, std::vector<Choice> choices = {}, const QString& topic = {});
    /// Takes the message away if it is about `topic`: what it said no longer holds.
    void dismiss(const QString& topic);
    QString message() const;
    QString topic() const { return m_topic; }

protected:
    void changeEvent(QEvent* event) override;

private:
    void close();
    void paintKind();

    QLabel* m_icon;
    QLabel* m_text;
    QHBoxLayout* m_choices;
    QToolButton* m_close;
    QTimer* m_timer;
    QString m_topic;
    Kind m_kind = Kind::Notice;
};

}  // namespace neph
