#pragma once

#include "app/desktop/panels/property_editor.h"

class QTableWidget;
class QTableWidgetItem;
class QToolButton;

namespace neph {

/// Rows with the columns of a Table property; rows can be added and taken away.
class TableEditor final : public PropertyEditor {
    Q_OBJECT

public:
    TableEditor(const PropertySpec& spec, QWidget* parent);

    void setValue(const Value& value) override;
    void setInvalid(bool invalid) override;

private:
    void fillRow(int row, const Value& fields);
    void takeItem(QTableWidgetItem* item);
    void addRow();
    void removeRow();
    void showHeight();

    PropertySpec m_spec;
    Value m_value;
    QTableWidget* m_table;
    QToolButton* m_remove;
    bool m_filling = false;
};

}  // namespace neph
