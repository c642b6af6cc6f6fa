#pragma once

#include <QFont>
#include <QString>

#include "sim/model/catalog.h"
#include "sim/model/design.h"

namespace neph {

// Fonts of the canvas: the family of the application, in scene units.
QFont nameFont();    ///< What the user calls a component.
QFont detailFont();  ///< What is said about it.
QFont figureFont();  ///< Rates: figures of equal width, a little stronger.

/// "812/s", "1.2k/s", "0.35/s".
QString rateText(double perSecond);
/// "37", "1.2k": how many wait.
QString countText(double count);

/// What a card says about a component that is not running: its two most telling properties, those that the
/// user changed before those at their default.
QString keyProperties(const KindSpec& kind, const Node& node);

}  // namespace neph
