#include "app/desktop/panels/inspector_panel_live.h"

#include <QGridLayout>
#include <QLabel>
#include <QPainter>
#include <QStyle>
#include <QVBoxLayout>
#include <algorithm>

#include "app/desktop/canvas/live_state.h"
#include "app/desktop/charts/value_text.h"
#include "app/desktop/design_document.h"
#include "app/desktop/panels/inspector_panel_section.h"
#include "app/desktop/run_controller.h"
#include "app/desktop/theme.h"
#include "sim/metrics/run_result.h"

namespace neph {

namespace {

constexpr double kBusy = 0.8;
constexpr int kBarHeight = 6;

/// A figure over its name.
QLabel* addFigure(QGridLayout& grid, int column, const QString& name, QWidget* parent)
{
    auto* figure = new QLabel(QStringLiteral("–"), parent);
    QFont font = figure->font();
    font.setPointSizeF(font.pointSizeF() * 1.25);
    font.setWeight(QFont::DemiBold);
    figure->setFont(font);
    figure->setAccessibleName(name);
    grid.addWidget(figure, 0, column);
    grid.addWidget(mutedLabel(name, parent), 1, column);
    grid.setColumnStretch(column, 1);
    return figure;
}

/// Price per hour of a node at that moment; negative where the run says nothing about it.
double pricePerHour(const RunResult& result, const std::string& node, Time at)
{
    for (const Series& series : result.series) {
        if (series.node() == node && series.unit() == "USD/h") {
            return series.valueAt(at);
        }
    }
    return -1;
}

}  // namespace

/// How busy something is: green, amber from where waiting begins to grow, red when it is full.
class UtilisationBar final : public QWidget {
public:
    explicit UtilisationBar(QWidget* parent) : QWidget(parent) { setFixedHeight(kBarHeight); }

    void setShare(double share)
    {
        m_share = std::clamp(share, 0.0, 1.0);
        update();
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        const double radius = kBarHeight / 2.0;
        painter.setBrush(palette().color(QPalette::Mid));
        painter.drawRoundedRect(rect(), radius, radius);
        painter.setBrush(
            m_share >= 1       ? theme::failure()
            : m_share >= kBusy ? theme::warning()
                               : theme::healthy());
        painter.drawRoundedRect(QRectF(0, 0, width() * m_share, kBarHeight), radius, radius);
    }

private:
    double m_share = 0;
};

LiveBlock::LiveBlock(DesignDocument& document, RunController& run, std::string id, QWidget* parent)
    : QWidget(parent), m_document(document), m_run(run), m_id(std::move(id)), m_status(new QLabel(this)),
      m_bottleneck(mutedLabel({}, this)), m_busyRow(new QWidget(this)), m_busy(new UtilisationBar(m_busyRow)),
      m_busyText(new QLabel(m_busyRow))
{
    setObjectName("liveBlock");
    setAttribute(Qt::WA_StyledBackground);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(10, 9, 10, 9);
    column->setSpacing(6);
    m_status->setWordWrap(true);
    column->addWidget(m_status);
    auto* grid = new QGridLayout;
    grid->setVerticalSpacing(0);
    m_rate = addFigure(*grid, 0, tr("requests"), this);
    m_errors = addFigure(*grid, 1, tr("failures"), this);
    m_cost = addFigure(*grid, 2, tr("price"), this);
    m_costName = qobject_cast<QLabel*>(grid->itemAtPosition(1, 2)->widget());
    column->addLayout(grid);
    auto* busyLine = new QHBoxLayout(m_busyRow);
    busyLine->setContentsMargins(0, 0, 0, 0);
    busyLine->addWidget(m_busy, 1);
    busyLine->addWidget(m_busyText);
    m_busy->setAccessibleName(tr("Utilisation"));
    column->addWidget(m_busyRow);
    column->addWidget(m_bottleneck);
    refresh();
}

void LiveBlock::refresh()
{
    const std::shared_ptr<const RunResult> result = m_run.result();
    if (!result) {
        setVisible(false);
        return;
    }
    const Time at = m_run.viewTime();
    LiveState state;
    state.show(m_document.design(), result, at);
    const bool isPresent = at >= result->simulated;
    const auto node = result->nodes.find(m_id);
    const auto link = result->links.find(m_id);
    setVisible(node != result->nodes.end() || link != result->links.end());
    if (node != result->nodes.end()) {
        const NodeLive& live = *state.node(m_id);
        showNode(live);
        showRates(live.rate, isPresent ? node->second.errorsPerSecond : live.rate * live.errorShare);
        const double price = pricePerHour(*result, m_id, at);
        set(m_cost, price < 0 ? QStringLiteral("–") : valueText(price, "USD/h"));
    } else if (link != result->links.end()) {
        m_status->hide();
        m_busyRow->hide();
        m_bottleneck->hide();
        const LinkLive* live = state.link(m_id);
        const double rate = live != nullptr ? live->rate : 0;
        showRates(
            rate, isPresent         ? link->second.errorsPerSecond
                  : live != nullptr ? rate * live->errorShare
                                    : 0);
        set(m_cost, isPresent ? countText(link->second.requests) : QStringLiteral("–"));
        m_costName->setText(tr("in all"));
    }
}

void LiveBlock::showNode(const NodeLive& live)
{
    set(m_status, live.status);
    m_status->setVisible(!live.status.isEmpty());
    m_busyRow->setVisible(live.hasUtilisation);
    m_busy->setShare(live.utilisation);
    set(m_busyText, tr("%1 busy").arg(valueText(live.utilisation * 100, "%")));
    set(m_bottleneck, live.bottleneck);
    m_bottleneck->setVisible(!live.bottleneck.isEmpty());
}

void LiveBlock::showRates(double rate, double errors)
{
    set(m_rate, valueText(rate, "1/s"));
    set(m_errors, valueText(errors, "1/s"));
    showFailing(errors > 0);
}

void LiveBlock::showFailing(bool failing)
{
    if (m_errors->property("failure").toBool() != failing) {
        m_errors->setProperty("failure", failing);
        m_errors->style()->unpolish(m_errors);
        m_errors->style()->polish(m_errors);
    }
}

void LiveBlock::set(QLabel* label, const QString& text)
{
    if (label->text() != text) {
        label->setText(text);
    }
}

}  // namespace neph
