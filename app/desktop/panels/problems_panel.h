#pragma once

#include <QWidget>

class QLabel;
class QListWidget;
class QListWidgetItem;

namespace neph {

class DesignDocument;
class Selection;

/// What is wrong with the design, worst first. A click shows the component.
class ProblemsPanel final : public QWidget {
    Q_OBJECT

public:
    ProblemsPanel(DesignDocument& document, Selection& selection, QWidget* parent = nullptr);

    int errorCount() const { return m_errors; }
    int count() const;

signals:
    void countChanged();

protected:
    void changeEvent(QEvent* event) override;

private:
    void refresh();
    void reveal(const QListWidgetItem* item);

    DesignDocument& m_document;
    Selection& m_selection;
    QListWidget* m_list;
    QLabel* m_empty;
    int m_errors = 0;
};

}  // namespace neph
