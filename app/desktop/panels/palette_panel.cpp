#include "app/desktop/panels/palette_panel.h"

#include <QCoreApplication>
#include <QDrag>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMimeData>
#include <QTreeWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "app/desktop/theme.h"
#include "sim/model/catalog.h"

namespace neph {

namespace {

constexpr int kIconSize = 24;
constexpr int kRowHeight = 31;
constexpr int kHeadingHeight = 26;
constexpr int kDragSize = 48;

constexpr int kKindRole = Qt::UserRole;        ///< Id of the kind; headings have none.
constexpr int kSearchRole = Qt::UserRole + 1;  ///< What the search looks through.

/// Starts drags with the kind's id and its icon under the pointer.
class PaletteList final : public QTreeWidget {
public:
    using QTreeWidget::QTreeWidget;

protected:
    void startDrag(Qt::DropActions) override
    {
        const QTreeWidgetItem* item = currentItem();
        const QString kind = item == nullptr ? QString() : item->data(0, kKindRole).toString();
        if (kind.isEmpty()) {
            return;
        }
        auto* dragged = new QMimeData;
        dragged->setData("application/x-nephoscope-kind", kind.toUtf8());
        auto* drag = new QDrag(this);
        drag->setMimeData(dragged);
        drag->setPixmap(item->icon(0).pixmap(QSize(kDragSize, kDragSize), devicePixelRatioF()));
        drag->setHotSpot(QPoint(kDragSize / 2, kDragSize / 2));
        drag->exec(Qt::CopyAction);
    }
};

}  // namespace

PalettePanel::PalettePanel(const Catalog& catalog, QWidget* parent)
    : QWidget(parent), m_catalog(catalog), m_search(new QLineEdit(this)), m_list(new PaletteList(this))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 4, 0, 0);
    column->setSpacing(6);
    auto* searchRow = new QHBoxLayout;
    searchRow->setContentsMargins(0, 0, 8, 0);
    searchRow->addWidget(m_search);
    column->addLayout(searchRow);
    column->addWidget(m_list, 1);
    m_search->setPlaceholderText(tr("Search components"));
    m_search->setAccessibleName(tr("Search components"));
    m_search->setClearButtonEnabled(true);
    m_search->addAction(theme::uiIcon("search"), QLineEdit::LeadingPosition);
    m_search->installEventFilter(this);
    m_list->setAccessibleName(tr("Components"));
    m_list->setHeaderHidden(true);
    m_list->setIconSize(QSize(kIconSize, kIconSize));
    m_list->setIndentation(4);
    m_list->setRootIsDecorated(false);
    m_list->setDragEnabled(true);
    m_list->setExpandsOnDoubleClick(false);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setProperty("plain", true);
    m_list->setToolTipDuration(-1);
    connect(m_search, &QLineEdit::textChanged, this, &PalettePanel::filter);
    connect(m_list, &QTreeWidget::itemActivated, this, &PalettePanel::choose);
    fill();
}

void PalettePanel::focusSearch()
{
    m_search->setFocus(Qt::ShortcutFocusReason);
    m_search->selectAll();
}

void PalettePanel::fill()
{
    m_list->clear();
    QTreeWidgetItem* heading = nullptr;
    QString category;
    for (const KindSpec& kind : m_catalog.kinds()) {
        const QString of = QString::fromStdString(kind.category);
        if (heading == nullptr || of != category) {
            category = of;
            heading = new QTreeWidgetItem(m_list, {of});
            heading->setFlags(Qt::ItemIsEnabled);
            heading->setForeground(0, theme::mutedText());
            QFont font = m_list->font();
            font.setWeight(QFont::DemiBold);
            font.setPointSizeF(font.pointSizeF() * 0.9);
            heading->setFont(0, font);
            heading->setSizeHint(0, QSize(0, kHeadingHeight));
        }
        const QString name = QString::fromStdString(kind.name);
        const QString summary = QString::fromStdString(kind.summary);
        auto* item = new QTreeWidgetItem(heading, {name});
        item->setIcon(0, theme::kindIcon(kind.stem));
        item->setSizeHint(0, QSize(0, kRowHeight));
        item->setData(0, kKindRole, QString::fromStdString(kind.id));
        item->setData(0, kSearchRole, QString(name + ' ' + of + ' ' + summary).toLower());
        item->setData(0, Qt::AccessibleDescriptionRole, summary);
        item->setToolTip(
            0, tr("<qt><b>%1</b><br>%2<br><i>Drag it to the canvas, or press Enter.</i></qt>")
                   .arg(name.toHtmlEscaped(), summary.toHtmlEscaped()));
        item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsDragEnabled);
    }
    m_list->expandAll();
    filter(m_search->text());
}

void PalettePanel::filter(const QString& text)
{
    const QStringList words = text.toLower().split(' ', Qt::SkipEmptyParts);
    QTreeWidgetItem* first = nullptr;
    for (int group = 0; group < m_list->topLevelItemCount(); ++group) {
        QTreeWidgetItem* heading = m_list->topLevelItem(group);
        bool any = false;
        for (int place = 0; place < heading->childCount(); ++place) {
            QTreeWidgetItem* item = heading->child(place);
            const QString all = item->data(0, kSearchRole).toString();
            const bool matches = std::all_of(
                words.begin(), words.end(), [&all](const QString& word) { return all.contains(word); });
            item->setHidden(!matches);
            any = any || matches;
            // A name beats a summary: "table" means the table, not who needs one.
            const bool named = !words.isEmpty() && item->text(0).toLower().contains(words.front());
            const bool firstNamed = first != nullptr && first->text(0).toLower().contains(words.value(0));
            if (matches && (first == nullptr || (named && !firstNamed))) {
                first = item;
            }
        }
        heading->setHidden(!any);
    }
    m_list->setCurrentItem(words.isEmpty() ? nullptr : first);
}

bool PalettePanel::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_search && event->type() == QEvent::KeyPress) {
        auto* key = static_cast<QKeyEvent*>(event);
        if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) {
            choose(m_list->currentItem());
            return true;
        }
        if (key->key() == Qt::Key_Down || key->key() == Qt::Key_Up) {
            m_list->setFocus(Qt::TabFocusReason);
            QCoreApplication::sendEvent(m_list, event);
            return true;
        }
        if (key->key() == Qt::Key_Escape && !m_search->text().isEmpty()) {
            m_search->clear();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void PalettePanel::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange) {
        fill();
    }
    QWidget::changeEvent(event);
}

void PalettePanel::choose(const QTreeWidgetItem* item)
{
    const QString kind = item == nullptr ? QString() : item->data(0, kKindRole).toString();
    if (!kind.isEmpty()) {
        emit chosen(kind);
    }
}

}  // namespace neph
