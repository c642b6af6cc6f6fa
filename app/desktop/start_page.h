#pragma once

#include <QWidget>
#include <string>
#include <vector>

#include "sim/model/design.h"

class QListWidget;
class QPushButton;

namespace neph {

/// A design that comes with the program.
struct Template {
    QString stem;  ///< "starter": its file name in assets/templates, and the argument of --template.
    Design design;
};

/// All templates that can be read, in the order of their files; the starter first.
std::vector<Template> readTemplates();

/// Where a design begins: templates, an empty drawing, a file, what was open lately.
class StartPage final : public QWidget {
    Q_OBJECT

public:
    explicit StartPage(QWidget* parent = nullptr);

    void setRecentFiles(const QStringList& files);
    /// Whether there is a drawing to go back to.
    void setCanGoBack(bool can);
    void focusTemplates();

signals:
    void templateChosen(const neph::Design& design);
    void openRequested();
    void fileChosen(const QString& file);
    void backRequested();

protected:
    void keyPressEvent(QKeyEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QWidget* makeLeft();
    QWidget* makeRight();
    void addCard(const QString& name, const QString& description);
    void fitCards();
    void choose(int row);

    std::vector<Template> m_templates;
    QListWidget* m_cards;
    QListWidget* m_recent;
    QWidget* m_recentHeading;
    QPushButton* m_back;
};

}  // namespace neph
