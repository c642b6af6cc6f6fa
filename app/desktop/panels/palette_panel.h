#pragma once

#include <QWidget>

class QLineEdit;
class QTreeWidget;
class QTreeWidgetItem;

namespace neph {

class Catalog;

/// All kinds that can be drawn, by category: search, then drag, or Enter.
class PalettePanel final : public QWidget {
    Q_OBJECT

public:
    explicit PalettePanel(const Catalog& catalog, QWidget* parent = nullptr);

    QLineEdit& searchField() const { return *m_search; }
    void focusSearch();
    QTreeWidget& list() const { return *m_list; }

signals:
    /// Enter or double click: put one on the canvas.
    void chosen(const QString& kindId);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void fill();
    void filter(const QString& text);
    void choose(const QTreeWidgetItem* item);

    const Catalog& m_catalog;
    QLineEdit* m_search;
    QTreeWidget* m_list;
};

}  // namespace neph
