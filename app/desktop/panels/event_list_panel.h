#pragma once

#include <QWidget>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QModelIndex;
class QTableView;

namespace neph {

class DesignDocument;
class EventFilter;
class EventListModel;
class RunController;
class Selection;

/// What happened during the run, in the vendor's words. A click on an entry shows its component and its
/// moment.
class EventListPanel final : public QWidget {
    Q_OBJECT

public:
    EventListPanel(
        DesignDocument& document, Selection& selection, RunController& run, QWidget* parent = nullptr);

private:
    void buildBar();
    void buildTable();
    void takeResult();
    void takeViewTime();
    void takeFilter();
    void reveal(const QModelIndex& index);
    void copySelection();
    void showState();

    DesignDocument& m_document;
    Selection& m_selection;
    RunController& m_run;
    EventListModel* m_model;
    EventFilter* m_filter;
    QComboBox* m_level;
    QLineEdit* m_text;
    QCheckBox* m_onlySelected;
    QLabel* m_count;
    QTableView* m_table;
    QLabel* m_empty;
    bool m_revealing = false;  ///< The view time changes because of a click here: the list stays where it is.
};

}  // namespace neph
