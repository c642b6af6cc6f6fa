#include "app/desktop/canvas/canvas_text.h"

#include <QGuiApplication>
#include <QLocale>
#include <QStringList>
#include <cmath>
#include <vector>

#include "sim/model/rules.h"

namespace neph {

namespace {

constexpr int kNamePixels = 13;
constexpr int kDetailPixels = 11;

QFont fontOf(int pixels, QFont::Weight weight)
{
    QFont font = QGuiApplication::font();
    font.setPixelSize(pixels);
    font.setWeight(weight);
    font.setHintingPreference(QFont::PreferNoHinting);  // Text keeps its width at every zoom.
    return font;
}

QString shortNumber(double value)
{
    const QLocale locale;
    const auto digits = [](double scaled) { return scaled < 9.95 ? 1 : 0; };
    if (value >= 999'500) {
        return locale.toString(value / 1e6, 'f', digits(value / 1e6)) + QStringLiteral("M");
    }
    if (value >= 999.5) {
        return locale.toString(value / 1e3, 'f', digits(value / 1e3)) + QStringLiteral("k");
    }
    if (value >= 9.95 || value == std::floor(value)) {
        return locale.toString(value, 'f', 0);
    }
    return locale.toString(value, 'f', value < 0.995 ? 2 : 1);
}

bool isShown(const PropertySpec& spec, const KindSpec& kind, const Node& node)
{
    const QString rule = QString::fromStdString(spec.showWhen);
    const qsizetype equals = rule.indexOf('=');
    if (equals < 0) {
        return true;
    }
    const Value value = effectiveValue(kind, node.properties, rule.left(equals).toStdString());
    const QString text = value.is_string() ? QString::fromStdString(value.get<std::string>())
                                           : QString::fromStdString(value.dump());
    return rule.mid(equals + 1).split('|').contains(text);
}

/// "2 vCPU", "Round robin", "shop"; nothing for what does not fit a word: switches, tables, what is unset.
QString valueText(const PropertySpec& spec, const Value& value)
{
    if (spec.type == PropertyType::Choice && value.is_string()) {
        for (const Choice& choice : spec.choices) {
            if (choice.value == value.get<std::string>()) {
                const QString label =
                    QString::fromStdString(choice.label.empty() ? choice.value : choice.label);
                const bool isFigure = !label.isEmpty() && label.at(label.size() - 1).isDigit();
                return isFigure && !spec.unit.empty() ? label + ' ' + QString::fromStdString(spec.unit)
                                                      : label;
            }
        }
    }
    if (value.is_string()) {
        return QString::fromStdString(value.get<std::string>());
    }
    if (!value.is_number()) {
        return {};
    }
    if (value.get<double>() == 0) {
        return {};
    }
    const QString number = QLocale().toString(value.get<double>(), 'g', 6);
    const QString unit = QString::fromStdString(spec.unit);
    return unit.isEmpty() ? QString::fromStdString(spec.label) + ' ' + number : number + ' ' + unit;
}

}  // namespace

QFont nameFont()
{
    return fontOf(kNamePixels, QFont::DemiBold);
}

QFont detailFont()
{
    return fontOf(kDetailPixels, QFont::Normal);
}

QFont figureFont()
{
    return fontOf(kDetailPixels, QFont::DemiBold);
}

QString rateText(double perSecond)
{
    return shortNumber(perSecond) + QStringLiteral("/s");
}

QString countText(double count)
{
    return shortNumber(std::round(count));
}

QString keyProperties(const KindSpec& kind, const Node& node)
{
    constexpr qsizetype kMost = 2;
    QStringList said;
    const PropertySpec* first = nullptr;
    for (const bool changed : {true, false}) {
        for (const PropertySpec& spec : kind.properties) {
            const bool isOwn = node.properties.count(spec.key) != 0;
            // What is at its default is told only together with its like: "2 vCPU · 4,096 MiB".
            const bool belongs =
                isOwn || first == nullptr || (!spec.group.empty() && spec.group == first->group);
            if (said.size() == kMost || isOwn != changed || !belongs || !isShown(spec, kind, node)) {
                continue;
            }
            const QString text = valueText(spec, effectiveValue(kind, node.properties, spec.key));
            if (!text.isEmpty()) {
                said << text;
                first = first == nullptr ? &spec : first;
            }
        }
    }
    return said.join(QStringLiteral(" · "));
}

}  // namespace neph
