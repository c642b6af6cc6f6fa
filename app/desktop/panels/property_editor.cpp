#include "app/desktop/panels/property_editor.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QStyle>
#include <QTimer>
#include <QWheelEvent>

#include "app/desktop/panels/property_editor_number.h"
#include "app/desktop/panels/property_editor_table.h"

namespace neph {

namespace {

constexpr int kPauseMs = 700;
constexpr double kMostExactInteger = 9007199254740992.0;

QHBoxLayout* tightRow(QWidget* widget)
{
    auto* row = new QHBoxLayout(widget);
    row->setContentsMargins(0, 0, 0, 0);
    return row;
}

class BoolEditor final : public PropertyEditor {
public:
    BoolEditor(const PropertySpec& spec, QWidget* parent)
        : PropertyEditor(parent), m_box(new QCheckBox(QString::fromStdString(spec.label), this))
    {
        tightRow(this)->addWidget(m_box);
        setFocusProxy(m_box);
        connect(m_box, &QCheckBox::clicked, this, [this](bool on) { emit edited(Value(on)); });
    }

    void setValue(const Value& value) override { m_box->setChecked(value.is_boolean() && value.get<bool>()); }
    void setInvalid(bool) override {}

private:
    QCheckBox* m_box;
};

class NumberEditor final : public PropertyEditor {
public:
    NumberEditor(const PropertySpec& spec, QWidget* parent)
        : PropertyEditor(parent), m_field(new NumberField(spec, this))
    {
        tightRow(this)->addWidget(m_field);
        setFocusProxy(m_field);
        connect(m_field, &NumberField::submitted, this, [this] { submit(); });
    }

    void setValue(const Value& value) override
    {
        if (value.is_number()) {
            m_field->setNumber(value.get<double>());
        }
    }
    void setInvalid(bool invalid) override { m_field->setInvalid(invalid); }

private:
    void submit()
    {
        const std::optional<double> number = m_field->number();
        if (!number) {
            emit unreadable(tr("This is not a number."));
            return;
        }
        const bool integral =
            *number ==
            static_cast<double>(static_cast<qint64>(qBound(-kMostExactInteger, *number, kMostExactInteger)));
        // A fraction where a whole number belongs is handed on as it is, and refused with the reason.
        emit edited(integral ? Value(static_cast<std::int64_t>(*number)) : Value(*number));
    }

    NumberField* m_field;
};

/// Takes no wheel that only scrolls past.
class ChoiceBox final : public QComboBox {
public:
    explicit ChoiceBox(QWidget* parent) : QComboBox(parent)
    {
        setFocusPolicy(Qt::StrongFocus);
        setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        setMinimumContentsLength(6);
    }

protected:
    void wheelEvent(QWheelEvent* event) override
    {
        if (hasFocus()) {
            QComboBox::wheelEvent(event);
        } else {
            event->ignore();
        }
    }
};

class ChoiceEditor final : public PropertyEditor {
public:
    ChoiceEditor(const PropertySpec& spec, QWidget* parent)
        : PropertyEditor(parent), m_box(new ChoiceBox(this))
    {
        tightRow(this)->addWidget(m_box);
        setFocusProxy(m_box);
        for (const Choice& choice : spec.choices) {
            m_box->addItem(QString::fromStdString(choice.label), QString::fromStdString(choice.value));
            m_box->setItemData(m_box->count() - 1, QString::fromStdString(choice.help), Qt::ToolTipRole);
        }
        connect(m_box, &QComboBox::activated, this, [this](int index) {
            emit edited(Value(m_box->itemData(index).toString().toStdString()));
        });
    }

    void setValue(const Value& value) override
    {
        const QString text = value.is_string() ? QString::fromStdString(value.get<std::string>()) : QString();
        m_box->setCurrentIndex(m_box->findData(text));
        m_box->setPlaceholderText(text);
    }
    void setInvalid(bool) override {}

private:
    QComboBox* m_box;
};

class TextEditor final : public PropertyEditor {
public:
    TextEditor(const PropertySpec&, QWidget* parent)
        : PropertyEditor(parent), m_field(new QLineEdit(this)), m_pause(new QTimer(this))
    {
        tightRow(this)->addWidget(m_field);
        setFocusProxy(m_field);
        m_pause->setSingleShot(true);
        m_pause->setInterval(kPauseMs);
        connect(m_field, &QLineEdit::textEdited, m_pause, [this] { m_pause->start(); });
        connect(m_field, &QLineEdit::editingFinished, this, [this] { submit(); });
        connect(m_pause, &QTimer::timeout, this, [this] { submit(); });
    }

    void setValue(const Value& value) override
    {
        const QString text = value.is_string() ? QString::fromStdString(value.get<std::string>()) : QString();
        if (!m_pause->isActive() && m_field->text() != text) {
            m_field->setText(text);
        }
        m_held = text;
    }
    void setInvalid(bool invalid) override
    {
        m_field->setProperty("invalid", invalid);
        m_field->style()->unpolish(m_field);
        m_field->style()->polish(m_field);
    }

private:
    void submit()
    {
        m_pause->stop();
        if (m_field->text() != m_held) {
            emit edited(Value(m_field->text().toStdString()));
        }
    }

    QLineEdit* m_field;
    QTimer* m_pause;
    QString m_held;
};

}  // namespace

PropertyEditor* makeEditor(const PropertySpec& spec, QWidget* parent)
{
    PropertyEditor* editor = nullptr;
    switch (spec.type) {
    case PropertyType::Bool:
        editor = new BoolEditor(spec, parent);
        break;
    case PropertyType::Integer:
    case PropertyType::Number:
    case PropertyType::TimeSpan:
        editor = new NumberEditor(spec, parent);
        break;
    case PropertyType::Choice:
        editor = new ChoiceEditor(spec, parent);
        break;
    case PropertyType::Text:
        editor = new TextEditor(spec, parent);
        break;
    case PropertyType::Table:
        editor = new TableEditor(spec, parent);
        break;
    }
    if (QWidget* field = editor->focusProxy()) {
        field->setAccessibleName(headingOf(spec));
        field->setAccessibleDescription(QString::fromStdString(spec.help));
        field->setObjectName("field-" + QString::fromStdString(spec.key));
    }
    return editor;
}

QString headingOf(const PropertySpec& spec)
{
    const QString label = QString::fromStdString(spec.label);
    return spec.unit.empty() ? label
                             : QStringLiteral("%1 (%2)").arg(label, QString::fromStdString(spec.unit));
}

}  // namespace neph
