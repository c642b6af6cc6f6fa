#pragma once

#include <QDateTime>
#include <QFile>
#include <QLockFile>
#include <QString>
#include <QTimer>
#include <memory>
#include <vector>

#include "sim/base/result.h"
#include "sim/model/design.h"
#include "sim/model/edit.h"

namespace neph {

/// What a crash must not take away: the design as it was opened or last saved, and each edit since.
///
/// One file per process and document in the user's state folder, never beside or over the design itself. A
/// file is a first line that names the format, then records: length and CRC-32C (4 bytes each, little
/// endian), and that many bytes of JSON; the first record is the header, the others are edits. A record is
/// handed to the system at once, so that it survives the end of the process, and is forced to the disk at
/// most a second later. A lock file beside it, held while the document is open, tells the journal of a crash
/// from that of a second running copy.
class Journal final {
public:
    /// A journal of which no process is alive.
    struct Orphan {
        QString path;       ///< Of the journal.
        QString file;       ///< The design's file; empty if it was never saved.
        QString name;       ///< The design's name.
        QDateTime changed;  ///< The last edit.
        int edits = 0;
    };
    /// What a journal holds: the base with the edits of its longest valid part applied.
    struct Recovered {
        Design design;
        QString file;
        int edits = 0;
        bool torn = false;         ///< The last record was cut or damaged, and dropped.
        bool fileChanged = false;  ///< The design's file is not what it was when the journal began.
    };

    /// Where journals live: AppDataLocation/journals.
    static QString folder();
    /// Starts a journal. Errors: CannotWrite.
    static Result<std::unique_ptr<Journal>> start(const Design& base, const QString& file);
    /// Goes on with the journal of a dead session, from its last valid record. Errors: CannotWrite, or
    /// NotFound when another process holds it.
    static Result<std::unique_ptr<Journal>> adopt(const QString& path);
    /// Reads, changes nothing. Errors: CannotRead, TooLarge, UnknownFormat.
    static Result<Recovered> read(const QString& path);
    /// Journals of dead sessions that hold at least one edit, the latest first. Those without are removed.
    static std::vector<Orphan> orphans();
    /// Deletes the journal of a dead session; for an explicit choice of the user only.
    static void discard(const QString& path);

    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;
    /// Leaves the file: it is deleted by remove() only, so that nothing is lost by accident.
    ~Journal();

    /// Appends an edit that was applied. Errors: CannotWrite; the design itself is not affected.
    Result<Done> append(const Edit& edit);
    /// Forces to the disk what is not there yet, and waits for it: the session ends.
    void keep();
    /// Deletes the file: its edits are saved, or the user gave them up.
    void remove();
    QString path() const { return m_file.fileName(); }

private:
    explicit Journal(const QString& path);
    Result<Done> write(const QByteArray& payload);
    void force();

    QFile m_file;
    std::unique_ptr<QLockFile> m_lock;
    QTimer m_forceSoon;
};

}  // namespace neph
