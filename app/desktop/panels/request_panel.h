#pragma once

#include <QWidget>
#include <memory>

namespace neph {

class DesignDocument;
class RunController;
class Selection;

/// Sampled requests, and for the chosen one its walk through the design: where it waited, for what, and how
/// long.
class RequestPanel final : public QWidget {
    Q_OBJECT

public:
    RequestPanel(
        DesignDocument& document, Selection& selection, RunController& run, QWidget* parent = nullptr);
    ~RequestPanel() override;

private:
    class View;
    std::unique_ptr<View> m_view;
};

}  // namespace neph
