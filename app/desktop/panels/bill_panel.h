#pragma once

#include <QWidget>
#include <memory>

namespace neph {

class DesignDocument;
class RunController;
class Selection;

/// What the run has cost, per hour and projected to a month, down to the line of each usage type.
class BillPanel final : public QWidget {
    Q_OBJECT

public:
    BillPanel(DesignDocument& document, Selection& selection, RunController& run, QWidget* parent = nullptr);
    ~BillPanel() override;

private:
    class View;
    std::unique_ptr<View> m_view;
};

}  // namespace neph
