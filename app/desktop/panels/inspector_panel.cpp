#include "app/desktop/panels/inspector_panel.h"

#include <QLabel>
#include <QScrollArea>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/desktop/design_document.h"
#include "app/desktop/panels/inspector_panel_design.h"
#include "app/desktop/panels/inspector_panel_form.h"
#include "app/desktop/panels/inspector_panel_section.h"
#include "app/desktop/run_controller.h"
#include "app/desktop/selection.h"

namespace neph {

InspectorPanel::InspectorPanel(
    DesignDocument& document, Selection& selection, RunController& run, QWidget* parent)
    : QWidget(parent), m_document(document), m_selection(selection), m_run(run),
      m_scroll(new QScrollArea(this))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_scroll);
    m_scroll->setWidgetResizable(true);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    connect(&m_selection, &Selection::changed, this, [this] {
        // A rubber band changes the selection many times before the window is drawn again.
        if (!m_stale) {
            m_stale = true;
            QTimer::singleShot(0, this, &InspectorPanel::rebuild);
        }
    });
    connect(&m_document, &DesignDocument::reset, this, &InspectorPanel::rebuild);
    connect(&m_document, &DesignDocument::changed, this, &InspectorPanel::refresh);
    connect(&m_document, &DesignDocument::diagnosticsChanged, this, &InspectorPanel::refresh);
    connect(&m_run, &RunController::resultChanged, this, &InspectorPanel::refreshLive);
    connect(&m_run, &RunController::viewTimeChanged, this, &InspectorPanel::refreshLive);
    rebuild();
}

void InspectorPanel::setCommonActions(const QList<QAction*>& actions)
{
    m_common = actions;
}

void InspectorPanel::focusFirstField()
{
    if (m_stale) {
        rebuild();
    }
    if (QWidget* page = m_scroll->widget()) {
        for (QWidget* field : page->findChildren<QWidget*>()) {
            if (field->isVisible() && (field->focusPolicy() & Qt::TabFocus) != 0) {
                field->setFocus(Qt::ShortcutFocusReason);
                return;
            }
        }
    }
}

void InspectorPanel::rebuild()
{
    m_stale = false;
    m_component = nullptr;
    m_design = nullptr;
    m_shown = m_selection.single();
    // The old page may be in the middle of one of its own signals.
    if (QWidget* old = m_scroll->takeWidget()) {
        old->hide();
        old->deleteLater();
    }
    QWidget* page = nullptr;
    if (!m_shown.empty()) {
        page = m_component = new ComponentForm(m_document, m_run, m_shown, nullptr);
    } else if (m_selection.ids().empty()) {
        page = m_design = new DesignForm(m_document, nullptr);
    } else {
        page = makeSeveral();
    }
    m_scroll->setWidget(page);
    page->setAutoFillBackground(false);
}

void InspectorPanel::refresh()
{
    const bool isGone = !m_shown.empty() && m_document.design().node(m_shown) == nullptr &&
                        m_document.design().link(m_shown) == nullptr;
    if (isGone) {
        rebuild();
    } else if (m_component != nullptr) {
        m_component->refresh();
    } else if (m_design != nullptr) {
        m_design->refresh();
    }
}

void InspectorPanel::refreshLive()
{
    if (m_component != nullptr && isVisible()) {
        m_component->refreshLive();
    }
}

QWidget* InspectorPanel::makeSeveral()
{
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(12, 12, 12, 12);
    column->setSpacing(8);
    auto* title = new QLabel(tr("%n selected", nullptr, static_cast<int>(m_selection.ids().size())), page);
    QFont font = title->font();
    font.setPointSizeF(font.pointSizeF() * 1.15);
    font.setWeight(QFont::DemiBold);
    title->setFont(font);
    column->addWidget(title);
    column->addWidget(mutedLabel(tr("Select one to change its properties."), page));
    for (QAction* action : m_common) {
        auto* button = new QToolButton(page);
        button->setDefaultAction(action);
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button->setAccessibleName(action->text().remove('&'));
        column->addWidget(button, 0, Qt::AlignLeft);
    }
    column->addStretch(1);
    return page;
}

}  // namespace neph
