#pragma once

#include <QAction>
#include <QWidget>
#include <string>

class QScrollArea;

namespace neph {

class ComponentForm;
class DesignDocument;
class DesignForm;
class RunController;
class Selection;

/// Form for what is selected: one component or link, several, or the design itself. It knows property specs,
/// and no service by name.
class InspectorPanel final : public QWidget {
    Q_OBJECT

public:
    InspectorPanel(
        DesignDocument& document, Selection& selection, RunController& run, QWidget* parent = nullptr);

    /// Actions offered while several things are selected (align, duplicate, delete …).
    void setCommonActions(const QList<QAction*>& actions);
    /// Puts the focus on the first field.
    void focusFirstField();

private:
    void rebuild();
    void refresh();
    void refreshLive();
    QWidget* makeSeveral();

    DesignDocument& m_document;
    Selection& m_selection;
    RunController& m_run;
    QScrollArea* m_scroll;
    ComponentForm* m_component = nullptr;  ///< The page, if one component or link is selected.
    DesignForm* m_design = nullptr;        ///< The page, if nothing is.
    std::string m_shown;
    QList<QAction*> m_common;
    bool m_stale = false;  ///< A rebuild waits for the event loop.
};

}  // namespace neph
