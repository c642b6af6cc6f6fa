#pragma once

#include <QWidget>
#include <cstdint>

class QCheckBox;
class QComboBox;
class QLabel;
class QTableView;
class QTextBrowser;

namespace neph {

class DesignDocument;
class RequestFilter;
class RequestListModel;
class RunController;
class Selection;
class Waterfall;
struct RequestTrace;

/// Sampled requests, and for the chosen one its walk through the design: where it waited, for what, and how
/// long.
class RequestPanel final : public QWidget {
    Q_OBJECT

public:
    RequestPanel(
        DesignDocument& document, Selection& selection, RunController& run, QWidget* parent = nullptr);

    /// The request that is shown; nullptr if none is chosen.
    const RequestTrace* shown() const;
    /// Chooses the request with that id, if it is in the list.
    void showRequest(std::uint64_t id);

protected:
    void showEvent(QShowEvent* event) override;

private:
    QWidget* makeList();
    void makeFilters(QWidget& list);
    QWidget* makeDetail();
    void takeResult();
    void takeClasses();
    void takeFilter();
    void takeCurrent();
    void takeStep(int row);
    void reveal(int row);
    void copy();
    void showState();

    DesignDocument& m_document;
    Selection& m_selection;
    RunController& m_run;
    RequestListModel* m_model;
    RequestFilter* m_filter;
    QComboBox* m_class;
    QComboBox* m_kind;
    QCheckBox* m_onlySelected;
    QLabel* m_count;
    QTableView* m_list;
    QLabel* m_empty;
    Waterfall* m_waterfall;
    QTextBrowser* m_words;
    std::uint64_t m_shownId = 0;  ///< Kept over results: the list may be sampled anew.
    bool m_isShown = false;
};

}  // namespace neph
