#pragma once

#include <QAbstractItemModel>
#include <vector>

#include "app/desktop/panels/bill_panel_groups.h"

namespace neph {

/// The bill as a tree of two levels. While headings and lines stay the same it changes in place, so that what
/// is open and selected stays open and selected during a run.
class BillModel final : public QAbstractItemModel {
    Q_OBJECT

public:
    enum Column { TitleColumn, QuantityColumn, UnitPriceColumn, CostColumn, kColumns };

    using QAbstractItemModel::QAbstractItemModel;

    void setGroups(std::vector<BillGroup> groups, Money total);
    const std::vector<BillGroup>& groups() const { return m_groups; }
    /// Id of the component that the row belongs to; empty if there is none.
    std::string nodeAt(const QModelIndex& index) const;

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& child) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    const BillGroup* groupAt(const QModelIndex& index) const;
    const BillRow* rowAt(const QModelIndex& index) const;

    std::vector<BillGroup> m_groups;
    Money m_total;
};

}  // namespace neph
