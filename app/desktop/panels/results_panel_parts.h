#pragma once

#include <QIcon>
#include <QLabel>
#include <QStyledItemDelegate>

#include "sim/metrics/run_result.h"

namespace neph {

class DesignDocument;

/// "Info", "Warning", "Failure".
QString levelWord(EventLevel level);
/// A dot, a triangle, a cross: told apart by shape as well as by colour. Drawn for the theme in force.
QIcon levelIcon(EventLevel level);

/// Writes the whole file or nothing; says through DesignDocument::refused what went wrong.
bool writeFile(DesignDocument& document, const QString& file, const QByteArray& bytes);

/// What a view says where it has nothing to show: a sentence in the middle, and what to do next.
class EmptyHint final : public QLabel {
    Q_OBJECT

public:
    explicit EmptyHint(QWidget* parent = nullptr);
};

/// One line that is cut with an ellipsis where there is no room for all of it; the tip says the rest.
class ElidedLabel final : public QLabel {
    Q_OBJECT

public:
    explicit ElidedLabel(QWidget* parent = nullptr);

    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;
};

/// Draws `kShareRole` (0..1) of a cell as a bar behind its text.
class ShareBarDelegate final : public QStyledItemDelegate {
    Q_OBJECT

public:
    static constexpr int kShareRole = Qt::UserRole + 40;
    static constexpr int kColourRole =
        Qt::UserRole + 41;  ///< QColor of the bar; the accent if there is none.

    using QStyledItemDelegate::QStyledItemDelegate;

    void
    paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

}  // namespace neph
