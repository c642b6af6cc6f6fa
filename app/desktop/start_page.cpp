#include "app/desktop/start_page.h"

#include <QEvent>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>

#include "app/desktop/theme.h"
#include "sim/base/assets.h"
#include "sim/model/design_json.h"

namespace neph {

namespace {

constexpr int kLogo = 72;
constexpr int kLeftWidth = 300;
constexpr int kRightWidth = 520;

QLabel* heading(const QString& text, double scale, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    QFont font = label->font();
    font.setPointSizeF(font.pointSizeF() * scale);
    font.setWeight(QFont::DemiBold);
    label->setFont(font);
    return label;
}

QLabel* muted(const QString& text, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    label->setWordWrap(true);
    label->setProperty("muted", true);
    return label;
}

}  // namespace

std::vector<Template> readTemplates()
{
    std::vector<Template> all;
    for (const Asset& asset : assetsUnder("templates/")) {
        const QString path = QString::fromUtf8(asset.path.data(), static_cast<qsizetype>(asset.path.size()));
        LoadedDesign loaded = readDesign(asset.text);
        if (path.endsWith(".nepho") && loaded.readable) {
            all.push_back({QFileInfo(path).completeBaseName(), std::move(loaded.design)});
        }
    }
    std::stable_partition(all.begin(), all.end(), [](const Template& one) { return one.stem == "starter"; });
    return all;
}

StartPage::StartPage(QWidget* parent)
    : QWidget(parent), m_templates(readTemplates()), m_cards(new QListWidget(this)),
      m_recent(new QListWidget(this)), m_recentHeading(nullptr),
      m_back(new QPushButton(tr("Back to the design"), this))
{
    setObjectName("startPage");
    setAttribute(Qt::WA_StyledBackground);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(32, 32, 32, 32);
    row->setSpacing(40);
    row->addStretch(1);
    row->addWidget(makeLeft(), 2);
    row->addWidget(makeRight(), 4);
    row->addStretch(1);
    setCanGoBack(false);
    setRecentFiles({});
}

QWidget* StartPage::makeLeft()
{
    auto* left = new QWidget(this);
    left->setMaximumWidth(kLeftWidth);
    auto* column = new QVBoxLayout(left);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    auto* logo = new QLabel(left);
    logo->setFixedSize(kLogo, kLogo);
    logo->setPixmap(theme::kindIcon("nephoscope").pixmap(QSize(kLogo, kLogo), devicePixelRatioF()));
    column->addWidget(logo);
    column->addWidget(heading(tr("Nephoscope"), 1.9, left));
    column->addWidget(muted(
        tr("Draw a cloud architecture and watch it live: requests, scaling, failures and the bill."), left));
    column->addSpacing(12);
    auto* open = new QPushButton(theme::uiIcon("open"), tr("Open a design…"), left);
    column->addWidget(open);
    column->addWidget(m_back);
    column->addSpacing(12);
    m_recentHeading = heading(tr("Recent"), 1.1, left);
    column->addWidget(m_recentHeading);
    column->addWidget(m_recent, 1);
    column->addStretch(0);
    m_recent->setAccessibleName(tr("Recent designs"));
    m_recent->setProperty("plain", true);
    m_recent->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    connect(open, &QPushButton::clicked, this, &StartPage::openRequested);
    connect(m_back, &QPushButton::clicked, this, &StartPage::backRequested);
    const auto chooseFile = [this](const QListWidgetItem* item) {
        emit fileChosen(item->data(Qt::UserRole).toString());
    };
    connect(m_recent, &QListWidget::itemClicked, this, chooseFile);
    connect(m_recent, &QListWidget::itemActivated, this, chooseFile);
    return left;
}

QWidget* StartPage::makeRight()
{
    auto* right = new QWidget(this);
    right->setMaximumWidth(kRightWidth);
    auto* column = new QVBoxLayout(right);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addWidget(heading(tr("Start from a template"), 1.25, right));
    column->addWidget(m_cards, 1);
    m_cards->setAccessibleName(tr("Templates"));
    m_cards->setProperty("plain", true);
    m_cards->setSpacing(3);
    m_cards->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
    m_cards->viewport()->installEventFilter(this);
    m_cards->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_cards->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    // The empty one has a card of its own, the last.
    std::erase_if(m_templates, [](const Template& one) { return one.design.nodes.empty(); });
    for (const Template& one : m_templates) {
        addCard(QString::fromStdString(one.design.name), QString::fromStdString(one.design.description));
    }
    addCard(
        tr("Empty drawing"),
        tr("A blank canvas: drag components from the palette, or search one and press Enter."));
    connect(m_cards, &QListWidget::itemClicked, this, [this](const QListWidgetItem* item) {
        choose(m_cards->row(item));
    });
    connect(m_cards, &QListWidget::itemActivated, this, [this](const QListWidgetItem* item) {
        choose(m_cards->row(item));
    });
    m_cards->setCurrentRow(0);
    return right;
}

void StartPage::addCard(const QString& name, const QString& description)
{
    auto* item = new QListWidgetItem(m_cards);
    item->setData(Qt::AccessibleTextRole, name);
    item->setData(Qt::AccessibleDescriptionRole, description);
    item->setToolTip(QStringLiteral("<qt>%1</qt>").arg(description.toHtmlEscaped()));
    auto* card = new QWidget(m_cards);
    card->setObjectName("card");
    card->setAttribute(Qt::WA_StyledBackground);
    card->setAttribute(Qt::WA_TransparentForMouseEvents);
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(14, 10, 14, 10);
    column->setSpacing(2);
    column->addWidget(heading(name, 1.05, card));
    auto* text = muted(description, card);
    text->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    column->addWidget(text, 1);
    m_cards->setItemWidget(item, card);
    fitCards();
}

void StartPage::fitCards()
{
    // As high as its description needs at this width.
    const int width = m_cards->viewport()->width() - 2 * m_cards->spacing();
    for (int row = 0; row < m_cards->count(); ++row) {
        QListWidgetItem* item = m_cards->item(row);
        const QWidget* card = m_cards->itemWidget(item);
        if (card != nullptr && width > 0) {
            item->setSizeHint(QSize(0, card->layout()->totalHeightForWidth(width)));
        }
    }
}

bool StartPage::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::Resize) {
        fitCards();
    }
    return QWidget::eventFilter(watched, event);
}

void StartPage::choose(int row)
{
    if (row < 0) {
        return;
    }
    const auto index = static_cast<std::size_t>(row);
    if (index < m_templates.size()) {
        emit templateChosen(m_templates[index].design);
        return;
    }
    Design blank;
    blank.name = tr("Untitled").toStdString();
    emit templateChosen(blank);
}

void StartPage::setRecentFiles(const QStringList& files)
{
    m_recent->clear();
    for (const QString& file : files) {
        auto* item = new QListWidgetItem(QFileInfo(file).completeBaseName(), m_recent);
        item->setData(Qt::UserRole, file);
        item->setToolTip(file);
        if (!QFileInfo::exists(file)) {
            item->setFlags(Qt::NoItemFlags);
            item->setToolTip(tr("%1 is gone").arg(file));
        }
    }
    m_recent->setVisible(!files.isEmpty());
    m_recentHeading->setVisible(!files.isEmpty());
}

void StartPage::setCanGoBack(bool can)
{
    m_back->setVisible(can);
}

void StartPage::focusTemplates()
{
    m_cards->setFocus(Qt::OtherFocusReason);
}

void StartPage::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape && !m_back->isHidden()) {
        emit backRequested();
        return;
    }
    QWidget::keyPressEvent(event);
}

}  // namespace neph
