#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTableWidget>
#include <QTest>
#include <QToolButton>
#include <QUndoStack>

#include "app/desktop/panels/inspector_panel.h"
#include "app/desktop/panels/property_editor_number.h"
#include "app/desktop/selection.h"
#include "tests/desktop/window/fake_run.h"
#include "tests/desktop/window/window_fixture.h"

using namespace neph;

/// The form of what is selected.
class InspectorTest : public QObject {
    Q_OBJECT

private:
    void type(const QString& key, const QString& text)
    {
        auto* field = m_window->inspector().findChild<NumberField*>("field-" + key);
        QVERIFY(field != nullptr);
        field->setFocus();
        field->selectAll();
        QTest::keyClicks(field, text);
        QTest::keyClick(field, Qt::Key_Return);
    }
    QString problem(const QString& key) const
    {
        auto* label = m_window->inspector().findChild<QLabel*>("problem-" + key);
        return label == nullptr || !label->isVisible() ? QString() : label->text();
    }
    void select(const std::string& id)
    {
        m_window->selection().set({id});
        QTest::qWait(20);
    }
    const Node& service() const { return *test::nodeOfKind(document().design(), "aws.ecs.fargate_service"); }
    const Node& users() const { return *test::nodeOfKind(document().design(), "users"); }
    DesignDocument& document() const { return m_window->document(); }

private slots:
    void init()
    {
        QSettings().clear();
        m_window = std::make_unique<MainWindow>(test::fakeRuns());
        test::showAndWait(*m_window);
        QVERIFY(m_window->openTemplate("starter"));
        select(service().id);
    }
    void cleanup() { m_window.reset(); }

    void appliesAValueAtOnceAndUndoesIt()
    {
        const Value before = document().value(service().id, "desiredCount");
        type("desiredCount", "7");
        QCOMPARE(document().value(service().id, "desiredCount").get<int>(), 7);
        document().undoStack().undo();
        QVERIFY(document().value(service().id, "desiredCount") == before);
        QCOMPARE(
            m_window->inspector().findChild<NumberField*>("field-desiredCount")->number().value(),
            before.get<double>());
    }

    void refusesAValueOutOfRangeUnderItsField()
    {
        const Value before = document().value(service().id, "desiredCount");
        type("desiredCount", "5001");
        QVERIFY(problem("desiredCount").contains("5000"));
        QVERIFY(document().value(service().id, "desiredCount") == before);
        type("desiredCount", "4");
        QVERIFY(problem("desiredCount").isEmpty());
    }

    void refusesWhatIsNoNumber()
    {
        type("desiredCount", "many");
        QVERIFY(problem("desiredCount").contains("not a number"));
    }

    void refusesAFractionWhereAWholeNumberBelongs()
    {
        const Value before = document().value(service().id, "desiredCount");
        type("desiredCount", "2.5");
        QVERIFY(!problem("desiredCount").isEmpty());
        QVERIFY(document().value(service().id, "desiredCount") == before);
    }

    void readsSpansOfTimeInOtherUnits()
    {
        type("stopTimeout", "1 min");
        QCOMPARE(document().value(service().id, "stopTimeout").get<double>(), 60.0);
    }

    void showsAPropertyOnlyWhereItMeansSomething()
    {
        select(users().id);
        document().push(Edit{SetProperty{users().id, "load", "closed"}}, "Change");
        auto* people = m_window->inspector().findChild<QWidget*>("field-users");
        QVERIFY(people != nullptr);
        QVERIFY(people->isVisible());
        document().push(Edit{SetProperty{users().id, "load", "constant"}}, "Change");
        QVERIFY(!people->isVisible());
    }

    void goesBackToTheDefault()
    {
        type("desiredCount", "9");
        QToolButton* reset = nullptr;
        for (QToolButton* button : m_window->inspector().findChildren<QToolButton*>()) {
            if (button->accessibleName() == "Set Desired tasks back to its default") {
                reset = button;
            }
        }
        QVERIFY(reset != nullptr && reset->isVisible());
        reset->click();
        QVERIFY(!service().properties.contains("desiredCount"));
        QVERIFY(!reset->isVisible());
    }

    void editsATableAndAddsARow()
    {
        select(users().id);
        auto* table = m_window->inspector().findChild<QTableWidget*>("field-classes");
        QVERIFY(table != nullptr);
        const int rows = table->rowCount();
        table->item(0, 1)->setText("35");
        QCOMPARE(document().value(users().id, "classes")[0]["weight"].get<int>(), 35);
        table->item(0, 1)->setText("much");
        QVERIFY(!problem("classes").isEmpty());
        QCOMPARE(document().value(users().id, "classes")[0]["weight"].get<int>(), 35);
        for (QToolButton* button : m_window->inspector().findChildren<QToolButton*>()) {
            if (button->text() == "Add row" && button->isVisible()) {
                button->click();
                break;
            }
        }
        QCOMPARE(table->rowCount(), rows + 1);
    }

    void renamesTheComponent()
    {
        auto* name = m_window->inspector().findChild<QLineEdit*>("field-name");
        name->setFocus();
        name->selectAll();
        QTest::keyClicks(name, "Storefront");
        QTest::keyClick(name, Qt::Key_Return);
        QCOMPARE(QString::fromStdString(service().name), "Storefront");
    }

    void planTheFaultsOfTheDesign()
    {
        m_window->selection().clear();
        QTest::qWait(20);
        const std::size_t before = document().design().faults.size();
        for (QPushButton* button : m_window->inspector().findChildren<QPushButton*>()) {
            if (button->text() == "Add fault") {
                button->click();
            }
        }
        QCOMPARE(document().design().faults.size(), before + 1);
        QCOMPARE(document().design().faults.back().kind, std::string("killTask"));
        QCOMPARE(document().design().faults.back().target, service().id);
    }

    void countsWhatIsSelected()
    {
        m_window->selection().set({service().id, users().id});
        QTest::qWait(20);
        const auto labels = m_window->inspector().findChildren<QLabel*>();
        QVERIFY(std::any_of(
            labels.begin(), labels.end(), [](const QLabel* label) { return label->text() == "2 selected"; }));
    }

    void showsTheFiguresOfTheMomentThatIsLookedAt()
    {
        RunResult result;
        result.simulated = 120s;
        result.horizon = 600s;
        NodeView& view = result.nodes[service().id];
        view.requestsPerSecond = 200;
        view.status = "8 of 8 tasks running";
        Series requests(service().id, "Requests", "1/s", 1s);
        Series running(service().id, "RunningTaskCount", "count", 1s);
        for (int second = 0; second < 120; ++second) {
            requests.add(std::chrono::seconds(second), second < 60 ? 50 : 200);
            running.add(std::chrono::seconds(second), second < 60 ? 3 : 8);
        }
        result.series = {requests, running};
        m_window->run().showResult(std::make_shared<const RunResult>(result));
        const auto says = [this](const QString& text) {
            const auto labels = m_window->inspector().findChildren<QLabel*>();
            return std::any_of(labels.begin(), labels.end(), [&text](const QLabel* label) {
                return label->isVisible() && label->text().startsWith(text);
            });
        };
        QVERIFY(says("200/s"));
        QVERIFY(says("8 of 8"));
        m_window->run().setViewTime(30s);
        QVERIFY(says("50/s"));
        QVERIFY(says("3 of"));
        QVERIFY(!says("200/s"));
        m_window->run().follow();
        QVERIFY(says("200/s"));
    }

private:
    test::Surroundings m_surroundings;
    std::unique_ptr<MainWindow> m_window;
};

QTEST_MAIN(InspectorTest)
#include "inspector_test.moc"
