#pragma once

#include <QWidget>

#include "sim/model/property_spec.h"
#include "sim/model/value.h"

namespace neph {

/// The input for one property value. It shows what it is given and says what the user asks for; whether that
/// is allowed is for others to judge.
class PropertyEditor : public QWidget {
    Q_OBJECT

public:
    using QWidget::QWidget;

    virtual void setValue(const Value& value) = 0;
    /// Shows that what stands in the field is not what holds.
    virtual void setInvalid(bool invalid) = 0;

signals:
    void edited(const neph::Value& value);
    /// What was typed is no value at all: one sentence.
    void unreadable(const QString& what);
};

/// The editor that suits the type of `spec`: check box, number field with unit, list of choices, text, table.
PropertyEditor* makeEditor(const PropertySpec& spec, QWidget* parent);

/// "memoryMiB" as "Memory per task", with the unit where a heading needs it: "CPU time (ms)".
QString headingOf(const PropertySpec& spec);

}  // namespace neph
