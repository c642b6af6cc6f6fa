#include <QAction>
#include <QSignalSpy>
#include <QTableWidget>
#include <QTest>
#include <set>

#include "app/desktop/actions.h"
#include "app/desktop/local/lab_controller.h"
#include "app/desktop/local/lab_dialog.h"
#include "app/desktop/local/lab_panel.h"
#include "tests/desktop/window/fake_run.h"
#include "tests/desktop/window/window_fixture.h"

using namespace neph;
using State = LabController::State;

namespace {

/// The starter's shop alone: one small task behind a load balancer, few users.
Design smallShop(Design design)
{
    const std::set<std::string> out = {"campaign", "products", "orders", "image-1-1"};
    std::erase_if(design.nodes, [&out](const Node& node) { return out.contains(node.id); });
    std::erase_if(
        design.links, [&out](const Link& link) { return out.contains(link.from) || out.contains(link.to); });
    design.faults.clear();
    for (Node& node : design.nodes) {
        if (node.id == "shop") {
            node.properties = {{"desiredCount", 1}, {"cpu", "0.25"}, {"memoryMiB", 512}, {"cpuMs", 2}};
        } else if (node.kind == "users") {
            node.properties["load"] = "constant";
            node.properties["rate"] = 5;
        }
    }
    return design;
}

}  // namespace

/// The window and a real engine, from the plan to the last container that is gone.
class LabRealTest : public QObject {
    Q_OBJECT

private slots:
    void showsLiveStateBesideTheDrawingAndLeavesNothing()
    {
        if (qEnvironmentVariableIsSet("NEPH_NO_REAL_ENGINE")) {
            QSKIP("SKIPPED: NEPH_NO_REAL_ENGINE is set, so nothing was run for real.");
        }
        MainWindow window(test::fakeRuns());
        test::showAndWait(window);
        QVERIFY(window.openTemplate("starter"));
        window.document().newDesign(smallShop(window.document().design()));
        LabController& lab = window.lab();
        window.actions().at("run.real")->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(lab.state() != State::Looking, 60'000);
        if (lab.state() != State::Asking) {
            const QString why = window.findChild<LabDialog*>()->said();
            QSKIP(qPrintable("SKIPPED: no engine can run here, so nothing was run for real. " + why));
        }
        LabWishes wishes;
        wishes.horizon = 20s;
        wishes.compare = false;
        QSignalSpy ended(&lab, &LabController::ended);
        lab.agree(wishes);
        QTRY_VERIFY_WITH_TIMEOUT(lab.state() == State::Running || ended.count() > 0, 120'000);
        QVERIFY2(ended.isEmpty(), qPrintable(window.labPanel().stateText()));
        QTRY_VERIFY(window.findChild<LabDialog*>() == nullptr);
        QCOMPARE(window.results().currentWidget(), &window.labPanel());
        QTRY_VERIFY_WITH_TIMEOUT(window.canvas().canvas().realOf("shop").contains("up"), 30'000);
        QVERIFY(window.labPanel().tasks().rowCount() > 0);
        QVERIFY(!window.labPanel().endpointWords().isEmpty());
        window.labPanel().showPage(LabPanel::LogPage);
        QSignalSpy listed(&lab, &LabController::containersListed);
        QTRY_VERIFY_WITH_TIMEOUT(!listed.isEmpty(), 20'000);
        const std::string session = lab.session();
        QVERIFY(!session.empty());
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, 90'000);
        QVERIFY(window.canvas().canvas().realOf("shop").isEmpty());
        QVERIFY2(lab.report().contains("Removed"), qPrintable(lab.report()));

        EngineSearch search = findEngine();
        QVERIFY(search.found.has_value());
        ContainerEngine engine(search.found->socket, search.found->runtime);
        for (const Thing sort : {Thing::Container, Thing::Network, Thing::Volume, Thing::Image}) {
            const auto left = engine.labelled(sort, std::string(kSessionLabel) + '=' + session);
            QVERIFY(bool(left));
            QVERIFY(left->empty());
        }
    }

private:
    test::Surroundings m_surroundings;
};

QTEST_MAIN(LabRealTest)
#include "lab_real_test.moc"
