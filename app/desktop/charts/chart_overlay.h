#pragma once

#include <QString>
#include <limits>
#include <qcustomplot.h>
#include <vector>

namespace neph {

class EventMarks;

/// One line of a chart as the header shows it: a swatch, its name, its value at the moment that is looked at.
struct LegendEntry {
    QString label;
    QString value;
    QColor colour;
    bool dashed = false;
    double y = 0;  ///< The value on the axis, for the dot on the line.
};

/// What moves over a chart without its lines changing: title, legend with values, playhead, crosshair, marks
/// of events. Lives on a buffered layer, so that moving the playhead does not draw the lines again.
class ChartOverlay final : public QCPLayerable {
    Q_OBJECT

public:
    /// Height of the header above the plot for that font, in pixels.
    static int headerHeight(const QFont& font);

    explicit ChartOverlay(QCustomPlot* plot) : QCPLayerable(plot) {}

    QString title;
    QFont font;
    std::vector<LegendEntry> legend;
    double playhead = 0;                                      ///< Seconds.
    double hover = std::numeric_limits<double>::quiet_NaN();  ///< Seconds; not a number: no crosshair.
    double spanFrom = 0;  ///< A stretch that is chosen, in seconds; empty: none.
    double spanTo = 0;
    const EventMarks* marks = nullptr;
    bool empty = false;  ///< Nothing was measured in the range that is shown.

protected:
    void applyDefaultAntialiasingHint(QCPPainter* painter) const override;
    void draw(QCPPainter* painter) override;

private:
    struct LegendFit;

    LegendFit fitLegend(const QFontMetrics& metrics, int room) const;
    int legendWidth(const QFontMetrics& metrics, const LegendFit& fit) const;
    void drawHeader(QCPPainter* painter) const;
    void drawLegend(QCPPainter* painter, const QRect& area) const;
    void drawMarks(QCPPainter* painter) const;
    void drawSpan(QCPPainter* painter) const;
    void drawCursor(QCPPainter* painter) const;
};

}  // namespace neph
