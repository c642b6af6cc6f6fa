#pragma once

#include <QString>
#include <string>

#include "sim/base/money.h"
#include "sim/base/units.h"

namespace neph {

/// A measured value with its unit, three significant digits: "1.25 k/s", "340 ms", "2.1 s", "67 %",
/// "$0.0421/h". Units are those of Series: "%", "ms", "1/s", "count", "USD/h"; any other is put behind the
/// number.
QString valueText(double value, const QString& unit);

/// The same for the ticks of an axis, where the title already says what is counted: "1.2k", "340 ms",
/// "$0.04".
QString tickText(double value, double step, const QString& unit);

/// A span of time in the unit that suits it: "85 µs", "120 ms", "2.4 s", "3 min 20 s", "5 h 12 min", "12 d 4
/// h".
QString durationText(Duration span);

/// A moment of a run as on a clock: "0:07.250" in the first hour, "1:02:07", "3 d 04:05:06".
QString momentText(Time at);

/// An amount of money with the decimals that it needs: "$1,234.50", "$0.42", "$0.0037", "$0".
QString moneyText(Money amount);

/// A quantity of a bill: "1,234,567", "0.25", "0.000042".
QString quantityText(double quantity);

/// A whole number with thousands separators, the same in every locale: "1,234,567".
QString countText(std::uint64_t count);

QString toQString(const std::string& text);

}  // namespace neph
