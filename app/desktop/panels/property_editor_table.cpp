#include "app/desktop/panels/property_editor_table.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QTableWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/desktop/panels/property_editor_number.h"
#include "app/desktop/theme.h"

namespace neph {

namespace {

constexpr int kMostRowsShown = 8;
constexpr int kHeadingLines = 3;

QString textOf(const PropertySpec& column, const Value& value)
{
    if (value.is_string()) {
        const std::string text = value.get<std::string>();
        for (const Choice& choice : column.choices) {
            if (choice.value == text) {
                return QString::fromStdString(choice.label);
            }
        }
        return QString::fromStdString(text);
    }
    return value.is_number() ? plainNumber(value.get<double>()) : QString();
}

/// What was typed, as a value of the column's type; text where it cannot be one, so that the check refuses
/// it.
Value valueOf(const PropertySpec& column, const QString& text)
{
    if (column.type == PropertyType::Text || column.type == PropertyType::Choice) {
        for (const Choice& choice : column.choices) {
            if (text == QString::fromStdString(choice.label)) {
                return choice.value;
            }
        }
        return text.toStdString();
    }
    bool isNumber = false;
    const double number = QLocale::c().toDouble(text.trimmed(), &isNumber);
    if (!isNumber) {
        return text.toStdString();
    }
    const auto whole = static_cast<std::int64_t>(qBound(-1e15, number, 1e15));
    return static_cast<double>(whole) == number ? Value(whole) : Value(number);
}

}  // namespace

TableEditor::TableEditor(const PropertySpec& spec, QWidget* parent)
    : PropertyEditor(parent), m_spec(spec), m_value(Value::array()), m_table(new QTableWidget(this)),
      m_remove(new QToolButton(this))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(2);
    column->addWidget(m_table);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(2);
    auto* add = new QToolButton(this);
    add->setText(tr("Add row"));
    add->setAccessibleName(tr("Add a row to %1").arg(QString::fromStdString(spec.label)));
    m_remove->setText(tr("Remove row"));
    m_remove->setAccessibleName(tr("Remove a row from %1").arg(QString::fromStdString(spec.label)));
    buttons->addWidget(add);
    buttons->addWidget(m_remove);
    buttons->addStretch(1);
    column->addLayout(buttons);
    connect(add, &QToolButton::clicked, this, &TableEditor::addRow);
    connect(m_remove, &QToolButton::clicked, this, &TableEditor::removeRow);

    m_table->setColumnCount(static_cast<int>(spec.columns.size()));
    for (int index = 0; index < m_table->columnCount(); ++index) {
        const PropertySpec& field = spec.columns[static_cast<std::size_t>(index)];
        // The unit goes under the name: narrow columns show both.
        const QString unit = field.unit.empty() ? QString() : "\n" + QString::fromStdString(field.unit);
        auto* heading = new QTableWidgetItem(QString::fromStdString(field.label) + unit);
        heading->setToolTip(QString::fromStdString(field.help));
        m_table->setHorizontalHeaderItem(index, heading);
    }
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 10);
    QHeaderView* header = m_table->horizontalHeader();
    header->setSectionResizeMode(QHeaderView::Stretch);
    header->setMinimumSectionSize(24);
    header->setDefaultAlignment(Qt::Alignment(Qt::AlignCenter | Qt::TextWordWrap));
    header->setFixedHeight(fontMetrics().lineSpacing() * kHeadingLines + 6);
    header->setProperty("tight", true);
    m_table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setTabKeyNavigation(false);
    m_table->setProperty("framed", true);
    setFocusProxy(m_table);
    connect(m_table, &QTableWidget::itemChanged, this, &TableEditor::takeItem);
    connect(m_table, &QTableWidget::itemSelectionChanged, this, [this] {
        m_remove->setEnabled(m_table->currentRow() >= 0 && m_table->rowCount() > m_spec.min.value_or(0));
    });
}

void TableEditor::setValue(const Value& value)
{
    m_value = value.is_array() ? value : Value::array();
    const int current = m_table->currentRow();
    m_filling = true;
    m_table->setRowCount(static_cast<int>(m_value.size()));
    for (int row = 0; row < m_table->rowCount(); ++row) {
        fillRow(row, m_value[static_cast<std::size_t>(row)]);
    }
    m_filling = false;
    m_table->setCurrentCell(
        std::min(current, m_table->rowCount() - 1), std::max(0, m_table->currentColumn()));
    m_remove->setEnabled(m_table->currentRow() >= 0 && m_table->rowCount() > m_spec.min.value_or(0));
    showHeight();
}

void TableEditor::setInvalid(bool invalid)
{
    m_table->setProperty("invalid", invalid);
    if (invalid) {
        // The refused cell shows again what holds.
        setValue(Value(m_value));
    }
}

void TableEditor::fillRow(int row, const Value& fields)
{
    for (int index = 0; index < m_table->columnCount(); ++index) {
        const PropertySpec& column = m_spec.columns[static_cast<std::size_t>(index)];
        const Value& value = fields.contains(column.key) ? fields[column.key] : column.fallback;
        auto* item = new QTableWidgetItem;
        if (column.type == PropertyType::Bool) {
            item->setFlags((item->flags() | Qt::ItemIsUserCheckable) & ~Qt::ItemIsEditable);
            item->setCheckState(value.is_boolean() && value.get<bool>() ? Qt::Checked : Qt::Unchecked);
        } else {
            item->setText(textOf(column, value));
        }
        const bool isNumber = column.type == PropertyType::Number || column.type == PropertyType::Integer ||
                              column.type == PropertyType::TimeSpan;
        item->setTextAlignment(
            isNumber ? Qt::AlignRight | Qt::AlignVCenter : Qt::AlignLeft | Qt::AlignVCenter);
        item->setToolTip(QString::fromStdString(column.help));
        m_table->setItem(row, index, item);
    }
}

void TableEditor::takeItem(QTableWidgetItem* item)
{
    if (m_filling) {
        return;
    }
    const PropertySpec& column = m_spec.columns[static_cast<std::size_t>(item->column())];
    Value next = m_value;
    Value& fields = next[static_cast<std::size_t>(item->row())];
    fields[column.key] = column.type == PropertyType::Bool ? Value(item->checkState() == Qt::Checked)
                                                           : valueOf(column, item->text());
    emit edited(next);
}

void TableEditor::addRow()
{
    Value row = Value::object();
    for (const PropertySpec& column : m_spec.columns) {
        row[column.key] = column.fallback;
    }
    Value next = m_value;
    next.push_back(std::move(row));
    emit edited(next);
    m_table->setCurrentCell(m_table->rowCount() - 1, 0);
}

void TableEditor::removeRow()
{
    const int row = m_table->currentRow();
    if (row >= 0) {
        Value next = m_value;
        next.erase(static_cast<std::size_t>(row));
        emit edited(next);
    }
}

void TableEditor::showHeight()
{
    const int rows = std::clamp(m_table->rowCount(), 1, kMostRowsShown);
    const int heading = m_table->horizontalHeader()->height();
    m_table->setFixedHeight(heading + rows * m_table->verticalHeader()->defaultSectionSize() + 4);
}

}  // namespace neph
