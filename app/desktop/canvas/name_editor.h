#pragma once

#include <QPlainTextEdit>
#include <string>

namespace neph {

/// The editor that opens in place, over a name or a note. Enter or a click elsewhere takes the text (in a
/// note, Enter starts a line and Ctrl+Enter takes it); Esc leaves it as it was.
class NameEditor final : public QPlainTextEdit {
    Q_OBJECT

public:
    NameEditor(std::string id, const QString& text, bool hasLines, QWidget* parent);

    const std::string& id() const { return m_id; }
    QString text() const { return toPlainText().trimmed(); }

signals:
    /// Once in its life; `taken` is false when it was left with Esc.
    void finished(bool taken);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    void finish(bool taken);

    std::string m_id;
    bool m_hasLines;
    bool m_isFinished = false;
};

}  // namespace neph
