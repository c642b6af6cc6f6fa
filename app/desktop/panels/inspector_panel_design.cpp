#include "app/desktop/panels/inspector_panel_design.h"

#include <QComboBox>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/desktop/charts/value_text.h"
#include "app/desktop/design_document.h"
#include "app/desktop/panels/inspector_panel_faults.h"
#include "app/desktop/panels/inspector_panel_section.h"
#include "app/desktop/panels/inspector_panel_trace.h"
#include "app/desktop/panels/property_editor_number.h"
#include "app/desktop/theme.h"

namespace neph {

namespace {

constexpr int kLabelWidth = 116;
constexpr double kLongestRun = 31'536'000;  // A year.

PropertySpec secondsSpec(double min)
{
    PropertySpec spec;
    spec.type = PropertyType::TimeSpan;
    spec.unit = std::string("s");
    spec.min = min;
    spec.max = kLongestRun;
    return spec;
}

QWidget* labelled(const QString& text, QWidget* field, QWidget* parent)
{
    auto* line = new QWidget(parent);
    auto* row = new QHBoxLayout(line);
    row->setContentsMargins(0, 0, 0, 0);
    auto* label = new QLabel(text, line);
    label->setFixedWidth(kLabelWidth);
    label->setWordWrap(true);
    label->setBuddy(field);
    field->setAccessibleName(text);
    row->addWidget(label);
    row->addWidget(field, 1);
    return line;
}

void clear(QVBoxLayout& layout)
{
    while (QLayoutItem* item = layout.takeAt(0)) {
        if (QWidget* widget = item->widget()) {
            widget->hide();
            widget->deleteLater();
        }
        delete item;
    }
}

}  // namespace

DesignForm::DesignForm(DesignDocument& document, QWidget* parent)
    : QWidget(parent), m_document(document), m_name(new QLineEdit(this)),
      m_description(new QPlainTextEdit(this)), m_runSeconds(new NumberField(secondsSpec(1), this))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 10, 12, 12);
    column->setSpacing(10);
    buildInfo(*column);
    buildFaults(*column);
    buildTraces(*column);
    column->addStretch(1);
    refresh();
}

void DesignForm::buildInfo(QVBoxLayout& column)
{
    QFont font = m_name->font();
    font.setPointSizeF(font.pointSizeF() * 1.15);
    font.setWeight(QFont::DemiBold);
    m_name->setFont(font);
    m_name->setProperty("title", true);
    m_name->setPlaceholderText(tr("Name of the design"));
    m_name->setAccessibleName(tr("Name of the design"));
    m_description->setPlaceholderText(tr("What it is about"));
    m_description->setAccessibleName(tr("Description of the design"));
    m_description->setTabChangesFocus(true);
    m_description->setFixedHeight(fontMetrics().lineSpacing() * 4 + 16);
    column.addWidget(m_name);
    column.addWidget(m_description);
    m_runSeconds->setToolTip(tr("Simulated time that Play covers. \"2 h\" and \"30 min\" are understood."));
    column.addWidget(labelled(tr("Length of the run"), m_runSeconds, this));
    connect(m_name, &QLineEdit::editingFinished, this, &DesignForm::commitInfo);
    connect(m_runSeconds, &NumberField::submitted, this, &DesignForm::commitInfo);
    connect(m_description, &QPlainTextEdit::textChanged, this, [this] {
        if (m_description->hasFocus()) {
            commitInfo();
        }
    });
}

void DesignForm::buildFaults(QVBoxLayout& column)
{
    auto* section = new Section(tr("Faults on the timeline"), true, this);
    column.addWidget(section);
    m_faults = new QVBoxLayout;
    m_faults->setSpacing(4);
    section->content().addLayout(m_faults);
    buildDraft(section->content());
}

void DesignForm::buildDraft(QVBoxLayout& column)
{
    m_draft = new QWidget(this);
    auto* draft = new QVBoxLayout(m_draft);
    draft->setContentsMargins(0, 0, 0, 0);
    draft->setSpacing(6);
    m_kind = new QComboBox(m_draft);
    for (const FaultKind& kind : faultKinds()) {
        m_kind->addItem(kind.label, QString::fromStdString(kind.id));
        m_kind->setItemData(m_kind->count() - 1, kind.help, Qt::ToolTipRole);
    }
    m_target = new QComboBox(m_draft);
    for (QComboBox* box : {m_kind, m_target}) {
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->setMinimumContentsLength(6);
    }
    m_at = new NumberField(secondsSpec(0), m_draft);
    m_at->setNumber(600);
    m_for = new NumberField(secondsSpec(0), m_draft);
    m_for->setNumber(300);
    m_draftProperties = new QVBoxLayout;
    m_problem = new QLabel(m_draft);
    m_problem->setWordWrap(true);
    m_problem->setProperty("failure", true);
    m_problem->hide();
    auto* add = new QPushButton(tr("Add fault"), m_draft);
    draft->addWidget(labelled(tr("What happens"), m_kind, m_draft));
    draft->addWidget(labelled(tr("To"), m_target, m_draft));
    draft->addWidget(labelled(tr("At"), m_at, m_draft));
    m_forRow = labelled(tr("For"), m_for, m_draft);
    draft->addWidget(m_forRow);
    draft->addLayout(m_draftProperties);
    draft->addWidget(m_problem);
    draft->addWidget(add, 0, Qt::AlignLeft);
    column.addWidget(m_draft);
    connect(m_kind, &QComboBox::currentIndexChanged, this, [this] {
        fillTargets();
        fillDraftProperties();
    });
    connect(add, &QPushButton::clicked, this, &DesignForm::addFault);
    fillDraftProperties();
}

void DesignForm::buildTraces(QVBoxLayout& column)
{
    auto* section = new Section(tr("Recorded traffic"), false, this);
    column.addWidget(section);
    section->content().addWidget(mutedLabel(
        tr("Rates over time from a CSV file with the columns t_seconds and rate. Users follow one when their "
           "load is \"Recorded trace\"."),
        section));
    m_traces = new QVBoxLayout;
    m_traces->setSpacing(4);
    section->content().addLayout(m_traces);
    auto* import = new QPushButton(tr("Import CSV…"), section);
    section->content().addWidget(import, 0, Qt::AlignLeft);
    connect(import, &QPushButton::clicked, this, &DesignForm::importTrace);
}

void DesignForm::commitInfo()
{
    const Design& design = m_document.design();
    SetDesignInfo info{
        m_name->text().toStdString(), m_description->toPlainText().toStdString(),
        m_runSeconds->number().value_or(design.runSeconds)};
    if (info.runSeconds < 1 || info.runSeconds > kLongestRun) {
        info.runSeconds = design.runSeconds;
    }
    const bool same = info.name == design.name && info.description == design.description &&
                      info.runSeconds == design.runSeconds;
    if (!same) {
        m_document.push(Edit{std::move(info)}, tr("Change the design's information"));
    }
}

void DesignForm::refresh()
{
    const Design& design = m_document.design();
    const QString name = QString::fromStdString(design.name);
    if (!m_name->hasFocus() && m_name->text() != name) {
        m_name->setText(name);
    }
    const QString description = QString::fromStdString(design.description);
    if (!m_description->hasFocus() && m_description->toPlainText() != description) {
        m_description->setPlainText(description);
    }
    m_runSeconds->setNumber(design.runSeconds);
    listFaults();
    listTraces();
    fillTargets();
}

void DesignForm::listFaults()
{
    clear(*m_faults);
    const Design& design = m_document.design();
    if (design.faults.empty()) {
        m_faults->addWidget(mutedLabel(tr("Nothing goes wrong in this design yet."), this));
    }
    for (const FaultSpec& fault : design.faults) {
        const QString text = faultText(fault, design);
        m_faults->addWidget(removableLine(text, tr("Remove the fault %1").arg(text), [this, id = fault.id] {
            m_document.push(Edit{RemoveFault{id}}, tr("Remove a fault"));
        }));
    }
}

void DesignForm::listTraces()
{
    clear(*m_traces);
    for (const TrafficTrace& trace : m_document.design().traffic) {
        const QString name = QString::fromStdString(trace.name);
        const QString text = tr("%1: %n points", nullptr, static_cast<int>(trace.points.size())).arg(name);
        m_traces->addWidget(removableLine(text, tr("Remove the trace %1").arg(name), [this, id = trace.name] {
            m_document.push(Edit{RemoveTrace{id}}, tr("Remove a trace"));
        }));
    }
}

QWidget*
DesignForm::removableLine(const QString& text, const QString& accessible, std::function<void()> remove)
{
    auto* line = new QWidget(this);
    auto* row = new QHBoxLayout(line);
    row->setContentsMargins(0, 0, 0, 0);
    auto* label = new QLabel(text, line);
    label->setWordWrap(true);
    auto* button = new QToolButton(line);
    button->setIcon(theme::uiIcon("trash"));
    button->setProperty("small", true);
    button->setAccessibleName(accessible);
    button->setToolTip(accessible);
    row->addWidget(label, 1);
    row->addWidget(button, 0, Qt::AlignTop);
    connect(button, &QToolButton::clicked, this, [remove = std::move(remove)] { remove(); });
    return line;
}

void DesignForm::fillTargets()
{
    const FaultKind* kind = faultKind(m_kind->currentData().toString().toStdString());
    const QString before = m_target->currentData().toString();
    m_target->clear();
    for (const Node& node : m_document.design().nodes) {
        const KindSpec* spec = m_document.kindOf(node.id);
        if (kind != nullptr && spec != nullptr && canHit(*kind, *spec)) {
            m_target->addItem(
                theme::kindIcon(spec->stem), QString::fromStdString(node.name),
                QString::fromStdString(node.id));
        }
    }
    const int again = m_target->findData(before);
    m_target->setCurrentIndex(again >= 0 ? again : 0);
    m_target->setPlaceholderText(tr("nothing it could hit"));
}

void DesignForm::fillDraftProperties()
{
    clear(*m_draftProperties);
    m_draftFields.clear();
    const FaultKind* kind = faultKind(m_kind->currentData().toString().toStdString());
    if (kind == nullptr) {
        return;
    }
    m_forRow->setVisible(kind->lasts);
    for (const PropertySpec& spec : kind->properties) {
        auto* field = new NumberField(spec, m_draft);
        field->setNumber(spec.fallback.get<double>());
        field->setToolTip(QString::fromStdString(spec.help));
        m_draftProperties->addWidget(labelled(QString::fromStdString(spec.label), field, m_draft));
        m_draftFields[spec.key] = field;
    }
}

void DesignForm::addFault()
{
    const FaultKind* kind = faultKind(m_kind->currentData().toString().toStdString());
    const std::string target = m_target->currentData().toString().toStdString();
    const auto refuse = [this](const QString& why) {
        m_problem->setText(why);
        m_problem->show();
    };
    if (kind == nullptr || target.empty()) {
        refuse(tr("The design has nothing that this could hit."));
        return;
    }
    if (!m_at->number() || *m_at->number() < 0 || !m_for->number() || *m_for->number() < 0) {
        refuse(tr("A time is a number of seconds, or such as \"5 min\"."));
        return;
    }
    FaultSpec fault;
    fault.id = m_document.design().freeId("fault");
    fault.kind = kind->id;
    fault.target = target;
    fault.atSeconds = *m_at->number();
    fault.forSeconds = kind->lasts ? *m_for->number() : 0;
    for (const PropertySpec& spec : kind->properties) {
        const std::optional<double> number = m_draftFields[spec.key]->number();
        const Value value = !number                              ? Value()
                            : spec.type == PropertyType::Integer ? Value(static_cast<std::int64_t>(*number))
                                                                 : Value(*number);
        const Diagnostics wrong = checkValue(spec, value, "");
        if (!wrong.empty()) {
            refuse(tr("%1: allowed is %2.")
                       .arg(QString::fromStdString(spec.label), QString::fromStdString(allowedText(spec))));
            return;
        }
        fault.properties[spec.key] = value;
    }
    m_problem->hide();
    m_document.push(Edit{AddFault{std::move(fault)}}, tr("Add a fault"));
}

void DesignForm::importTrace()
{
    const QString file = QFileDialog::getOpenFileName(
        this, tr("Import recorded traffic"), {}, tr("CSV files (*.csv);;All files (*)"));
    if (file.isEmpty()) {
        return;
    }
    Result<TrafficTrace> trace = readTraceFile(file, m_document.design());
    if (!trace) {
        emit m_document.refused(QString::fromStdString(trace.error().what));
        return;
    }
    m_document.push(Edit{AddTrace{std::move(*trace)}}, tr("Import recorded traffic"));
}

}  // namespace neph
