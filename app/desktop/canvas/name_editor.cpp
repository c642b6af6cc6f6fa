#include "app/desktop/canvas/name_editor.h"

#include <QKeyEvent>
#include <QTextDocument>
#include <utility>

namespace neph {

NameEditor::NameEditor(std::string id, const QString& text, bool hasLines, QWidget* parent)
    : QPlainTextEdit(text, parent), m_id(std::move(id)), m_hasLines(hasLines)
{
    setObjectName(QStringLiteral("nameEditor"));
    setAccessibleName(hasLines ? tr("Note") : tr("Name"));
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setLineWrapMode(hasLines ? QPlainTextEdit::WidgetWidth : QPlainTextEdit::NoWrap);
    setTabChangesFocus(true);
    document()->setDocumentMargin(2);
    selectAll();
}

void NameEditor::keyPressEvent(QKeyEvent* event)
{
    const bool isEnter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (event->key() == Qt::Key_Escape) {
        finish(false);
    } else if (isEnter && (!m_hasLines || (event->modifiers() & Qt::ControlModifier) != 0)) {
        finish(true);
    } else {
        QPlainTextEdit::keyPressEvent(event);
    }
}

void NameEditor::focusOutEvent(QFocusEvent* event)
{
    QPlainTextEdit::focusOutEvent(event);
    if (event->reason() != Qt::PopupFocusReason) {
        finish(true);
    }
}

void NameEditor::finish(bool taken)
{
    if (!std::exchange(m_isFinished, true)) {
        emit finished(taken);
    }
}

}  // namespace neph
