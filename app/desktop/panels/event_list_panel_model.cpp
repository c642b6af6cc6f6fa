#include "app/desktop/panels/event_list_panel_model.h"

#include <algorithm>

#include "app/desktop/charts/chart_plan.h"
#include "app/desktop/charts/event_marks.h"
#include "app/desktop/charts/value_text.h"
#include "app/desktop/design_document.h"
#include "app/desktop/panels/results_panel_parts.h"
#include "app/desktop/theme.h"

namespace neph {

EventListModel::EventListModel(DesignDocument& document, QObject* parent)
    : QAbstractTableModel(parent), m_document(document)
{
    connect(&m_document, &DesignDocument::changed, this, &EventListModel::namesChanged);
    connect(&m_document, &DesignDocument::reset, this, &EventListModel::namesChanged);
}

void EventListModel::namesChanged()
{
    if (m_rows > 0) {
        emit dataChanged(index(0, ComponentColumn), index(m_rows - 1, ComponentColumn), {Qt::DisplayRole});
    }
}

void EventListModel::setResult(std::shared_ptr<const RunResult> result)
{
    const int rows = result ? static_cast<int>(result->log.size()) : 0;
    if (m_result && result && continues(*m_result, *result)) {
        if (rows == m_rows) {
            m_result = std::move(result);
            return;
        }
        beginInsertRows({}, m_rows, rows - 1);
        m_result = std::move(result);
        m_rows = rows;
        endInsertRows();
        return;
    }
    beginResetModel();
    m_result = std::move(result);
    m_rows = rows;
    endResetModel();
}

void EventListModel::setViewTime(Time at)
{
    // Who shows the table repaints it: telling each of 100,000 rows that its colour may differ would cost
    // more.
    m_viewTime = at;
}

int EventListModel::rowAt(Time at) const
{
    if (m_rows == 0) {
        return -1;
    }
    const auto after =
        std::upper_bound(m_result->log.begin(), m_result->log.end(), at, [](Time t, const RunEvent& event) {
            return t < event.at;
        });
    return static_cast<int>(after - m_result->log.begin()) - 1;
}

int EventListModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : m_rows;
}

int EventListModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : kColumns;
}

QString EventListModel::componentOf(const RunEvent& event) const
{
    return event.node.empty() ? QString() : nameOf(m_document.design(), event.node);
}

QVariant EventListModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= m_rows) {
        return {};
    }
    const RunEvent& entry = eventAt(index.row());
    if (role == Qt::DisplayRole) {
        switch (index.column()) {
        case TimeColumn:
            return momentText(entry.at);
        case LevelColumn:
            return levelWord(entry.level);
        case ComponentColumn:
            return componentOf(entry);
        case TextColumn:
            return toQString(entry.what);
        default:
            return {};
        }
    }
    if (role == Qt::DecorationRole && index.column() == LevelColumn) {
        return levelIcon(entry.level);
    }
    if (role == Qt::ToolTipRole && index.column() == TextColumn) {
        return toQString(entry.detail.empty() ? entry.what : entry.what + "\n" + entry.detail);
    }
    if (role == Qt::TextAlignmentRole && index.column() == TimeColumn) {
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    }
    if (role == Qt::ForegroundRole && (entry.at > m_viewTime || index.column() == TimeColumn)) {
        return theme::mutedText();
    }
    return {};
}

QVariant EventListModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Horizontal && role == Qt::TextAlignmentRole && section == TimeColumn) {
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);  // As the times below it.
    }
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return QAbstractTableModel::headerData(section, orientation, role);
    }
    switch (section) {
    case TimeColumn:
        return tr("Time");
    case LevelColumn:
        return tr("Level");
    case ComponentColumn:
        return tr("Component");
    case TextColumn:
        return tr("What happened");
    default:
        return {};
    }
}

EventFilter::EventFilter(EventListModel& model, QObject* parent)
    : QSortFilterProxyModel(parent), m_model(model)
{
    setSourceModel(&model);
}

void EventFilter::setLeastLevel(EventLevel level)
{
    m_least = level;
    invalidateFilter();
}

void EventFilter::setText(const QString& text)
{
    m_text = text.trimmed();
    invalidateFilter();
}

void EventFilter::setNodes(std::set<std::string> nodes)
{
    if (m_nodes != nodes) {
        m_nodes = std::move(nodes);
        invalidateFilter();
    }
}

bool EventFilter::filterAcceptsRow(int row, const QModelIndex&) const
{
    const RunEvent& event = m_model.eventAt(row);
    if (event.level < m_least || (!m_nodes.empty() && !m_nodes.contains(event.node))) {
        return false;
    }
    if (m_text.isEmpty()) {
        return true;
    }
    if (toQString(event.what).contains(m_text, Qt::CaseInsensitive) ||
        toQString(event.detail).contains(m_text, Qt::CaseInsensitive)) {
        return true;
    }
    const QModelIndex component = m_model.index(row, EventListModel::ComponentColumn);
    return m_model.data(component, Qt::DisplayRole).toString().contains(m_text, Qt::CaseInsensitive);
}

}  // namespace neph
