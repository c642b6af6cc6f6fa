#pragma once

#include <QAction>
#include <QHash>
#include <QObject>
#include <QVector>
#include <functional>

class QMenu;
class QMenuBar;
class QWidget;

namespace neph {

/// Every action of the window, made from one table: menus, toolbar and command palette are read from it, so
/// that nothing can be in one and forgotten in another.
class Actions final : public QObject {
    Q_OBJECT

public:
    /// Adds all actions to `window`, so that their shortcuts work wherever the focus is in it.
    explicit Actions(QWidget* window);

    /// The action of that name ("file.open"). An unknown name is a bug and aborts.
    QAction* at(const char* id) const;
    /// What the action does.
    void on(const char* id, const QObject* context, std::function<void()> act);

    /// Fills the menu bar; `menus()` gives the menus by title without "&", for what is added at run time.
    void fill(QMenuBar& bar);
    QMenu* menu(const QString& title) const { return m_menus.value(title); }
    /// All actions in the order of the menus.
    const QVector<QAction*>& all() const { return m_order; }

private:
    QHash<QString, QAction*> m_byId;
    QVector<QAction*> m_order;
    QHash<QString, QMenu*> m_menus;
};

}  // namespace neph
