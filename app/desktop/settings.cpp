#include "app/desktop/settings.h"

#include <QFileInfo>

namespace neph {

namespace {

constexpr int kMostRecentFiles = 10;
constexpr int kLongestName = 4096;
constexpr int kMostStateBytes = 1 << 20;

}  // namespace

QString Settings::appearance() const
{
    const QString value = m_store.value("appearance").toString();
    return QStringList{"light", "dark"}.contains(value) ? value : QStringLiteral("system");
}

void Settings::setAppearance(const QString& appearance)
{
    m_store.setValue("appearance", appearance);
}

bool Settings::hasAnimations() const
{
    return m_store.value("animations", true).toString() != QLatin1String("false");
}

void Settings::setAnimations(bool on)
{
    m_store.setValue("animations", on);
}

QStringList Settings::recentFiles() const
{
    QStringList files;
    for (const QString& file : m_store.value("recentFiles").toStringList()) {
        const bool sane = !file.isEmpty() && file.size() < kLongestName && QFileInfo(file).isAbsolute();
        if (sane && !files.contains(file) && files.size() < kMostRecentFiles) {
            files.append(file);
        }
    }
    return files;
}

void Settings::addRecentFile(const QString& file)
{
    const QString name = QFileInfo(file).absoluteFilePath();
    QStringList files = recentFiles();
    files.removeAll(name);
    files.prepend(name);
    m_store.setValue("recentFiles", QStringList(files.mid(0, kMostRecentFiles)));
}

void Settings::removeRecentFile(const QString& file)
{
    QStringList files = recentFiles();
    files.removeAll(file);
    m_store.setValue("recentFiles", files);
}

QByteArray Settings::windowGeometry() const
{
    return bytes("window/geometry");
}

QByteArray Settings::windowState() const
{
    return bytes("window/state");
}

void Settings::setWindow(const QByteArray& geometry, const QByteArray& state)
{
    m_store.setValue("window/geometry", geometry);
    m_store.setValue("window/state", state);
}

QByteArray Settings::bytes(const QString& key) const
{
    const QByteArray value = m_store.value(key).toByteArray();
    return value.size() <= kMostStateBytes ? value : QByteArray();
}

}  // namespace neph
