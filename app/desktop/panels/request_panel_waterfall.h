#pragma once

#include <QAbstractScrollArea>
#include <memory>
#include <vector>

#include "app/desktop/panels/request_panel_words.h"
#include "sim/metrics/run_result.h"

namespace neph {

class DesignDocument;

/// The steps of one request over time, one row each: waiting is hatched and light, service is solid, in the
/// colour of the component's category.
class Waterfall final : public QAbstractScrollArea {
    Q_OBJECT

public:
    explicit Waterfall(DesignDocument& document, QWidget* parent = nullptr);

    /// Shows a copy of `trace`; nullptr: nothing.
    void setTrace(const RequestTrace* trace);
    int rows() const { return static_cast<int>(m_trace.spans.size()); }
    int current() const { return m_current; }
    void setCurrent(int row);
    /// Where the bar of a row is drawn, in viewport coordinates.
    QRectF barOf(int row) const;

signals:
    void currentChanged(int row);
    void activated(int row);  ///< Click or Enter: show the component.

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool viewportEvent(QEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    int rowHeight() const;
    int axisHeight() const;
    int labelWidth() const;
    int rowAt(const QPoint& position) const;
    double xOf(Time at) const;
    void updateScroll();
    void drawAxis(QPainter& painter) const;
    void drawRow(QPainter& painter, int row) const;
    void drawLabel(QPainter& painter, int row, const QColor& colour) const;
    void drawBar(QPainter& painter, int row, const QColor& colour) const;
    QColor colourOf(const TraceSpan& span) const;

    DesignDocument& m_document;
    RequestTrace m_trace;
    std::vector<SpanTimes> m_times;
    Time m_from{0};
    Time m_to{0};
    int m_current = -1;
    int m_hovered = -1;
};

}  // namespace neph
