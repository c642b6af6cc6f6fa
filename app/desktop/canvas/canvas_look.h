#pragma once

#include <QColor>
#include <QIcon>
#include <QPainter>
#include <QString>

#include "sim/model/diagnostic.h"

namespace neph {

/// What an item means while something is dragged or connected.
enum class Mark { None, Possible, Target, Refused };

/// How an item stands out.
struct ItemLook {
    bool selected = false;
    bool hovered = false;
    Mark mark = Mark::None;
    friend bool operator==(const ItemLook&, const ItemLook&) = default;
};

/// What an item shows of its component, apart from a run.
struct ItemFace {
    QString name;
    QString kind;    ///< "DynamoDB table"
    QString detail;  ///< Key properties.
    QString iconStem;
    QString category;
    bool hasProblem = false;
    Severity problem = Severity::Note;
    QString problemText;
    friend bool operator==(const ItemFace&, const ItemFace&) = default;
};

/// `colour` with another opacity, 0..1.
QColor faded(QColor colour, double opacity);

/// The icon of a kind, drawn crisply at the painter's scale.
void drawKindIcon(QPainter& painter, const QRectF& where, const QString& stem);

/// A round badge with an exclamation mark for an error, a triangle for a warning.
void drawProblem(QPainter& painter, QPointF centre, Severity severity);

/// Colour of a load: healthy, from 70 % warning, from 90 % failure.
QColor loadColour(double utilisation);

/// Draws one line; where it does not fit, narrowed a little, else shortened to its first clauses, else with
/// an ellipsis.
void drawLine(QPainter& painter, const QRectF& where, Qt::Alignment alignment, const QString& text);

}  // namespace neph
