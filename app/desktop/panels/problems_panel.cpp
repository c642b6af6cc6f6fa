#include "app/desktop/panels/problems_panel.h"

#include <QEvent>
#include <QLabel>
#include <QListWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "app/desktop/design_document.h"
#include "app/desktop/selection.h"
#include "app/desktop/theme.h"

namespace neph {

namespace {

QIcon iconOf(Severity severity)
{
    switch (severity) {
    case Severity::Error:
        return theme::uiIcon("error", theme::failure());
    case Severity::Warning:
        return theme::uiIcon("warning", theme::warning());
    case Severity::Note:
        break;
    }
    return theme::uiIcon("info", theme::accent());
}

QString wordOf(Severity severity)
{
    switch (severity) {
    case Severity::Error:
        return QObject::tr("Error");
    case Severity::Warning:
        return QObject::tr("Warning");
    case Severity::Note:
        break;
    }
    return QObject::tr("Note");
}

}  // namespace

ProblemsPanel::ProblemsPanel(DesignDocument& document, Selection& selection, QWidget* parent)
    : QWidget(parent), m_document(document), m_selection(selection), m_list(new QListWidget(this)),
      m_empty(new QLabel(tr("No problems. The design can run."), this))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_list);
    column->addWidget(m_empty);
    m_list->setAccessibleName(tr("Problems of the design"));
    m_list->setWordWrap(true);
    m_list->setTextElideMode(Qt::ElideNone);
    m_list->setResizeMode(QListView::Adjust);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setSpacing(1);
    m_list->setIconSize(QSize(16, 16));
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    m_empty->setProperty("muted", true);
    connect(m_list, &QListWidget::itemClicked, this, &ProblemsPanel::reveal);
    connect(m_list, &QListWidget::itemActivated, this, &ProblemsPanel::reveal);
    connect(&m_document, &DesignDocument::diagnosticsChanged, this, &ProblemsPanel::refresh);
    connect(&m_document, &DesignDocument::reset, this, &ProblemsPanel::refresh);
    refresh();
}

int ProblemsPanel::count() const
{
    return m_list->count();
}

void ProblemsPanel::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange) {
        refresh();
    }
    QWidget::changeEvent(event);
}

void ProblemsPanel::refresh()
{
    Diagnostics all = m_document.diagnostics();
    std::stable_sort(all.begin(), all.end(), [](const Diagnostic& a, const Diagnostic& b) {
        return a.severity > b.severity;
    });
    m_list->clear();
    m_errors = 0;
    for (const Diagnostic& one : all) {
        m_errors += one.severity == Severity::Error ? 1 : 0;
        const Node* node = m_document.design().node(one.nodeId);
        const QString whom = node != nullptr ? QString::fromStdString(node->name) + ": " : QString();
        QString text = whom + QString::fromStdString(one.what);
        if (!one.allowed.empty()) {
            text += tr(" Allowed: %1.").arg(QString::fromStdString(one.allowed));
        }
        if (!one.suggestion.empty()) {
            text += ' ' + QString::fromStdString(one.suggestion);
        }
        auto* item = new QListWidgetItem(iconOf(one.severity), text, m_list);
        item->setData(Qt::UserRole, QString::fromStdString(one.nodeId));
        item->setData(Qt::AccessibleTextRole, QStringLiteral("%1: %2").arg(wordOf(one.severity), text));
        item->setToolTip(QString::fromStdString(one.pointer));
    }
    m_list->setVisible(!all.empty());
    m_empty->setVisible(all.empty());
    emit countChanged();
}

void ProblemsPanel::reveal(const QListWidgetItem* item)
{
    const std::string id = item->data(Qt::UserRole).toString().toStdString();
    if (!id.empty()) {
        m_selection.set({id});
        emit m_selection.revealRequested(id);
    }
}

}  // namespace neph
