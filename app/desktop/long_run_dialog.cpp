#include "app/desktop/long_run_dialog.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>

#include "app/desktop/charts/value_text.h"
#include "app/desktop/panels/inspector_panel_section.h"

namespace neph {

namespace {

constexpr double kHorizonSeconds[] = {86'400, 7 * 86'400, 30 * 86'400};
constexpr double kTolerances[] = {0.03, 0.01};

}  // namespace

LongRunDialog::LongRunDialog(const Design& design, const RunOptions& options, QWidget* parent)
    : QDialog(parent), m_options(options), m_horizon(new QComboBox), m_tolerance(new QComboBox)
{
    setWindowTitle(tr("Long run"));
    const QString names[] = {tr("A day"), tr("A week"), tr("30 days")};
    for (std::size_t i = 0; i < std::size(kHorizonSeconds); ++i) {
        m_horizon->addItem(names[i], kHorizonSeconds[i]);
    }
    m_horizon->addItem(tr("As the design says (%1)").arg(durationText(fromSeconds(design.runSeconds))), 0.0);
    const int proposed = m_horizon->findData(seconds(options.horizon));
    m_horizon->setCurrentIndex(proposed >= 0 ? proposed : 2);
    m_horizon->setAccessibleName(tr("Length of the run"));
    for (const double tolerance : kTolerances) {
        m_tolerance->addItem(
            tolerance > 0.02 ? tr("p99 to ±%1 %, in seconds").arg(tolerance * 100)
                             : tr("p99 to ±%1 %, takes longer").arg(tolerance * 100),
            tolerance);
    }
    m_tolerance->setCurrentIndex(std::max(0, m_tolerance->findData(options.tolerance)));
    m_tolerance->setAccessibleName(tr("Error that is good enough"));

    auto* column = new QVBoxLayout(this);
    column->setSpacing(12);
    column->addWidget(mutedLabel(
        tr("Autoscaling, tasks and the bill are followed exactly over the whole time; latencies are measured "
           "in samples, with their error beside them. The drawing can be changed meanwhile."),
        this));
    auto* form = new QFormLayout;
    form->addRow(tr("&Length"), m_horizon);
    form->addRow(tr("&Error"), m_tolerance);
    column->addLayout(form);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    QPushButton* start = buttons->button(QDialogButtonBox::Ok);
    start->setText(tr("Start"));
    start->setDefault(true);
    for (QAbstractButton* button : buttons->buttons()) {
        button->setIcon({});
    }
    column->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    setMinimumWidth(400);
}

RunOptions LongRunDialog::options() const
{
    RunOptions options = m_options;
    options.horizon = fromSeconds(m_horizon->currentData().toDouble());
    options.tolerance = m_tolerance->currentData().toDouble();
    return options;
}

}  // namespace neph
