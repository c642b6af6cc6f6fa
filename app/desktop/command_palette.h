#pragma once

#include <QDialog>
#include <QVector>

class QAction;
class QLineEdit;
class QListWidget;

namespace neph {

/// A searchable list of every action with its shortcut: type a part of the name, Enter does it.
class CommandPalette final : public QDialog {
    Q_OBJECT

public:
    CommandPalette(const QVector<QAction*>& actions, QWidget* parent);

    /// Shows those actions whose name or menu holds every word of `text`; nearest first.
    void search(const QString& text);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void runCurrent();

    QVector<QAction*> m_actions;
    QLineEdit* m_search;
    QListWidget* m_list;
};

}  // namespace neph
