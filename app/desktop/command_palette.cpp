#include "app/desktop/command_palette.h"

#include <QAction>
#include <QCoreApplication>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QTimer>
#include <QVBoxLayout>
#include <algorithm>

#include "app/desktop/theme.h"

namespace neph {

namespace {

constexpr int kWidth = 560;
constexpr int kHeight = 400;

QString plainName(const QAction& action)
{
    return action.text().remove('&').remove(QStringLiteral("…"));
}

/// One line: icon, name, and the shortcut at the right.
QWidget* lineOf(const QAction& action, QWidget* parent)
{
    auto* line = new QWidget(parent);
    auto* row = new QHBoxLayout(line);
    row->setContentsMargins(10, 0, 12, 0);
    auto* icon = new QLabel(line);
    icon->setFixedSize(18, 18);
    icon->setPixmap(action.icon().pixmap(QSize(18, 18), parent->devicePixelRatioF()));
    row->addWidget(icon);
    row->addWidget(new QLabel(plainName(action), line));
    row->addStretch(1);
    auto* keys = new QLabel(action.shortcut().toString(QKeySequence::NativeText), line);
    QPalette palette = keys->palette();
    palette.setColor(QPalette::WindowText, theme::mutedText());
    keys->setPalette(palette);
    row->addWidget(keys);
    line->setEnabled(action.isEnabled());
    return line;
}

}  // namespace

CommandPalette::CommandPalette(const QVector<QAction*>& actions, QWidget* parent)
    : QDialog(parent), m_actions(actions), m_search(new QLineEdit(this)), m_list(new QListWidget(this))
{
    setWindowTitle(tr("Command palette"));
    setObjectName("commandPalette");
    resize(kWidth, kHeight);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(10, 10, 10, 10);
    column->addWidget(m_search);
    column->addWidget(m_list, 1);
    m_search->setPlaceholderText(tr("Search an action: align, zoom, fault …"));
    m_search->setAccessibleName(tr("Search an action"));
    m_search->setClearButtonEnabled(true);
    m_search->installEventFilter(this);
    m_list->setAccessibleName(tr("Actions"));
    m_list->setUniformItemSizes(true);
    connect(m_search, &QLineEdit::textChanged, this, &CommandPalette::search);
    connect(m_search, &QLineEdit::returnPressed, this, &CommandPalette::runCurrent);
    connect(m_list, &QListWidget::itemActivated, this, &CommandPalette::runCurrent);
    search({});
    m_search->setFocus();
}

void CommandPalette::search(const QString& text)
{
    m_list->clear();
    const QStringList words = text.toLower().split(' ', Qt::SkipEmptyParts);
    // Names that begin with what was typed come first; otherwise the order of the menus holds.
    for (const bool beginning : {true, false}) {
        for (QAction* action : m_actions) {
            const QString name = plainName(*action).toLower();
            const QString all = name + ' ' + action->statusTip().toLower();
            const bool matches = std::all_of(
                words.begin(), words.end(), [&all](const QString& word) { return all.contains(word); });
            const bool begins = !words.isEmpty() && name.startsWith(words.front());
            if (!matches || begins != beginning) {
                continue;
            }
            auto* item = new QListWidgetItem(m_list);
            item->setData(Qt::UserRole, QVariant::fromValue(action));
            item->setData(Qt::AccessibleTextRole, plainName(*action));
            item->setSizeHint(QSize(0, 34));
            item->setToolTip(action->statusTip());
            if (!action->isEnabled()) {
                item->setFlags(item->flags() & ~Qt::ItemIsEnabled);
            }
            m_list->setItemWidget(item, lineOf(*action, m_list));
        }
    }
    m_list->setCurrentRow(0);
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_search && event->type() == QEvent::KeyPress) {
        auto* key = static_cast<QKeyEvent*>(event);
        const bool moves = key->key() == Qt::Key_Up || key->key() == Qt::Key_Down ||
                           key->key() == Qt::Key_PageUp || key->key() == Qt::Key_PageDown;
        if (moves) {
            QCoreApplication::sendEvent(m_list, event);
            return true;
        }
    }
    return QDialog::eventFilter(watched, event);
}

void CommandPalette::runCurrent()
{
    const QListWidgetItem* item = m_list->currentItem();
    if (item == nullptr || (item->flags() & Qt::ItemIsEnabled) == 0) {
        return;
    }
    auto* action = item->data(Qt::UserRole).value<QAction*>();
    accept();
    if (action->menu() != nullptr) {
        action->menu()->popup(parentWidget()->mapToGlobal(parentWidget()->rect().center()));
        return;
    }
    // After the dialog is gone, so that the action finds the window active.
    QTimer::singleShot(0, action, &QAction::trigger);
}

}  // namespace neph
