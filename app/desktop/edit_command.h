#pragma once

#include <QElapsedTimer>
#include <QUndoCommand>

#include "sim/model/edit.h"

namespace neph {

class DesignDocument;

/// The only undo command of the program: an edit that was applied, held as the edit that takes it back.
class EditCommand final : public QUndoCommand {
public:
    /// `inverse` takes back what has just been applied; the first redo, which QUndoStack::push() calls, has
    /// therefore nothing to do. `gesture` numbers the drag or the typing that the edit belongs to.
    EditCommand(DesignDocument& document, Edit inverse, int gesture, const QString& text);

    void undo() override { swap(); }
    void redo() override;

    int id() const override { return 1; }
    bool mergeWith(const QUndoCommand* next) override;

private:
    void swap();

    DesignDocument& m_document;
    Edit m_edit;  ///< What the next undo or redo applies; swap() leaves the inverse here.
    int m_gesture;
    QElapsedTimer m_age;  ///< Since the last edit that became part of this command.
    bool m_isNew = true;
};

}  // namespace neph
