#include "app/desktop/message_bar.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QTimer>
#include <QToolButton>

#include "app/desktop/theme.h"

namespace neph {

namespace {

constexpr int kNoticeMs = 7000;
constexpr int kIconSize = 18;

QColor colourOf(MessageBar::Kind kind)
{
    switch (kind) {
    case MessageBar::Kind::Warning:
        return theme::warning();
    case MessageBar::Kind::Error:
        return theme::failure();
    case MessageBar::Kind::Notice:
        break;
    }
    return theme::accent();
}

QString iconOf(MessageBar::Kind kind)
{
    switch (kind) {
    case MessageBar::Kind::Warning:
        return "warning";
    case MessageBar::Kind::Error:
        return "error";
    case MessageBar::Kind::Notice:
        break;
    }
    return "info";
}

}  // namespace

MessageBar::MessageBar(QWidget* parent)
    : QFrame(parent), m_icon(new QLabel(this)), m_text(new QLabel(this)), m_choices(new QHBoxLayout),
      m_close(new QToolButton(this)), m_timer(new QTimer(this))
{
    setObjectName("messageBar");
    setFrameShape(QFrame::NoFrame);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 6, 6, 6);
    row->setSpacing(10);
    row->addWidget(m_icon);
    row->addWidget(m_text, 1);
    row->addLayout(m_choices);
    row->addWidget(m_close);
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_close->setText(QStringLiteral("×"));
    m_close->setToolTip(tr("Close this message"));
    m_close->setAccessibleName(tr("Close message"));
    connect(m_close, &QToolButton::clicked, this, &MessageBar::close);
    m_timer->setSingleShot(true);
    connect(m_timer, &QTimer::timeout, this, &MessageBar::close);
    hide();
}

void MessageBar::show(Kind kind, const QString& text, std::vector<Choice> choices, const QString& topic)
{
    m_kind = kind;
    m_topic = topic;
    m_text->setText(text);
    setAccessibleName(text);
    while (QLayoutItem* item = m_choices->takeAt(0)) {
        // The message may be replaced out of the click on one of these buttons.
        item->widget()->hide();
        item->widget()->deleteLater();
        delete item;
    }
    for (Choice& choice : choices) {
        auto* button = new QPushButton(choice.text, this);
        button->setAccessibleName(choice.text);
        m_choices->addWidget(button);
        connect(button, &QPushButton::clicked, this, [this, act = std::move(choice.act)] {
            close();
            if (act) {
                act();
            }
        });
    }
    paintKind();
    QFrame::show();
    if (kind == Kind::Notice && choices.empty()) {
        m_timer->start(kNoticeMs);
    } else {
        m_timer->stop();
    }
}

void MessageBar::dismiss(const QString& topic)
{
    if (isVisible() && m_topic == topic) {
        close();
    }
}

QString MessageBar::message() const
{
    return isHidden() ? QString() : m_text->text();
}

void MessageBar::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange) {
        paintKind();
    }
    QFrame::changeEvent(event);
}

void MessageBar::close()
{
    m_timer->stop();
    m_topic.clear();
    hide();
}

void MessageBar::paintKind()
{
    const QColor colour = colourOf(m_kind);
    m_icon->setPixmap(
        theme::uiIcon(iconOf(m_kind), colour).pixmap(QSize(kIconSize, kIconSize), devicePixelRatioF()));
    const QString sheet = QStringLiteral("#messageBar { background: rgba(%1, %2, %3, 34); border: none; "
                                         "border-left: 3px solid %4; }")
                              .arg(colour.red())
                              .arg(colour.green())
                              .arg(colour.blue())
                              .arg(colour.name());
    if (styleSheet() != sheet) {
        setStyleSheet(sheet);
    }
}

}  // namespace neph
