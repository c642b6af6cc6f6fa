#include "app/desktop/panels/bill_panel_model.h"

#include <QApplication>
#include <QFontMetrics>
#include <algorithm>

#include "app/desktop/charts/value_text.h"
#include "app/desktop/panels/results_panel_parts.h"
#include "app/desktop/theme.h"

namespace neph {

namespace {

/// The internal id of a heading; a line has the number of its heading, from 1.
constexpr quintptr kHeading = 0;

/// "4 vCPU-hours", "1 vCPU-hour", "12 GB": units that are words take a plural.
QString pluralOf(const BillRow& row)
{
    const bool word = !row.unit.isEmpty() && row.unit.back().isLower() && !row.unit.endsWith('s');
    return word && row.quantity.value() != 1 ? row.unit + "s" : row.unit;
}

bool sameShape(const std::vector<BillGroup>& a, const std::vector<BillGroup>& b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const BillGroup& x, const BillGroup& y) {
        return x.node == y.node && x.title == y.title &&
               std::equal(
                   x.rows.begin(), x.rows.end(), y.rows.begin(), y.rows.end(),
                   [](const BillRow& r, const BillRow& s) {
                       return r.title == s.title && r.service == s.service;
                   });
    });
}

}  // namespace

void BillModel::setGroups(std::vector<BillGroup> groups, Money total)
{
    if (!sameShape(groups, m_groups)) {
        beginResetModel();
        m_groups = std::move(groups);
        m_total = total;
        endResetModel();
        return;
    }
    m_groups = std::move(groups);
    m_total = total;
    for (int i = 0; i < static_cast<int>(m_groups.size()); ++i) {
        const QModelIndex heading = index(i, 0);
        emit dataChanged(heading, index(i, kColumns - 1));
        const int rows = rowCount(heading);
        if (rows > 0) {
            emit dataChanged(index(0, 0, heading), index(rows - 1, kColumns - 1, heading));
        }
    }
}

const BillGroup* BillModel::groupAt(const QModelIndex& index) const
{
    if (!index.isValid()) {
        return nullptr;
    }
    const std::size_t group =
        index.internalId() == kHeading ? static_cast<std::size_t>(index.row()) : index.internalId() - 1;
    return group < m_groups.size() ? &m_groups[group] : nullptr;
}

const BillRow* BillModel::rowAt(const QModelIndex& index) const
{
    const BillGroup* group = groupAt(index);
    return group == nullptr || index.internalId() == kHeading
               ? nullptr
               : &group->rows[static_cast<std::size_t>(index.row())];
}

std::string BillModel::nodeAt(const QModelIndex& index) const
{
    const BillGroup* group = groupAt(index);
    return group == nullptr ? std::string() : group->node;
}

QModelIndex BillModel::index(int row, int column, const QModelIndex& parent) const
{
    if (!hasIndex(row, column, parent)) {
        return {};
    }
    return createIndex(row, column, parent.isValid() ? static_cast<quintptr>(parent.row()) + 1 : kHeading);
}

QModelIndex BillModel::parent(const QModelIndex& child) const
{
    return !child.isValid() || child.internalId() == kHeading
               ? QModelIndex()
               : createIndex(static_cast<int>(child.internalId()) - 1, 0, kHeading);
}

int BillModel::rowCount(const QModelIndex& parent) const
{
    if (!parent.isValid()) {
        return static_cast<int>(m_groups.size());
    }
    const bool heading = parent.internalId() == kHeading && parent.column() == 0;
    return heading ? static_cast<int>(m_groups[static_cast<std::size_t>(parent.row())].rows.size()) : 0;
}

int BillModel::columnCount(const QModelIndex&) const
{
    return kColumns;
}

QVariant BillModel::data(const QModelIndex& index, int role) const
{
    const BillGroup* group = groupAt(index);
    if (group == nullptr) {
        return {};
    }
    const BillRow* row = rowAt(index);
    const Money cost = row != nullptr ? row->cost : group->cost;
    if (role == Qt::DisplayRole) {
        switch (index.column()) {
        case TitleColumn:
            return row != nullptr ? row->title : group->title;
        case QuantityColumn:
            return row != nullptr ? quantityText(row->quantity.value()) + " " + pluralOf(*row) : QString();
        case UnitPriceColumn:
            return row != nullptr ? "$" + toQString(row->unitPrice.toExactText()) : QString();
        case CostColumn:
            return moneyText(cost);
        default:
            return {};
        }
    }
    if (role == ShareBarDelegate::kShareRole && index.column() == CostColumn) {
        const double total = m_total.dollars();
        return total > 0 ? cost.dollars() / total : 0.0;
    }
    if (role == ShareBarDelegate::kColourRole && row != nullptr) {
        QColor lighter = theme::accent();
        lighter.setAlphaF(0.55F);
        return lighter;
    }
    if (role == Qt::TextAlignmentRole &&
        (index.column() == QuantityColumn || index.column() == UnitPriceColumn)) {
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    }
    if (role == Qt::SizeHintRole) {
        return QSize(0, QFontMetrics(QApplication::font()).height() + 6);
    }
    if (role == Qt::FontRole && row == nullptr) {
        QFont font;
        font.setWeight(QFont::DemiBold);
        return font;
    }
    if (role == Qt::ToolTipRole) {
        return row != nullptr ? row->service + "\n" + row->toolTip : group->title;
    }
    return {};
}

QVariant BillModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return QVariant((section == TitleColumn ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case TitleColumn:
        return tr("Component and usage");
    case QuantityColumn:
        return tr("Quantity");
    case UnitPriceColumn:
        return tr("Unit price");
    case CostColumn:
        return tr("Cost and share");
    default:
        return {};
    }
}

}  // namespace neph
