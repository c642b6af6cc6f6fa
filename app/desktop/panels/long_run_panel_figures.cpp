#include "app/desktop/panels/long_run_panel_figures.h"

#include <QGridLayout>
#include <QLabel>
#include <cmath>

#include "app/desktop/charts/value_text.h"
#include "app/desktop/long_run.h"

namespace neph {

namespace {

constexpr double kHeadlineSize = 1.12;

const QString kUnknown = QStringLiteral("–");

}  // namespace

QString errorText(double relative)
{
    if (!(relative > 0)) {
        return QObject::tr("exact");
    }
    const double percent = 100 * relative;
    // Rounded up: an error must not look smaller than it is.
    const double digits = percent < 1 ? 100 : percent < 10 ? 10 : 1;
    return QString("± %1 %").arg(std::ceil(percent * digits - 1e-9) / digits);
}

LongRunFigures::LongRunFigures(QWidget* parent) : QWidget(parent)
{
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(14, 6, 10, 6);
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(3);
    m_p99 = addRow(*grid, tr("p99"), true);
    m_p50 = addRow(*grid, tr("p50"), false);
    m_p95 = addRow(*grid, tr("p95"), false);
    m_p999 = addRow(*grid, tr("p99.9"), false);
    m_cost = addRow(*grid, tr("Cost"), true);
    m_monthly = addRow(*grid, tr("A month like this"), false);
    m_answered = addRow(*grid, tr("Answered well"), false);
    m_worst = addRow(*grid, tr("Worst hour, p99"), false);
    grid->setRowStretch(grid->rowCount(), 1);
    grid->setColumnStretch(2, 1);
    m_worst.error->setTextInteractionFlags(Qt::LinksAccessibleByMouse | Qt::LinksAccessibleByKeyboard);
    m_worst.error->setToolTip(tr("Open this hour"));
    connect(m_worst.error, &QLabel::linkActivated, this, [this](const QString& hour) {
        emit hourChosen(hour.toInt());
    });
    show(nullptr);
}

LongRunFigures::Row LongRunFigures::addRow(QGridLayout& grid, const QString& caption, bool isHeadline)
{
    const Row row{new QLabel(caption), new QLabel, new QLabel};
    const int number = grid.rowCount();
    row.caption->setForegroundRole(QPalette::PlaceholderText);
    row.error->setForegroundRole(QPalette::PlaceholderText);
    if (isHeadline) {
        QFont font = row.value->font();
        font.setPointSizeF(font.pointSizeF() * kHeadlineSize);
        font.setWeight(QFont::DemiBold);
        row.value->setFont(font);
    }
    row.value->setAccessibleName(caption);
    row.value->setTextInteractionFlags(Qt::TextSelectableByMouse);
    grid.addWidget(row.caption, number, 0, Qt::AlignLeft | Qt::AlignVCenter);
    grid.addWidget(row.value, number, 1, Qt::AlignRight | Qt::AlignVCenter);
    grid.addWidget(row.error, number, 2, Qt::AlignLeft | Qt::AlignVCenter);
    return row;
}

void LongRunFigures::show(const LongRunAnswer* answer)
{
    for (const Row* row : {&m_p50, &m_p95, &m_p99, &m_p999, &m_cost, &m_monthly, &m_answered, &m_worst}) {
        row->value->setText(kUnknown);
        row->error->clear();
    }
    if (answer == nullptr) {
        return;
    }
    const RunResult& result = *answer->result;
    Histogram latency;
    std::uint64_t ok = 0;
    std::uint64_t ended = 0;
    for (const auto& [name, requests] : result.classes) {
        latency.merge(requests.latency);
        ok += requests.ok;
        ended += requests.ok + requests.failed;
    }
    const auto latencyRow = [&](const Row& row, double p, double Trust::Latency::*error) {
        if (latency.count() > 0) {
            row.value->setText(durationText(latency.quantile(p)));
        }
        if (result.trust && result.trust->latency.contains("")) {
            row.error->setText(errorText(result.trust->latency.at("").*error));
        }
    };
    latencyRow(m_p50, 0.5, &Trust::Latency::p50);
    latencyRow(m_p95, 0.95, &Trust::Latency::p95);
    latencyRow(m_p99, 0.99, &Trust::Latency::p99);
    latencyRow(m_p999, 0.999, &Trust::Latency::p999);
    m_cost.caption->setText(tr("Cost of %1").arg(durationText(result.simulated)));
    m_cost.value->setText(moneyText(answer->bill.total));
    m_monthly.value->setText(moneyText(answer->bill.monthly));
    if (result.trust) {
        m_cost.error->setText(errorText(result.trust->cost));
        m_monthly.error->setText(errorText(result.trust->cost));
    }
    if (ended > 0) {
        m_answered.value->setText(valueText(100 * static_cast<double>(ok) / static_cast<double>(ended), "%"));
        m_answered.error->setText(tr("of %1").arg(valueText(static_cast<double>(ended), "count")));
    }
    if (const int worst = worstHour(result); worst >= 0) {
        m_worst.value->setText(valueText(figuresOfHour(result, {}, worst).p99Ms, "ms"));
        m_worst.error->setText(QString("<a href=\"%1\">%2</a>").arg(worst).arg(hourText(worst)));
    }
}

}  // namespace neph
