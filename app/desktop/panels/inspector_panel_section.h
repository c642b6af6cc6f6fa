#pragma once

#include <QWidget>

class QLabel;
class QToolButton;
class QVBoxLayout;

namespace neph {

/// A heading that folds what is below it.
class Section final : public QWidget {
    Q_OBJECT

public:
    Section(const QString& title, bool open, QWidget* parent);

    QVBoxLayout& content() { return *m_content; }
    bool isOpen() const;
    void setOpen(bool open);

signals:
    void toggled(bool open);

private:
    QToolButton* m_heading;
    QWidget* m_body;
    QVBoxLayout* m_content;
};

/// A label in the colour of secondary text.
QLabel* mutedLabel(const QString& text, QWidget* parent);

}  // namespace neph
