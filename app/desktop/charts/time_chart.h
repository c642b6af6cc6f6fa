#pragma once

#include <functional>
#include <memory>
#include <qcustomplot.h>
#include <vector>

#include "app/desktop/charts/chart_overlay.h"
#include "app/desktop/charts/chart_plan.h"
#include "app/desktop/charts/event_marks.h"

namespace neph {

class SeriesLine;
class ValueTicker;

/// One small chart over time: title and legend with values in its header, lines, playhead, crosshair.
///
/// It shows a range of time and a playhead that its owner sets, and says what the user wants of them; so a
/// grid of charts stays in step. It draws only when its data or range changed, and only while it is visible;
/// when its turn comes is up to its owner, who answers redrawWanted() with drawIfStale().
class TimeChart final : public QCustomPlot {
    Q_OBJECT

public:
    explicit TimeChart(QWidget* parent = nullptr);

    void setSpec(const ChartSpec& spec);
    const ChartSpec& spec() const { return m_spec; }
    void setResult(const std::shared_ptr<const RunResult>& result);
    void setRange(const QCPRange& range);  ///< Seconds.
    void setPlayhead(double seconds);
    void setHover(double seconds);  ///< Not a number: no crosshair.
    /// Tints a stretch that is chosen, in place of the line of the playhead; empty: none.
    void setSpan(double from, double to);
    /// Whether times stand below the plot: of charts above one another, the last one has them for all.
    void setTimeLabels(bool shown);
    /// What the crosshair says, in place of tooltipAt().
    void setTooltip(std::function<QString(double seconds)> tooltip) { m_tooltip = std::move(tooltip); }
    /// Marks of events; must outlive the chart. Call marksChanged() when they have changed.
    void setMarks(const EventMarks* marks);
    void marksChanged();

    /// What the crosshair says there, as rich text: moment, one row per line, events nearby.
    QString tooltipAt(double seconds) const;
    /// The points of all lines as "seconds,<line>,…" with a header line.
    QString toCsv() const;
    QPixmap picture();
    /// Draws the lines if they are not up to date and can be seen. Returns whether it did.
    bool drawIfStale();
    int replots() const { return m_replots; }  ///< How often the lines were drawn: for tests.

signals:
    void timePicked(double seconds);            ///< Click or drag: look at this moment.
    void clicked(double seconds);               ///< Pressed and let go at one place.
    void hovered(double seconds);               ///< Not a number: the mouse has left.
    void rangeWanted(const QCPRange& seconds);  ///< Wheel or shifted drag.
    void wholeRangeWanted();                    ///< Double click.
    void redrawWanted();                        ///< The lines are not up to date any more.

protected:
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void changeEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    enum class Drag { None, Scrub, Pan };

    void applyTheme();
    void applyMargins();
    void applyLineStyle(std::size_t index);
    bool takeSeries();
    void redraw();
    void prepare();
    void fitValues();
    void updateLegend();
    void redrawOverlay();
    double secondsAt(const QPointF& position) const;

    ChartSpec m_spec;
    std::shared_ptr<const RunResult> m_result;
    std::vector<SeriesLine*> m_lines;  ///< Owned by the plot, as is the overlay.
    ChartOverlay* m_overlay;
    QSharedPointer<ValueTicker> m_valueTicker;
    Drag m_drag = Drag::None;
    double m_panFrom = 0;
    QPoint m_pressedAt;
    bool m_hasTimeLabels = true;
    std::function<QString(double)> m_tooltip;
    bool m_stale = true;  ///< The lines must be drawn before the next paint.
    int m_replots = 0;
    std::vector<std::tuple<std::size_t, Time, double, std::uint32_t, Duration>>
        m_drawn;  ///< State of each series.
};

/// The colour of a line in the theme in force.
QColor colourOf(const ChartLine& line);

}  // namespace neph
