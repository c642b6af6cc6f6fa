#include "app/desktop/panels/property_editor_number.h"

#include <QLabel>
#include <QLineEdit>
#include <QTimer>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "app/desktop/theme.h"

namespace neph {

namespace {

constexpr int kStepPauseMs = 700;
constexpr int kMostDecimals = 9;

/// Seconds in a unit of time that a user may type.
std::optional<double> secondsIn(const QString& unit)
{
    static const QMap<QString, double> known = {
        {"ms", 0.001}, {"s", 1}, {"sec", 1}, {"m", 60}, {"min", 60}, {"h", 3600}, {"d", 86400},
    };
    const auto found = known.constFind(unit);
    return found == known.constEnd() ? std::nullopt : std::optional<double>(*found);
}

}  // namespace

QString plainNumber(double number)
{
    QString text = QString::number(number, 'f', kMostDecimals);
    while (text.contains('.') && (text.endsWith('0') || text.endsWith('.'))) {
        const bool point = text.endsWith('.');
        text.chop(1);
        if (point) {
            break;
        }
    }
    return text;
}

NumberField::NumberField(const PropertySpec& spec, QWidget* parent)
    : QAbstractSpinBox(parent), m_whole(spec.type == PropertyType::Integer),
      m_isDuration(secondsIn(QString::fromStdString(spec.unit)).has_value()),
      m_unitText(QString::fromStdString(spec.unit)), m_min(spec.min), m_max(spec.max),
      m_unit(new QLabel(m_unitText, lineEdit())), m_pause(new QTimer(this))
{
    setFocusPolicy(Qt::StrongFocus);
    setAccelerated(true);
    QPalette palette = m_unit->palette();
    palette.setColor(QPalette::WindowText, theme::mutedText());
    m_unit->setPalette(palette);
    m_unit->setAttribute(Qt::WA_TransparentForMouseEvents);
    m_pause->setSingleShot(true);
    m_pause->setInterval(kStepPauseMs);
    connect(m_pause, &QTimer::timeout, this, &NumberField::submit);
    connect(lineEdit(), &QLineEdit::textEdited, this, [this] {
        m_touched = true;
        m_pause->start();
    });
    connect(this, &QAbstractSpinBox::editingFinished, this, &NumberField::submit);
}

void NumberField::setNumber(double number)
{
    const std::optional<double> shown = this->number();
    if (m_touched || (shown && *shown == number)) {
        return;
    }
    lineEdit()->setText(plainNumber(number));
}

std::optional<double> NumberField::number() const
{
    QString text = lineEdit()->text().trimmed();
    double factor = 1;
    if (m_isDuration) {
        qsizetype end = text.size();
        while (end > 0 && text[end - 1].isLetter()) {
            --end;
        }
        const QString unit = text.mid(end);
        if (!unit.isEmpty()) {
            const std::optional<double> typed = secondsIn(unit);
            if (!typed) {
                return std::nullopt;
            }
            factor = *typed / *secondsIn(m_unitText);
            text = text.left(end).trimmed();
        }
    }
    bool isNumber = false;
    const double value = QLocale::c().toDouble(text.remove(' '), &isNumber) * factor;
    return isNumber && std::isfinite(value) ? std::optional<double>(value) : std::nullopt;
}

void NumberField::setInvalid(bool invalid)
{
    QPalette palette = lineEdit()->palette();
    palette.setColor(QPalette::Text, invalid ? theme::failure() : theme::text());
    lineEdit()->setPalette(palette);
}

void NumberField::stepBy(int steps)
{
    const double now = number().value_or(m_min.value_or(0));
    double step = 1;
    if (!m_whole && std::abs(now) < 1) {
        step = std::abs(now) < 0.1 ? 0.01 : 0.1;
    }
    double next = now + step * steps;
    if (!m_whole) {
        next = std::round(next * 1000) / 1000;
    }
    next = std::max(next, m_min.value_or(next));
    next = std::min(next, m_max.value_or(next));
    lineEdit()->setText(plainNumber(next));
    m_touched = true;
    submit();
}

QValidator::State NumberField::validate(QString&, int&) const
{
    return QValidator::Acceptable;
}

QAbstractSpinBox::StepEnabled NumberField::stepEnabled() const
{
    return StepUpEnabled | StepDownEnabled;
}

void NumberField::resizeEvent(QResizeEvent* event)
{
    QAbstractSpinBox::resizeEvent(event);
    const QSize size = m_unit->sizeHint();
    const QRect field = lineEdit()->rect();
    m_unit->setGeometry(field.right() - size.width() - 2, 0, size.width(), field.height());
    lineEdit()->setTextMargins(0, 0, m_unitText.isEmpty() ? 0 : size.width() + 6, 0);
}

void NumberField::wheelEvent(QWheelEvent* event)
{
    // A wheel that only scrolls past must not change a value.
    if (hasFocus()) {
        QAbstractSpinBox::wheelEvent(event);
    } else {
        event->ignore();
    }
}

void NumberField::submit()
{
    m_pause->stop();
    if (m_touched) {
        m_touched = false;
        emit submitted();
    }
}

}  // namespace neph
