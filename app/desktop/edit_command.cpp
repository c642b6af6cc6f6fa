#include "app/desktop/edit_command.h"

#include <utility>

#include "app/desktop/design_document.h"

namespace neph {

namespace {

/// A pause of this length ends a word that is typed or a value that is dragged: what follows is undone apart.
constexpr qint64 kMergePauseMs = 1500;

}  // namespace

EditCommand::EditCommand(DesignDocument& document, Edit inverse, int gesture, const QString& text)
    : QUndoCommand(text), m_document(document), m_edit(std::move(inverse)), m_gesture(gesture)
{
    m_age.start();
}

void EditCommand::redo()
{
    if (!std::exchange(m_isNew, false)) {
        swap();
    }
}

void EditCommand::swap()
{
    Result<Edit> inverse = m_document.apply(m_edit);
    if (!inverse) {
        setObsolete(true);  // What it was about has gone; the stack drops the command.
        return;
    }
    m_edit = std::move(*inverse);
}

bool EditCommand::mergeWith(const QUndoCommand* next)
{
    const auto& later = static_cast<const EditCommand&>(*next);
    if (later.m_gesture != m_gesture || m_age.elapsed() > kMergePauseMs) {
        return false;
    }
    if (!sameTarget(m_edit, later.m_edit)) {
        return false;
    }
    // A drag is one step: our inverse, which holds the state before the drag, takes both back.
    m_age.restart();
    return true;
}

}  // namespace neph
