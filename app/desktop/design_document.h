#pragma once

#include <QFileSystemWatcher>
#include <QObject>
#include <QString>
#include <QTimer>
#include <QUndoStack>
#include <memory>

#include "sim/model/catalog.h"
#include "sim/model/design.h"
#include "sim/model/diagnostic.h"
#include "sim/model/edit.h"

namespace neph {

class Journal;

/// The open drawing: design, undo, file, journal. Everything that shows or changes a design goes through it.
///
/// A change is an Edit pushed onto the undo stack; after each applied edit (also by undo and redo) `changed`
/// says what was done. Whoever shows the design listens to that and to `reset`, and to nothing else.
class DesignDocument final : public QObject {
    Q_OBJECT

public:
    explicit DesignDocument(QObject* parent = nullptr);
    ~DesignDocument() override;

    const Design& design() const { return m_design; }
    const Catalog& catalog() const;
    QUndoStack& undoStack() { return m_undo; }
    /// What is wrong with the design now (checkDesign), renewed after each change.
    const Diagnostics& diagnostics() const { return m_diagnostics; }

    /// Does `edit` as one step of undo called `text` ("Move 3 components"). An edit that cannot be applied
    /// is refused with `refused` and leaves no trace.
    ///
    /// Pushes in quick succession that change the same property or place become one step, so that a drag or a
    /// word is undone at once; endGesture() says that what comes next is a step of its own.
    bool push(Edit edit, const QString& text);
    void endGesture() { ++m_gesture; }
    /// The value in force of a property of a node or link: its own or the default.
    Value value(const std::string& id, const std::string& key) const;
    const KindSpec* kindOf(const std::string& nodeId) const;
    const LinkRule* ruleOf(const std::string& linkId) const;

    QString file() const { return m_file; }  ///< Empty: never saved.
    QString title() const;                   ///< File name or design name.
    bool isModified() const { return !m_undo.isClean(); }

    void newDesign(Design design);  ///< Starts afresh from a template or an empty design.
    /// Opens a file. False: `refused` was emitted with the reason, and what was open is untouched.
    bool open(const QString& file);
    bool save(const QString& file);
    /// Design and journal of a crashed session: applies it as a modified document.
    /// Its journal is kept until the design is saved or discardJournal() is called.
    bool recover(const QString& journalFile);
    /// The user gives up the changes that were not saved: the journal goes.
    void discardJournal();
    /// The session ends without asking: unsaved changes are put where the next start recovers them.
    void keepJournal();

signals:
    void changed(const neph::Edit& edit);  ///< One edit was applied.
    void reset();                          ///< Another design is open: build everything anew.
    void diagnosticsChanged();
    void fileChanged();                   ///< Name or modified state.
    void saved();                         ///< The design has just been written to file().
    void refused(const QString& reason);  ///< One sentence for a message bar.
    /// Another program wrote the file since it was opened or saved. Ask whether to open it again.
    void changedOnDisk();

private:
    friend class EditCommand;
    Result<Edit> apply(const Edit& edit);
    void recheck();
    void startAfresh(Design design, const QString& file);
    void ensureJournal();
    void record(const Edit& edit);
    void watchFile();
    void lookAtFile();

    Design m_design;
    QUndoStack m_undo;
    QString m_file;
    QString m_protectedFile;  ///< Could not be understood in full: it is not written over.
    Diagnostics m_diagnostics;
    std::unique_ptr<Journal> m_journal;
    bool m_journalFailed = false;  ///< Told once per design, not at every edit.
    bool m_isRecovered = false;    ///< From a journal, and not saved since.
    int m_gesture = 0;
    QFileSystemWatcher m_watcher;
    QTimer m_lookSoon;
    QByteArray m_fileDigest;  ///< Of the bytes that are known to be in the file.
};

}  // namespace neph
