#include "app/desktop/design_document.h"

#include <QCryptographicHash>
#include <QFile>
#include <QFileInfo>
#include <utility>

#include "app/desktop/edit_command.h"
#include "app/desktop/journal.h"
#include "sim/model/design_json.h"
#include "sim/model/rules.h"

namespace neph {

namespace {

/// A program that writes a file causes a burst of notices; they are answered once.
constexpr int kLookAfterMs = 300;

QByteArray digestOfFile(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return {};
    }
    QCryptographicHash hash(QCryptographicHash::Sha1);
    hash.addData(&file);
    return hash.result();
}

QString firstError(const Diagnostics& diagnostics)
{
    for (const Diagnostic& diagnostic : diagnostics) {
        if (diagnostic.severity == Severity::Error) {
            return QString::fromStdString(toText(diagnostic));
        }
    }
    return DesignDocument::tr("This file is not a Nephoscope design.");
}

}  // namespace

DesignDocument::DesignDocument(QObject* parent) : QObject(parent)
{
    connect(&m_undo, &QUndoStack::cleanChanged, this, &DesignDocument::fileChanged);
    m_lookSoon.setSingleShot(true);
    m_lookSoon.setInterval(kLookAfterMs);
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, &m_lookSoon, qOverload<>(&QTimer::start));
    connect(&m_lookSoon, &QTimer::timeout, this, &DesignDocument::lookAtFile);
}

DesignDocument::~DesignDocument()
{
    m_undo.disconnect(this);
    if (m_journal && !m_isRecovered) {
        m_journal->remove();  // A clean close; whoever closes has asked about what was not saved.
    }
}

const Catalog& DesignDocument::catalog() const
{
    return Catalog::builtIn();
}

bool DesignDocument::push(Edit edit, const QString& text)
{
    Result<Edit> inverse = apply(edit);
    if (!inverse) {
        emit refused(QString::fromStdString(inverse.error().what));
        return false;
    }
    m_undo.push(new EditCommand(*this, std::move(*inverse), m_gesture, text));
    return true;
}

Result<Edit> DesignDocument::apply(const Edit& edit)
{
    ensureJournal();
    Result<Edit> inverse = applyEdit(m_design, edit);
    if (inverse) {
        record(edit);
        recheck();
        emit changed(edit);
    }
    return inverse;
}

Value DesignDocument::value(const std::string& id, const std::string& key) const
{
    if (const Node* node = m_design.node(id)) {
        const KindSpec* kind = catalog().find(node->kind);
        return kind != nullptr ? effectiveValue(*kind, node->properties, key) : Value();
    }
    const Link* link = m_design.link(id);
    const LinkRule* rule = ruleOf(id);
    return link != nullptr && rule != nullptr ? effectiveValue(*rule, link->properties, key) : Value();
}

const KindSpec* DesignDocument::kindOf(const std::string& nodeId) const
{
    const Node* node = m_design.node(nodeId);
    return node != nullptr ? catalog().find(node->kind) : nullptr;
}

const LinkRule* DesignDocument::ruleOf(const std::string& linkId) const
{
    const Link* link = m_design.link(linkId);
    const Node* from = link != nullptr ? m_design.node(link->from) : nullptr;
    const Node* to = link != nullptr ? m_design.node(link->to) : nullptr;
    return from != nullptr && to != nullptr ? catalog().linkRule(from->kind, to->kind) : nullptr;
}

QString DesignDocument::title() const
{
    if (!m_file.isEmpty()) {
        return QFileInfo(m_file).fileName();
    }
    return m_design.name.empty() ? tr("Untitled design") : QString::fromStdString(m_design.name);
}

void DesignDocument::newDesign(Design design)
{
    startAfresh(std::move(design), {});
    m_undo.setClean();
    emit fileChanged();
}

bool DesignDocument::open(const QString& file)
{
    LoadedDesign loaded = loadDesign(file.toStdString());
    if (!loaded.readable) {
        emit refused(
            tr("%1 could not be opened: %2").arg(QFileInfo(file).fileName(), firstError(loaded.diagnostics)));
        return false;
    }
    startAfresh(std::move(loaded.design), QFileInfo(file).absoluteFilePath());
    if (hasErrors(loaded.diagnostics)) {
        m_protectedFile = m_file;
        emit refused(tr("Parts of this file could not be understood, so it will not be written over. %1")
                         .arg(firstError(loaded.diagnostics)));
    }
    emit fileChanged();
    return true;
}

bool DesignDocument::save(const QString& file)
{
    const QString target = QFileInfo(file).absoluteFilePath();
    if (target == m_protectedFile) {
        emit refused(
            tr("Parts of this file could not be understood and would be lost: save under another name."));
        return false;
    }
    const Result<Done> saved = saveDesign(m_design, target.toStdString());
    if (!saved) {
        emit refused(QString::fromStdString(saved.error().what));
        return false;
    }
    m_file = target;
    m_protectedFile.clear();
    discardJournal();
    watchFile();
    m_undo.setClean();
    emit fileChanged();
    emit this->saved();
    return true;
}

bool DesignDocument::recover(const QString& journalFile)
{
    Result<Journal::Recovered> recovered = Journal::read(journalFile);
    if (!recovered) {
        emit refused(QString::fromStdString(recovered.error().what));
        return false;
    }
    Result<std::unique_ptr<Journal>> journal = Journal::adopt(journalFile);
    if (!journal) {
        emit refused(QString::fromStdString(journal.error().what));
        return false;
    }
    startAfresh(std::move(recovered->design), recovered->file);
    m_journal = std::move(*journal);
    m_isRecovered = true;
    m_undo.resetClean();
    if (recovered->fileChanged) {
        emit refused(tr(
            "The file was changed since this design was last saved: save under another name to keep both."));
    } else if (recovered->torn) {
        emit refused(tr("The last change was cut off by the crash and is not part of what was recovered."));
    }
    emit fileChanged();
    return true;
}

void DesignDocument::keepJournal()
{
    if (m_journal && isModified()) {
        m_journal->keep();
    }
}

void DesignDocument::discardJournal()
{
    if (m_journal) {
        m_journal->remove();
        m_journal.reset();
    }
    m_isRecovered = false;
}

void DesignDocument::startAfresh(Design design, const QString& file)
{
    if (m_isRecovered) {
        m_journal.reset();  // Neither saved nor given up: it is offered again at the next start.
        m_isRecovered = false;
    }
    discardJournal();
    m_journalFailed = false;
    m_protectedFile.clear();
    m_design = std::move(design);
    m_file = file;
    watchFile();
    m_undo.clear();
    recheck();
    emit reset();
}

void DesignDocument::recheck()
{
    Diagnostics now = checkDesign(m_design, catalog());
    if (now != m_diagnostics) {
        m_diagnostics = std::move(now);
        emit diagnosticsChanged();
    }
}

void DesignDocument::ensureJournal()
{
    if (m_journal || m_journalFailed) {
        return;
    }
    Result<std::unique_ptr<Journal>> journal = Journal::start(m_design, m_file);
    if (journal) {
        m_journal = std::move(*journal);
        return;
    }
    m_journalFailed = true;
    emit refused(QString::fromStdString(journal.error().what));
}

void DesignDocument::record(const Edit& edit)
{
    if (!m_journal) {
        return;
    }
    const Result<Done> written = m_journal->append(edit);
    if (!written && !std::exchange(m_journalFailed, true)) {
        emit refused(QString::fromStdString(written.error().what));
    }
}

void DesignDocument::watchFile()
{
    if (!m_watcher.files().isEmpty()) {
        m_watcher.removePaths(m_watcher.files());
    }
    m_fileDigest.clear();
    if (!m_file.isEmpty() && QFileInfo::exists(m_file)) {
        m_watcher.addPath(m_file);
        m_fileDigest = digestOfFile(m_file);
    }
}

void DesignDocument::lookAtFile()
{
    const QByteArray before = m_fileDigest;
    watchFile();  // A program that saves by renaming puts another file in the place of the watched one.
    if (!m_fileDigest.isEmpty() && m_fileDigest != before) {
        emit changedOnDisk();
    }
}

}  // namespace neph
