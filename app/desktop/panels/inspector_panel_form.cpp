#include "app/desktop/panels/inspector_panel_form.h"

#include <QLabel>
#include <QLineEdit>
#include <QVBoxLayout>

#include "app/desktop/design_document.h"
#include "app/desktop/panels/inspector_panel_live.h"
#include "app/desktop/panels/inspector_panel_row.h"
#include "app/desktop/panels/inspector_panel_section.h"
#include "app/desktop/theme.h"

namespace neph {

namespace {

constexpr int kIconSize = 40;
constexpr const char* kFolded = "Advanced";
constexpr const char* kNoGroup = "General";

}  // namespace

ComponentForm::ComponentForm(DesignDocument& document, RunController& run, std::string id, QWidget* parent)
    : QWidget(parent), m_document(document), m_run(run), m_id(std::move(id)), m_column(new QVBoxLayout(this))
{
    m_column->setContentsMargins(12, 10, 12, 12);
    m_column->setSpacing(10);
    if (const KindSpec* kind = m_document.kindOf(m_id)) {
        buildNodeHeader(*kind);
        buildLive();
        buildProperties(kind->properties);
        buildFootnotes(*kind);
    } else if (const LinkRule* rule = m_document.ruleOf(m_id)) {
        buildLinkHeader(*rule);
        buildLive();
        buildProperties(rule->properties);
    } else {
        m_column->addWidget(mutedLabel(
            tr("This component is of a kind that this version does not know. It is kept as it is and saved "
               "again."),
            this));
    }
    m_column->addStretch(1);
    refresh();
}

void ComponentForm::buildNodeHeader(const KindSpec& kind)
{
    auto* row = new QHBoxLayout;
    row->setSpacing(10);
    auto* icon = new QLabel(this);
    icon->setPixmap(theme::kindIcon(kind.stem).pixmap(QSize(kIconSize, kIconSize), devicePixelRatioF()));
    row->addWidget(icon, 0, Qt::AlignTop);
    auto* names = new QVBoxLayout;
    names->setSpacing(1);
    m_name = new QLineEdit(this);
    m_name->setAccessibleName(tr("Name of the component"));
    m_name->setObjectName("field-name");
    m_name->setProperty("title", true);
    m_name->setToolTip(tr("What you call it"));
    QFont font = m_name->font();
    font.setPointSizeF(font.pointSizeF() * 1.15);
    font.setWeight(QFont::DemiBold);
    m_name->setFont(font);
    names->addWidget(m_name);
    auto* kindName = mutedLabel(QString::fromStdString(kind.name), this);
    kindName->setContentsMargins(4, 0, 0, 0);
    names->addWidget(kindName);
    row->addLayout(names, 1);
    m_column->addLayout(row);
    auto* summary = new QLabel(QString::fromStdString(kind.summary), this);
    summary->setWordWrap(true);
    m_column->addWidget(summary);
    connect(m_name, &QLineEdit::editingFinished, this, [this] {
        const Node* node = m_document.design().node(m_id);
        const std::string name = m_name->text().trimmed().toStdString();
        if (node != nullptr && !name.empty() && name != node->name) {
            m_document.push(Edit{RenameNode{m_id, name}}, tr("Rename %1").arg(nameOf(m_id)));
        }
        refresh();
    });
}

void ComponentForm::buildLinkHeader(const LinkRule& rule)
{
    const Link* link = m_document.design().link(m_id);
    auto* title = new QLabel(
        tr("%1 %2 %3").arg(nameOf(link->from), QString::fromStdString(rule.verb), nameOf(link->to)), this);
    title->setWordWrap(true);
    QFont font = title->font();
    font.setPointSizeF(font.pointSizeF() * 1.15);
    font.setWeight(QFont::DemiBold);
    title->setFont(font);
    m_column->addWidget(title);
    m_column->addWidget(mutedLabel(QString::fromStdString(rule.help), this));
}

void ComponentForm::buildLive()
{
    m_live = new LiveBlock(m_document, m_run, m_id, this);
    m_column->addWidget(m_live);
    m_problems = new QLabel(this);
    m_problems->setWordWrap(true);
    m_problems->setProperty("warning", true);
    m_column->addWidget(m_problems);
}

void ComponentForm::buildProperties(const std::vector<PropertySpec>& specs)
{
    for (const PropertySpec& spec : specs) {
        QVBoxLayout& group = groupFor(spec.group.empty() ? kNoGroup : spec.group);
        auto* row = new PropertyRow(spec, group.parentWidget());
        group.addWidget(row);
        m_rows.push_back(row);
        connect(row, &PropertyRow::committed, this, [this, row](const Value& value) {
            const QString label = QString::fromStdString(row->spec().label);
            m_document.push(
                Edit{SetProperty{m_id, row->spec().key, value}},
                tr("Change %1 of %2").arg(label, nameOf(m_id)));
            refresh();
        });
    }
    // Folded groups come last, whatever the order of the data.
    for (auto& [name, section] : m_groups) {
        if (name == kFolded) {
            m_column->removeWidget(section);
            m_column->addWidget(section);
        }
    }
}

QVBoxLayout& ComponentForm::groupFor(const std::string& group)
{
    for (auto& [name, section] : m_groups) {
        if (name == group) {
            return section->content();
        }
    }
    auto* section = new Section(QString::fromStdString(group), group != kFolded, this);
    m_column->addWidget(section);
    m_groups.emplace_back(group, section);
    return section->content();
}

void ComponentForm::buildFootnotes(const KindSpec& kind)
{
    auto* section = new Section(tr("About this service"), true, this);
    const std::pair<QString, const std::string&> notes[] = {
        {tr("Not for"), kind.notFor},
        {tr("Who patches this?"), kind.patchedBy},
        {tr("Billing"), kind.billingNote},
        {tr("On this machine"), kind.localNote},
    };
    for (const auto& [heading, text] : notes) {
        if (!text.empty()) {
            auto* label = new QLabel(
                QStringLiteral("<b>%1</b><br>%2")
                    .arg(heading.toHtmlEscaped(), QString::fromStdString(text).toHtmlEscaped()),
                section);
            label->setWordWrap(true);
            section->content().addWidget(label);
        }
    }
    m_column->addWidget(section);
}

void ComponentForm::refresh()
{
    const auto valueOf = [this](const std::string& key) { return m_document.value(m_id, key); };
    if (const Node* node = m_document.design().node(m_id); node != nullptr && m_name != nullptr) {
        const QString name = QString::fromStdString(node->name);
        if (!m_name->hasFocus() || !m_name->isModified()) {
            m_name->setText(name);
        }
    }
    for (PropertyRow* row : m_rows) {
        row->setVisible(isShown(row->spec().showWhen, valueOf));
        row->show(valueOf(row->spec().key), problemOf(row->spec().key));
    }
    if (m_problems != nullptr) {
        const QString general = problemOf({});
        m_problems->setText(general);
        m_problems->setVisible(!general.isEmpty());
    }
    refreshLive();
}

void ComponentForm::refreshLive()
{
    if (m_live != nullptr) {
        m_live->refresh();
    }
}

QString ComponentForm::nameOf(const std::string& id) const
{
    const Node* node = m_document.design().node(id);
    if (node == nullptr) {
        return m_document.design().link(id) != nullptr ? tr("the link") : tr("(gone)");
    }
    return QString::fromStdString(node->name.empty() ? node->id : node->name);
}

QString ComponentForm::problemOf(const std::string& key) const
{
    // A property's problems stand below its field, all others below the header.
    QStringList lines;
    for (const Diagnostic& one : m_document.diagnostics()) {
        const QString pointer = QString::fromStdString(one.pointer);
        const QString mark = QStringLiteral("/properties/");
        const qsizetype at = pointer.indexOf(mark);
        const QString about = at < 0 ? QString() : pointer.mid(at + mark.size()).section('/', 0, 0);
        if (one.nodeId == m_id && about == QString::fromStdString(key)) {
            const QString what = QString::fromStdString(one.what);
            const QString suggestion = QString::fromStdString(one.suggestion);
            lines.append(suggestion.isEmpty() ? what : what + ' ' + suggestion);
        }
    }
    return lines.join('\n');
}

}  // namespace neph
