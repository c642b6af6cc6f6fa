#include "app/desktop/panels/inspector_panel_row.h"

#include <QGridLayout>
#include <QLabel>
#include <QToolButton>

#include "app/desktop/panels/property_editor.h"
#include "app/desktop/theme.h"

namespace neph {

namespace {

constexpr int kRowLabelWidth = 116;
constexpr int kRowIconSize = 16;

QString textOf(const Value& value)
{
    return QString::fromStdString(value.is_string() ? value.get<std::string>() : value.dump());
}

/// Short help for the tooltip, with bounds and default.
QString tipOf(const PropertySpec& spec)
{
    QString tip = QString::fromStdString(spec.help).toHtmlEscaped();
    const QString allowed = QString::fromStdString(allowedText(spec));
    if (!allowed.isEmpty() && spec.type != PropertyType::Bool && spec.type != PropertyType::Table) {
        tip += QStringLiteral("<br><i>%1</i>").arg(QObject::tr("Allowed: %1").arg(allowed).toHtmlEscaped());
    }
    return QStringLiteral("<qt>%1</qt>").arg(tip);
}

QString whatsThisOf(const PropertySpec& spec)
{
    const QString source = QString::fromStdString(spec.source);
    QString text = QStringLiteral("<p><b>%1</b></p>%2")
                       .arg(QString::fromStdString(spec.label).toHtmlEscaped(), tipOf(spec));
    if (source.startsWith("http")) {
        const QString seen = QString::fromStdString(spec.seen);
        text += QObject::tr("<p>Source: <a href=\"%1\">%1</a>, read on %2.</p>").arg(source, seen);
    } else {
        text += QObject::tr("<p>An assumption of the model: nobody publishes this figure.</p>");
    }
    return text;
}

}  // namespace

PropertyRow::PropertyRow(const PropertySpec& spec, QWidget* parent)
    : QWidget(parent), m_spec(spec), m_editor(makeEditor(spec, this)), m_reset(new QToolButton(this)),
      m_problem(new QWidget(this)), m_problemIcon(new QLabel(m_problem)), m_problemText(new QLabel(m_problem))
{
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(6);
    grid->setVerticalSpacing(2);
    const bool wide = spec.type == PropertyType::Table;
    const bool hasOwnLabel = spec.type == PropertyType::Bool;
    if (!hasOwnLabel) {
        buildLabel();
        grid->addWidget(m_label, 0, 0, 1, wide ? 2 : 1);
        if (!wide) {
            m_label->setFixedWidth(kRowLabelWidth);
        }
    }
    grid->addWidget(m_editor, wide ? 1 : 0, hasOwnLabel || wide ? 0 : 1, 1, wide ? 3 : hasOwnLabel ? 2 : 1);
    grid->addWidget(m_reset, 0, 2);
    grid->addWidget(m_problem, 2, 0, 1, 3);
    grid->setColumnStretch(1, 1);

    m_reset->setIcon(theme::uiIcon("undo"));
    m_reset->setIconSize(QSize(14, 14));
    m_reset->setProperty("small", true);
    m_reset->setToolTip(tr("Back to the default"));
    m_reset->setAccessibleName(tr("Set %1 back to its default").arg(QString::fromStdString(spec.label)));
    QSizePolicy keep = m_reset->sizePolicy();
    keep.setRetainSizeWhenHidden(true);
    m_reset->setSizePolicy(keep);

    auto* line = new QHBoxLayout(m_problem);
    line->setContentsMargins(0, 0, 0, 2);
    line->addWidget(m_problemIcon, 0, Qt::AlignTop);
    line->addWidget(m_problemText, 1);
    m_problemText->setWordWrap(true);
    m_problemText->setProperty("failure", true);
    m_problemText->setObjectName("problem-" + QString::fromStdString(spec.key));
    m_problem->hide();

    setToolTip(tipOf(spec));
    setWhatsThis(whatsThisOf(spec));
    connect(m_editor, &PropertyEditor::edited, this, &PropertyRow::take);
    connect(m_editor, &PropertyEditor::unreadable, this, [this](const QString& what) {
        m_refused = true;
        showProblem(tr("%1 Allowed: %2.").arg(what, QString::fromStdString(allowedText(m_spec))));
    });
    connect(m_reset, &QToolButton::clicked, this, [this] {
        m_refused = false;
        emit committed(Value());
    });
}

void PropertyRow::buildLabel()
{
    m_label = new QLabel(QString::fromStdString(m_spec.label), this);
    m_label->setWordWrap(true);
    m_label->setBuddy(m_editor->focusProxy());
}

void PropertyRow::show(const Value& value, const QString& problem)
{
    if (m_refused) {
        // The refused input stays, with its reason, until it is mended or reset.
        return;
    }
    m_editor->setValue(value);
    m_reset->setVisible(value != m_spec.fallback);
    showProblem(problem);
}

QString PropertyRow::problem() const
{
    return m_problem->isHidden() ? QString() : m_problemText->text();
}

void PropertyRow::take(const Value& value)
{
    const Diagnostics wrong = checkValue(m_spec, value, "");
    if (!wrong.empty()) {
        const Diagnostic& first = wrong.front();
        const QString allowed = QString::fromStdString(first.allowed);
        const QString what = QString::fromStdString(first.what);
        const bool restores = m_spec.type == PropertyType::Table;
        showProblem(allowed.isEmpty() ? what : tr("%1 Allowed: %2.").arg(what, allowed));
        m_refused = !restores;
        return;
    }
    m_refused = false;
    showProblem({});
    emit committed(value == m_spec.fallback ? Value() : value);
}

void PropertyRow::showProblem(const QString& text)
{
    m_problem->setVisible(!text.isEmpty());
    m_problemText->setText(text);
    m_editor->setInvalid(!text.isEmpty());
    if (!text.isEmpty()) {
        const QIcon icon = theme::uiIcon("error", theme::failure());
        m_problemIcon->setPixmap(icon.pixmap(QSize(kRowIconSize, kRowIconSize), devicePixelRatioF()));
        m_reset->setVisible(true);
        m_problem->setAccessibleName(text);
    }
}

bool isShown(const std::string& condition, const std::function<Value(const std::string&)>& valueOf)
{
    const QString text = QString::fromStdString(condition);
    const qsizetype equals = text.indexOf('=');
    if (equals < 0) {
        return true;
    }
    const QString held = textOf(valueOf(text.left(equals).toStdString()));
    return text.mid(equals + 1).split('|').contains(held);
}

}  // namespace neph
