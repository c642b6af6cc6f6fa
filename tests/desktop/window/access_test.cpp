#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSpinBox>
#include <QAccessible>
#include <QComboBox>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QTabWidget>
#include <QTest>
#include <QTimer>

#include "app/desktop/actions.h"
#include "app/desktop/command_palette.h"
#include "app/desktop/panels/inspector_panel.h"
#include "app/desktop/panels/palette_panel.h"
#include "app/desktop/panels/timeline.h"
#include "app/desktop/panels/transport_bar.h"
#include "app/desktop/selection.h"
#include "tests/desktop/window/fake_run.h"
#include "tests/desktop/window/window_fixture.h"

using namespace neph;

/// Without a mouse and without eyes.
class AccessTest : public QObject {
    Q_OBJECT

private:
    /// What a screen reader would call it.
    static QString spokenName(QWidget* widget)
    {
        QAccessibleInterface* accessible = QAccessible::queryAccessibleInterface(widget);
        return accessible == nullptr ? QString() : accessible->text(QAccessible::Name);
    }

    static bool isActionable(const QWidget* widget)
    {
        // The parts of a compound widget are spoken for by the whole.
        const bool isPart = qobject_cast<const QAbstractSpinBox*>(widget->parent()) != nullptr ||
                            qobject_cast<const QComboBox*>(widget->parent()) != nullptr ||
                            qobject_cast<const QLineEdit*>(widget->parent()) != nullptr ||
                            qobject_cast<const QAbstractItemView*>(widget->parent()) != nullptr ||
                            widget->objectName().startsWith("qt_");
        const bool acts = qobject_cast<const QAbstractButton*>(widget) != nullptr ||
                          qobject_cast<const QLineEdit*>(widget) != nullptr ||
                          qobject_cast<const QComboBox*>(widget) != nullptr ||
                          qobject_cast<const QAbstractSpinBox*>(widget) != nullptr ||
                          qobject_cast<const QAbstractItemView*>(widget) != nullptr ||
                          qobject_cast<const CanvasView*>(widget) != nullptr ||
                          qobject_cast<const Timeline*>(widget) != nullptr;
        return acts && !isPart && widget->isVisible();
    }

private slots:
    void init()
    {
        QSettings().clear();
        m_window = std::make_unique<MainWindow>(test::fakeRuns());
        test::showAndWait(*m_window);
        QVERIFY(m_window->openTemplate("starter"));
    }
    void cleanup() { m_window.reset(); }

    void everythingThatCanBeUsedHasASpokenName()
    {
        const std::string service =
            test::nodeOfKind(m_window->document().design(), "aws.ecs.fargate_service")->id;
        for (const std::vector<std::string>& selected : {std::vector<std::string>{}, std::vector{service}}) {
            m_window->selection().set(selected);
            for (int tab = 0; tab < m_window->results().count(); ++tab) {
                m_window->results().setCurrentIndex(tab);
                QTest::qWait(30);
                for (QWidget* widget : m_window->findChildren<QWidget*>()) {
                    if (isActionable(widget) && spokenName(widget).isEmpty()) {
                        const QString where =
                            QStringLiteral("%1 \"%2\" in %3, tab %4")
                                .arg(widget->metaObject()->className(), widget->objectName())
                                .arg(widget->parent()->metaObject()->className())
                                .arg(tab);
                        QFAIL(qPrintable(where));
                    }
                }
            }
        }
    }

    void shortcutsAreUnambiguous()
    {
        QHash<QString, QString> taken;
        for (const QAction* action : m_window->actions().all()) {
            for (const QKeySequence& keys : action->shortcuts()) {
                const QString text = keys.toString();
                QVERIFY2(!taken.contains(text), qPrintable(text + " of " + action->objectName()));
                taken.insert(text, action->objectName());
            }
        }
    }

    void aComponentIsAddedByKeyboard()
    {
        const std::size_t before = m_window->document().design().nodes.size();
        m_window->actions().at("view.palette")->trigger();
        QWidget* search = QApplication::focusWidget();
        QCOMPARE(search, &m_window->palettePanel().searchField());
        QTest::keyClicks(search, "dynamo");
        QTest::keyClick(search, Qt::Key_Return);
        QCOMPARE(m_window->document().design().nodes.size(), before + 1);
    }

    void theCommandPaletteFindsAndDoesEveryAction()
    {
        CommandPalette palette(m_window->actions().all(), m_window.get());
        auto* list = palette.findChild<QListWidget*>();
        QCOMPARE(list->count(), m_window->actions().all().size());
        palette.search("play");
        QVERIFY(list->count() >= 1);
        palette.show();
        QTest::keyClick(palette.findChild<QLineEdit*>(), Qt::Key_Return);
        QTRY_COMPARE(m_window->run().state(), RunController::State::Playing);
    }

    void theInspectorTakesTheFocusFromTheKeyboard()
    {
        m_window->actions().at("view.inspector")->trigger();
        QVERIFY(m_window->inspector().isAncestorOf(QApplication::focusWidget()));
    }

    void theTimelineIsMovedByArrowKeys()
    {
        m_window->run().playUntil(m_window->document().design(), 300s);
        QTRY_COMPARE_WITH_TIMEOUT(m_window->run().state(), RunController::State::Paused, 10'000);
        Timeline& timeline = m_window->transport().timeline();
        QTest::keyClick(&timeline, Qt::Key_Left);
        QVERIFY(!m_window->run().isFollowing());
        QVERIFY(m_window->run().viewTime() < Time(300s));
        QTest::keyClick(&timeline, Qt::Key_Left, Qt::ControlModifier);
        QVERIFY(m_window->run().viewTime() % Time(60s) == Time(0));
        QTest::keyClick(&timeline, Qt::Key_Home);
        QCOMPARE(m_window->run().viewTime(), Time(0));
        QTest::keyClick(&timeline, Qt::Key_End);
        QVERIFY(m_window->run().isFollowing());
    }

    void theTimelineIsScrubbedByMouse()
    {
        m_window->run().playUntil(m_window->document().design(), 300s);
        QTRY_COMPARE_WITH_TIMEOUT(m_window->run().state(), RunController::State::Paused, 10'000);
        Timeline& timeline = m_window->transport().timeline();
        const int x = static_cast<int>(timeline.xOf(120s));
        QTest::mouseClick(&timeline, Qt::LeftButton, {}, {x, timeline.height() / 2});
        const double distance = seconds(m_window->run().viewTime()) - 120;
        QVERIFY(std::abs(distance) < m_window->document().design().runSeconds / timeline.width() * 2);
    }

    void noTextIsCutInTheTransportBar()
    {
        for (const int width : {1024, 1280, 1600}) {
            m_window->resize(width, 720);
            QTest::qWait(30);
            for (const QLabel* label : m_window->transport().findChildren<QLabel*>()) {
                QVERIFY2(label->width() >= label->sizeHint().width(), qPrintable(label->text()));
            }
        }
    }

private:
    test::Surroundings m_surroundings;
    std::unique_ptr<MainWindow> m_window;
};

QTEST_MAIN(AccessTest)
#include "access_test.moc"
