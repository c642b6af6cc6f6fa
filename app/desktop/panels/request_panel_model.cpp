#include "app/desktop/panels/request_panel_model.h"

#include <algorithm>

#include "app/desktop/charts/value_text.h"
#include "app/desktop/panels/results_panel_parts.h"
#include "app/desktop/theme.h"

namespace neph {

namespace {

bool startsWith(const std::vector<RequestTrace>& traces, const std::vector<RequestTrace>& start)
{
    return start.size() <= traces.size() &&
           std::equal(
               start.begin(), start.end(), traces.begin(), [](const RequestTrace& a, const RequestTrace& b) {
                   return a.id == b.id && a.latency == b.latency && a.arrived == b.arrived;
               });
}

}  // namespace

void RequestListModel::measure()
{
    m_longest = Duration{0};
    m_slowFrom.clear();
    if (!m_result) {
        return;
    }
    for (const RequestTrace& trace : m_result->traces) {
        m_longest = std::max(m_longest, trace.latency);
    }
    for (const auto& [name, requests] : m_result->classes) {
        m_slowFrom[name] = requests.latency.quantile(0.95);
    }
}

void RequestListModel::setResult(std::shared_ptr<const RunResult> result)
{
    const int rows = result ? static_cast<int>(result->traces.size()) : 0;
    const bool grows = m_result && result && startsWith(result->traces, m_result->traces);
    if (grows && rows == m_rows) {
        m_result = std::move(result);
        measure();
        return;
    }
    if (grows) {
        beginInsertRows({}, m_rows, rows - 1);
    } else {
        beginResetModel();
    }
    m_result = std::move(result);
    m_rows = rows;
    measure();
    if (grows) {
        endInsertRows();
    } else {
        endResetModel();
    }
}

int RequestListModel::rowOf(std::uint64_t id) const
{
    for (int row = 0; row < m_rows; ++row) {
        if (trace(row).id == id) {
            return row;
        }
    }
    return -1;
}

bool RequestListModel::isSlow(const RequestTrace& trace) const
{
    const auto limit = m_slowFrom.find(trace.requestClass);
    return limit != m_slowFrom.end() && limit->second > Duration{0} && trace.latency >= limit->second;
}

int RequestListModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : m_rows;
}

int RequestListModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : kColumns;
}

QVariant RequestListModel::textOf(const RequestTrace& trace, int column) const
{
    switch (column) {
    case TimeColumn:
        return momentText(trace.arrived);
    case ClassColumn:
        return toQString(trace.requestClass);
    case LatencyColumn:
        return durationText(trace.latency);
    case OutcomeColumn:
        return toQString(trace.outcome);
    default:
        return {};
    }
}

QVariant RequestListModel::keyOf(const RequestTrace& trace, int column) const
{
    return column == TimeColumn      ? QVariant(static_cast<qlonglong>(trace.arrived.count()))
           : column == LatencyColumn ? QVariant(static_cast<qlonglong>(trace.latency.count()))
                                     : textOf(trace, column);
}

QVariant RequestListModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= m_rows) {
        return {};
    }
    const RequestTrace& request = trace(index.row());
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole:
        return textOf(request, column);
    case kSortRole:
        return keyOf(request, column);
    case ShareBarDelegate::kShareRole:
        return column == LatencyColumn && m_longest > Duration{0}
                   ? QVariant(seconds(request.latency) / seconds(m_longest))
                   : QVariant();
    case ShareBarDelegate::kColourRole:
        return !request.ok ? theme::failure() : isSlow(request) ? theme::warning() : theme::healthy();
    case Qt::DecorationRole:
        return column == OutcomeColumn && !request.ok ? QVariant(levelIcon(EventLevel::Failure)) : QVariant();
    case Qt::TextAlignmentRole:
        return column == TimeColumn ? QVariant(Qt::AlignRight | Qt::AlignVCenter) : QVariant();
    case Qt::ForegroundRole:
        return column == TimeColumn ? QVariant(theme::mutedText()) : QVariant();
    case Qt::ToolTipRole:
        return column == OutcomeColumn ? textOf(request, column) : QVariant();
    default:
        return {};
    }
}

QVariant RequestListModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return QAbstractTableModel::headerData(section, orientation, role);
    }
    switch (section) {
    case TimeColumn:
        return tr("Arrived");
    case ClassColumn:
        return tr("Class");
    case LatencyColumn:
        return tr("Latency");
    case OutcomeColumn:
        return tr("Outcome");
    default:
        return {};
    }
}

RequestFilter::RequestFilter(RequestListModel& model, QObject* parent)
    : QSortFilterProxyModel(parent), m_model(model)
{
    setSourceModel(&model);
    setSortRole(RequestListModel::kSortRole);
}

void RequestFilter::setClass(const std::string& name)
{
    m_class = name;
    invalidateFilter();
}

void RequestFilter::setKind(Kind kind)
{
    m_kind = kind;
    invalidateFilter();
}

void RequestFilter::setNodes(std::set<std::string> nodes)
{
    if (m_nodes != nodes) {
        m_nodes = std::move(nodes);
        invalidateFilter();
    }
}

bool RequestFilter::filterAcceptsRow(int row, const QModelIndex&) const
{
    const RequestTrace& trace = m_model.trace(row);
    if ((!m_class.empty() && trace.requestClass != m_class) || (m_kind == Kind::Failed && trace.ok) ||
        (m_kind == Kind::Slow && !m_model.isSlow(trace))) {
        return false;
    }
    return m_nodes.empty() || m_nodes.contains(trace.source) ||
           std::any_of(trace.spans.begin(), trace.spans.end(), [this](const TraceSpan& span) {
               return m_nodes.contains(span.node);
           });
}

}  // namespace neph
