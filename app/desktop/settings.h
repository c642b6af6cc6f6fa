#pragma once

#include <QByteArray>
#include <QSettings>
#include <QString>
#include <QStringList>

namespace neph {

/// What the program remembers between two starts. Values that make no sense (a damaged file, a newer
/// version's) read as the default; nothing here can keep the window from opening.
class Settings {
public:
    QString appearance() const;  ///< "system", "light" or "dark".
    void setAppearance(const QString& appearance);

    bool hasAnimations() const;
    void setAnimations(bool on);

    /// Newest first, absolute names, at most ten; files that are gone are kept (the menu greys them).
    QStringList recentFiles() const;
    void addRecentFile(const QString& file);
    void removeRecentFile(const QString& file);

    QByteArray windowGeometry() const;
    QByteArray windowState() const;
    void setWindow(const QByteArray& geometry, const QByteArray& state);

private:
    QByteArray bytes(const QString& key) const;

    QSettings m_store;
};

}  // namespace neph
