#pragma once

#include <QWidget>
#include <functional>
#include <string>

#include "sim/model/property_spec.h"
#include "sim/model/value.h"

class QLabel;
class QToolButton;

namespace neph {

class PropertyEditor;

/// One property in a form: label, editor, a way back to the default, and what is wrong with it underneath.
class PropertyRow final : public QWidget {
    Q_OBJECT

public:
    PropertyRow(const PropertySpec& spec, QWidget* parent);

    const PropertySpec& spec() const { return m_spec; }
    /// Shows the value that holds. `problem`: what the design's check says about it; may be empty.
    void show(const Value& value, const QString& problem);
    QString problem() const;

signals:
    /// A value that its spec allows; null: back to the default.
    void committed(const neph::Value& value);

private:
    void buildLabel();
    void take(const Value& value);
    void showProblem(const QString& text);

    PropertySpec m_spec;
    PropertyEditor* m_editor;
    QLabel* m_label = nullptr;
    QToolButton* m_reset;
    QWidget* m_problem;
    QLabel* m_problemIcon;
    QLabel* m_problemText;
    bool m_refused = false;  ///< What stands in the editor was refused and is not what holds.
};

/// Whether `condition` ("key=value|value") holds for the values that `valueOf` gives. An empty one does.
bool isShown(const std::string& condition, const std::function<Value(const std::string&)>& valueOf);

}  // namespace neph
