#pragma once

#include <QWidget>
#include <string>

class QLabel;

namespace neph {

class DesignDocument;
class RunController;
class UtilisationBar;
struct NodeLive;

/// What the run says about one component or link at the moment that is looked at: the latest figures, or
/// those of the moment to which the timeline is set back.
class LiveBlock final : public QWidget {
    Q_OBJECT

public:
    LiveBlock(DesignDocument& document, RunController& run, std::string id, QWidget* parent);

    void refresh();

private:
    void showNode(const NodeLive& live);
    void showRates(double rate, double errors);
    void showFailing(bool failing);
    void set(QLabel* label, const QString& text);

    DesignDocument& m_document;
    RunController& m_run;
    std::string m_id;
    QLabel* m_status;
    QLabel* m_rate;
    QLabel* m_errors;
    QLabel* m_cost;
    QLabel* m_costName;
    QLabel* m_bottleneck;
    QWidget* m_busyRow;
    UtilisationBar* m_busy;
    QLabel* m_busyText;
};

}  // namespace neph
