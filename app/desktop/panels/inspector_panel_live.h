#pragma once

#include <QWidget>
#include <string>

class QLabel;

namespace neph {

class RunController;
class UtilisationBar;
struct LinkView;
struct NodeView;

/// What the run says about one component or link at the moment that is looked at.
class LiveBlock final : public QWidget {
    Q_OBJECT

public:
    LiveBlock(RunController& run, std::string id, QWidget* parent);

    void refresh();

private:
    void showNode(const NodeView& view);
    void showLink(const LinkView& view);
    void showFailing(bool failing);
    void set(QLabel* label, const QString& text);

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
