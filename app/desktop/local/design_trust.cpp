#include "app/desktop/local/design_trust.h"

#include <QFile>
#include <string>

#include "app/desktop/design_document.h"
#include "sim/local/lab_plan.h"
#include "sim/local/state_folder.h"
#include "sim/local/trust.h"

namespace neph {

namespace {

/// SHA-256 of what lies there; empty where it cannot be read.
std::string digestOfDesignFile(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? sha256(file.readAll().toStdString()) : std::string();
}

}  // namespace

DesignTrust::DesignTrust(DesignDocument& document, QObject* parent) : QObject(parent), m_document(document)
{
    connect(&m_document, &DesignDocument::reset, this, &DesignTrust::takeDesign);
    connect(&m_document, &DesignDocument::saved, this, &DesignTrust::takeSaved);
    takeDesign();
}

void DesignTrust::takeDesign()
{
    const QString file = m_document.file();
    const Result<std::string> state = stateFolder();
    const bool isOwn =
        file.isEmpty() || (state && OwnDesigns(*state).isOwn(file.toStdString(), digestOfDesignFile(file)));
    setForeign(!isOwn);
}

/// What the user has made here is his own; what he has only changed is not.
void DesignTrust::takeSaved()
{
    if (!m_isForeign) {
        trust();
    }
}

void DesignTrust::trust()
{
    const QString file = m_document.file();
    if (!file.isEmpty()) {
        if (const Result<std::string> state = stateFolder()) {
            // Where it cannot be written down the question comes again at the next opening.
            (void)OwnDesigns(*state).addOwn(file.toStdString(), digestOfDesignFile(file));
        }
    }
    setForeign(false);
}

void DesignTrust::setForeign(bool foreign)
{
    if (m_isForeign != foreign) {
        m_isForeign = foreign;
        emit changed();
    }
}

}  // namespace neph
