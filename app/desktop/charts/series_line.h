#pragma once

#include <memory>
#include <qcustomplot.h>

#include "sim/metrics/run_result.h"

namespace neph {

/// Draws one Series of an immutable result where it stands: nothing is copied into the plot, and what is
/// denser than the pixels is drawn as one column of mean, least and most.
///
/// The key axis is in seconds. A point stands for its whole interval and is drawn at its middle (as a level
/// over the interval when `Shape::Steps`).
class SeriesLine final : public QCPAbstractPlottable {
    Q_OBJECT

public:
    enum class Shape { Line, Steps };

    SeriesLine(QCPAxis* keyAxis, QCPAxis* valueAxis);

    /// `series` is part of `keepAlive`, or nullptr: then there is nothing to draw.
    void show(std::shared_ptr<const RunResult> keepAlive, const Series* series);
    const Series* series() const { return m_series; }
    /// Around the line lies an error, from `low` to `high` (of the same result), in place of least and most.
    void showError(const Series* low, const Series* high);
    /// " (118 ms to 131 ms)"; empty where no error is shown.
    QString errorTextAt(Time at) const;

    void setShape(Shape shape) { m_shape = shape; }
    void setFilled(bool filled) { m_filled = filled; }
    void setBand(bool band) { m_band = band; }

    /// The largest value that is drawn, with the most of each interval where the band is shown; 0 if there is
    /// nothing in sight.
    double largestShown() const;

    double selectTest(const QPointF& pos, bool onlySelectable, QVariant* details = nullptr) const override;
    QCPRange getKeyRange(bool& found, QCP::SignDomain domain) const override;
    QCPRange getValueRange(bool& found, QCP::SignDomain domain, const QCPRange& keys) const override;

protected:
    void draw(QCPPainter* painter) override;
    void drawLegendIcon(QCPPainter* painter, const QRectF& rect) const override;

private:
    /// What is drawn as one: a point, or as many neighbours as share a pixel and a half.
    struct Column {
        Time from;  ///< Start of its first interval.
        Time to;    ///< End of its last interval.
        double mean;
        double low;
        double high;
    };
    const std::vector<Column>& columns() const;
    void drawRun(QCPPainter* painter, const Column* first, const Column* last) const;
    double gapSeconds() const;
    std::pair<std::size_t, std::size_t> visible(const QCPRange& range) const;

    std::shared_ptr<const RunResult> m_keepAlive;
    const Series* m_series = nullptr;
    const Series* m_low = nullptr;  ///< Ends of the error; nullptr: there is none to show.
    const Series* m_high = nullptr;
    Shape m_shape = Shape::Line;
    bool m_filled = false;
    bool m_band = true;

    mutable std::vector<Column> m_columns;  ///< Of m_series in m_columnsOf, at that many pixels.
    mutable QCPRange m_columnsOf;
    mutable int m_columnsWidth = -1;  ///< -1: to be computed anew.
};

}  // namespace neph
