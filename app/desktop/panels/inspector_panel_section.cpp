#include "app/desktop/panels/inspector_panel_section.h"

#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/desktop/theme.h"

namespace neph {

Section::Section(const QString& title, bool open, QWidget* parent)
    : QWidget(parent), m_heading(new QToolButton(this)), m_body(new QWidget(this)),
      m_content(new QVBoxLayout(m_body))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(2);
    m_heading->setText(title);
    m_heading->setAccessibleName(title);
    m_heading->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_heading->setCheckable(true);
    m_heading->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_heading->setProperty("heading", true);
    QFont font = m_heading->font();
    font.setWeight(QFont::DemiBold);
    m_heading->setFont(font);
    column->addWidget(m_heading);
    column->addWidget(m_body);
    m_content->setContentsMargins(8, 2, 2, 8);
    m_content->setSpacing(8);
    connect(m_heading, &QToolButton::toggled, this, [this](bool on) {
        m_heading->setArrowType(on ? Qt::DownArrow : Qt::RightArrow);
        m_body->setVisible(on);
        emit toggled(on);
    });
    m_heading->setArrowType(Qt::RightArrow);
    m_body->setVisible(false);
    m_heading->setChecked(open);
}

bool Section::isOpen() const
{
    return m_heading->isChecked();
}

void Section::setOpen(bool open)
{
    m_heading->setChecked(open);
}

QLabel* mutedLabel(const QString& text, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    label->setWordWrap(true);
    label->setProperty("muted", true);
    return label;
}

}  // namespace neph
