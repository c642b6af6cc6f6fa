#pragma once

#include <QAbstractSpinBox>
#include <optional>

#include "sim/model/property_spec.h"

class QLabel;
class QTimer;

namespace neph {

/// A spin box for any finite number, with its unit inside the field. Other than QSpinBox it never changes
/// what was typed: a number out of range is handed on and answered beside the field, not silently cut.
class NumberField final : public QAbstractSpinBox {
    Q_OBJECT

public:
    NumberField(const PropertySpec& spec, QWidget* parent);

    void setNumber(double number);
    /// What stands in the field; nothing if it is no number. Spans of time also read "5 min" or "1.5 h".
    std::optional<double> number() const;
    void setInvalid(bool invalid);

    void stepBy(int steps) override;
    QValidator::State validate(QString& input, int& position) const override;

signals:
    void submitted();  ///< Enter, leaving the field, a step, or a pause in typing.

protected:
    StepEnabled stepEnabled() const override;
    void resizeEvent(QResizeEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;

private:
    void submit();

    bool m_whole;
    bool m_isDuration;
    QString m_unitText;
    std::optional<double> m_min;
    std::optional<double> m_max;
    QLabel* m_unit;
    QTimer* m_pause;
    bool m_touched = false;  ///< Typed in since the last submit.
};

/// A number as people write it: no exponent, no trailing zeros.
QString plainNumber(double number);

}  // namespace neph
