#pragma once

#include <QAbstractTableModel>
#include <QIcon>
#include <QSortFilterProxyModel>
#include <memory>
#include <set>
#include <string>

#include "sim/metrics/run_result.h"

namespace neph {

class DesignDocument;

/// The event log of a run as a table. It reads the shared result where it stands: a log that has grown costs
/// the rows that are new.
class EventListModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { TimeColumn, LevelColumn, ComponentColumn, TextColumn, kColumns };

    explicit EventListModel(DesignDocument& document, QObject* parent = nullptr);

    void setResult(std::shared_ptr<const RunResult> result);
    /// Entries after this moment are muted: they have not happened yet for whoever scrubbed back.
    void setViewTime(Time at);
    const RunEvent& eventAt(int row) const { return m_result->log[static_cast<std::size_t>(row)]; }
    /// The last row at or before `at`; -1 if there is none.
    int rowAt(Time at) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    void namesChanged();
    QString componentOf(const RunEvent& event) const;

    DesignDocument& m_document;
    std::shared_ptr<const RunResult> m_result;
    int m_rows = 0;
    Time m_viewTime = kNever;
};

/// Entries of at least a level, that contain a text, that are about certain components.
class EventFilter final : public QSortFilterProxyModel {
    Q_OBJECT

public:
    explicit EventFilter(EventListModel& model, QObject* parent = nullptr);

    void setLeastLevel(EventLevel level);
    void setText(const QString& text);
    /// Empty: all components.
    void setNodes(std::set<std::string> nodes);

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    EventListModel& m_model;
    EventLevel m_least = EventLevel::Info;
    QString m_text;
    std::set<std::string> m_nodes;
};

}  // namespace neph
