#pragma once

#include <QCoreApplication>
#include <QSettings>
#include <QTemporaryDir>

namespace neph::test {

/// Settings, journals and caches of one test program in a folder of its own, gone afterwards: a journal that
/// another program has left must not be offered here. Processes started from here see the same folders.
class OwnFolders final {
public:
    OwnFolders()
    {
        for (const char* variable :
             {"XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"}) {
            qputenv(variable, m_folder.filePath(QString::fromLatin1(variable).toLower()).toLocal8Bit());
        }
        QCoreApplication::setOrganizationName("nephoscope-test");
        QSettings::setDefaultFormat(QSettings::IniFormat);
    }
    QString path(const QString& name) const { return m_folder.filePath(name); }

private:
    QTemporaryDir m_folder;
};

}  // namespace neph::test
