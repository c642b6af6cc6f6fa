#pragma once

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "sim/metrics/run_result.h"

namespace neph {

/// The sampled requests of a run as a table.
class RequestListModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { TimeColumn, ClassColumn, LatencyColumn, OutcomeColumn, kColumns };
    static constexpr int kSortRole = Qt::UserRole + 1;

    using QAbstractTableModel::QAbstractTableModel;

    void setResult(std::shared_ptr<const RunResult> result);
    std::shared_ptr<const RunResult> result() const { return m_result; }
    const RequestTrace& trace(int row) const { return m_result->traces[static_cast<std::size_t>(row)]; }
    /// The row of the request with that id; -1 if it is not sampled (any more).
    int rowOf(std::uint64_t id) const;
    /// Beyond the 95th percentile of its class.
    bool isSlow(const RequestTrace& trace) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QVariant textOf(const RequestTrace& trace, int column) const;
    QVariant keyOf(const RequestTrace& trace, int column) const;
    void measure();

    std::shared_ptr<const RunResult> m_result;
    int m_rows = 0;
    Duration m_longest{0};
    std::map<std::string, Duration> m_slowFrom;  ///< By class.
};

/// Requests of one class, failed or slow ones, those that came through certain components.
class RequestFilter final : public QSortFilterProxyModel {
    Q_OBJECT

public:
    enum class Kind { All, Failed, Slow };

    explicit RequestFilter(RequestListModel& model, QObject* parent = nullptr);

    void setClass(const std::string& name);  ///< Empty: all.
    void setKind(Kind kind);
    void setNodes(std::set<std::string> nodes);  ///< Empty: all.

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    RequestListModel& m_model;
    std::string m_class;
    Kind m_kind = Kind::All;
    std::set<std::string> m_nodes;
};

}  // namespace neph
