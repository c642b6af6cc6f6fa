#include "app/desktop/charts/value_text.h"

#include <QLocale>
#include <cmath>

namespace neph {

namespace {

const QLocale& plain()
{
    static const QLocale locale(QLocale::English, QLocale::UnitedStates);
    return locale;
}

QString withoutTrailingZeros(QString number)
{
    if (number.contains('.')) {
        while (number.endsWith('0')) {
            number.chop(1);
        }
        if (number.endsWith('.')) {
            number.chop(1);
        }
    }
    return number == "-0" ? "0" : number;
}

/// How many decimals show `digits` significant digits of `value`.
int decimalsFor(double value, int digits)
{
    const double size = std::abs(value);
    if (!(size > 0)) {
        return 0;
    }
    const int magnitude = static_cast<int>(std::floor(std::log10(size)));
    return std::clamp(digits - 1 - magnitude, 0, 9);
}

QString significant(double value, int digits)
{
    return withoutTrailingZeros(plain().toString(value, 'f', decimalsFor(value, digits)));
}

/// "1.25 k", "3 M": the number with the prefix it needs.
QString prefixed(double value, const QString& gap)
{
    const double size = std::abs(value);
    if (size >= 999.5e6) {
        return significant(value / 1e9, 3) + gap + "G";
    }
    if (size >= 999.5e3) {
        return significant(value / 1e6, 3) + gap + "M";
    }
    if (size >= 9999.5) {
        return significant(value / 1e3, 3) + gap + "k";
    }
    return significant(value, size < 10 ? 2 : size < 1000 ? 3 : 4);
}

QString dollars(double amount)
{
    const double size = std::abs(amount);
    if (size < 5e-10) {
        return "$0";
    }
    return "$" + plain().toString(amount, 'f', size >= 0.1 ? 2 : decimalsFor(amount, 3));
}

QString millisecondsText(double ms)
{
    return durationText(fromSeconds(ms / 1e3));
}

}  // namespace

QString toQString(const std::string& text)
{
    return QString::fromStdString(text);
}

QString valueText(double value, const QString& unit)
{
    if (unit == "ms") {
        return millisecondsText(value);
    }
    if (unit == "%") {
        return significant(value, std::abs(value) >= 9.95 ? 3 : 2) + " %";
    }
    if (unit == "USD/h") {
        return dollars(value) + "/h";
    }
    if (unit == "1/s") {
        return prefixed(value, " ") + "/s";
    }
    if (unit == "count" || unit.isEmpty()) {
        return prefixed(value, " ");
    }
    return prefixed(value, " ") + " " + unit;
}

QString tickText(double value, double step, const QString& unit)
{
    const double size = std::abs(value);
    if (unit == "ms") {
        if (step >= 1000 || size >= 1000) {  // "1,000 ms" has no room beside an axis.
            return plain().toString(value / 1e3, 'f', step < 1000 ? 1 : 0) + " s";
        }
        return plain().toString(value, 'f', step < 1 ? 1 : 0) + " ms";
    }
    const int decimals =
        step > 0 ? std::clamp(-static_cast<int>(std::floor(std::log10(step) + 1e-9)), 0, 8) : 0;
    if (unit == "%") {
        return plain().toString(value, 'f', decimals) + " %";
    }
    if (unit == "USD/h") {
        return size < 1e-12 ? QString("$0") : "$" + plain().toString(value, 'f', decimals);
    }
    return size >= 10'000 ? prefixed(value, "")
                          : withoutTrailingZeros(plain().toString(value, 'f', decimals));
}

QString durationText(Duration span)
{
    const double s = seconds(span);
    const double size = std::abs(s);
    if (size < 1e-9) {
        return "0 ms";
    }
    if (size < 0.9995e-3) {
        return significant(s * 1e6, 2) + " µs";
    }
    if (size < 0.9995) {
        return significant(s * 1e3, s < 0.01 ? 2 : 3) + " ms";
    }
    if (size < 59.95) {
        return significant(s, 3) + " s";
    }
    const auto whole = static_cast<qint64>(std::llround(s));
    const auto pair = [](qint64 big, const char* bigUnit, qint64 small, const char* smallUnit) {
        const QString text = QString("%1 %2").arg(big).arg(bigUnit);
        return small == 0 ? text : text + QString(" %1 %2").arg(small).arg(smallUnit);
    };
    if (whole < 3600) {
        return pair(whole / 60, "min", whole % 60, "s");
    }
    if (whole < 86'400) {
        return pair(whole / 3600, "h", whole % 3600 / 60, "min");
    }
    return pair(whole / 86'400, "d", whole % 86'400 / 3600, "h");
}

QString momentText(Time at)
{
    const qint64 ms = at.count() / 1'000'000;
    const qint64 s = ms / 1000;
    const auto two = [](qint64 n) { return QString("%1").arg(n, 2, 10, QChar('0')); };
    if (s < 3600) {
        return QString("%1:%2.%3").arg(s / 60).arg(two(s % 60)).arg(ms % 1000, 3, 10, QChar('0'));
    }
    if (s < 86'400) {
        return QString("%1:%2:%3").arg(s / 3600).arg(two(s % 3600 / 60), two(s % 60));
    }
    return QString("%1 d %2:%3:%4")
        .arg(s / 86'400)
        .arg(two(s % 86'400 / 3600), two(s % 3600 / 60), two(s % 60));
}

QString moneyText(Money amount)
{
    const double value = amount.dollars();
    if (std::abs(value) >= 0.1) {
        const QString cents = toQString(amount.toCentsText());
        return cents.startsWith('-') ? "-$" + cents.mid(1) : "$" + cents;
    }
    return value < 0 ? "-" + dollars(-value) : dollars(value);
}

QString quantityText(double quantity)
{
    const double size = std::abs(quantity);
    if (size >= 1000) {
        return plain().toString(quantity, 'f', 0);
    }
    return significant(quantity, size >= 1 ? 5 : 3);
}

QString countText(std::uint64_t count)
{
    return plain().toString(static_cast<qulonglong>(count));
}

}  // namespace neph
