// Before Qt's headers: "slots" is a word there and a macro here.
#include "tests/local/fake_engine.h"

#include <QAction>
#include <QClipboard>
#include <QElapsedTimer>
#include <QFile>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableWidget>
#include <QTest>

#include <mutex>

#include <nlohmann/json.hpp>

#include "app/desktop/actions.h"
#include "app/desktop/local/design_trust.h"
#include "app/desktop/local/lab_dialog.h"
#include "app/desktop/local/lab_panel.h"
#include "app/desktop/message_bar.h"
#include "tests/desktop/window/fake_run.h"
#include "tests/desktop/window/window_fixture.h"

using namespace neph;
using State = LabController::State;

namespace {

/// An engine that keeps one thing in mind: the network that was made, until it is removed.
class OneNetworkEngine {
public:
    explicit OneNetworkEngine(std::chrono::milliseconds slowness = {})
        : m_engine([this, slowness](const std::string& request, const std::string& body) {
              return answer(request, body, slowness);
          })
    {
    }

    EngineWishes wishes() const
    {
        EngineWishes wishes;
        wishes.socket = "unix://" + m_engine.socket();
        wishes.environment.emplace();
        return wishes;
    }
    /// What was asked that is not just looking.
    QStringList changes()
    {
        QStringList changes;
        for (const std::string& one : m_engine.asked()) {
            if (!one.starts_with("GET ") && !one.starts_with("HEAD ")) {
                changes << QString::fromStdString(one);
            }
        }
        return changes;
    }
    std::size_t asked() { return m_engine.asked().size(); }
    bool hasNetwork()
    {
        const std::lock_guard lock(m_lock);
        return !m_network.is_null();
    }

private:
    test::FakeReply
    answer(const std::string& request, const std::string& body, std::chrono::milliseconds slowness)
    {
        const std::lock_guard lock(m_lock);
        test::FakeReply reply;
        reply.isPodman = true;
        reply.body = R"({"ServerVersion":"4.3.1","CgroupVersion":"2","MemoryLimit":true,"CpuCfsQuota":true,
            "NCPU":2,"MemTotal":1073741824,"SecurityOptions":[]})";
        if (request.starts_with("POST /networks/create")) {
            m_network = nlohmann::json::parse(body);
            m_network["Id"] = m_network["Name"];
            reply.status = 201;
            reply.body = R"({"Id":"one"})";
            reply.delay = slowness;
        } else if (request.starts_with("DELETE /networks/")) {
            m_network = nullptr;
            reply.status = 204;
            reply.body = "";
        } else if (request.starts_with("GET /networks")) {
            nlohmann::json all = nlohmann::json::array();
            if (!m_network.is_null()) {
                all.push_back(m_network);
            }
            reply.body = all.dump();
        } else if (request.starts_with("GET /volumes")) {
            reply.body = R"({"Volumes":[]})";
        } else if (request.find("/json?") != std::string::npos) {
            reply.body = "[]";
        } else if (request.starts_with("POST")) {
            reply.status = 500;
            reply.body = R"({"message":"no room left"})";
        }
        return reply;
    }

    std::mutex m_lock;
    nlohmann::json m_network;
    test::FakeEngine m_engine;
};

}  // namespace

/// The question before anything runs for real, in front of an engine that records what it is asked.
class LabDialogTest : public QObject {
    Q_OBJECT

private:
    LabController& lab() const { return m_window->lab(); }
    LabDialog* ask(const EngineWishes& wishes) const
    {
        lab().setEngineWishes(wishes);
        m_window->actions().at("run.real")->trigger();
        return m_window->findChild<LabDialog*>();
    }
    static EngineWishes noEngine()
    {
        EngineWishes wishes;
        wishes.environment.emplace();
        (*wishes.environment)["PATH"] = "/nowhere";
        wishes.usualSockets = {};
        return wishes;
    }

private slots:
    void init()
    {
        QSettings().clear();
        m_window = std::make_unique<MainWindow>(test::fakeRuns());
        test::showAndWait(*m_window);
        QVERIFY(m_window->openTemplate("own-servers"));
    }
    void cleanup()
    {
        m_window->document().undoStack().setClean();
        m_window.reset();
    }

    void showsThePlanAndStartsNothingBeforeTheConsent()
    {
        OneNetworkEngine engine;
        LabDialog* dialog = ask(engine.wishes());
        QVERIFY(dialog != nullptr);
        QVERIFY(dialog->said().contains("Looking for a container engine"));
        QTRY_COMPARE_WITH_TIMEOUT(lab().state(), State::Asking, 10'000);
        QCOMPARE(dialog->table().rowCount(), 4);  // Load balancer, shop, orders, sessions.
        QCOMPARE(dialog->table().item(1, 1)->text(), QString("2"));
        QVERIFY(dialog->said().contains("At most 4 vCPU and 2.5 GiB"));
        QVERIFY(dialog->said().contains("more cores and more memory than there are"));
        QVERIFY(!dialog->said().contains("You agreed"));
        QVERIFY(dialog->runButton().isEnabled());
        QVERIFY(!dialog->runButton().isDefault());
        QVERIFY(engine.asked() > 0);
        QCOMPARE(engine.changes(), QStringList());
        QTest::keyClick(dialog, Qt::Key_Return);  // The default is to leave it.
        QTRY_COMPARE(lab().state(), State::Idle);
        QCOMPARE(engine.changes(), QStringList());
    }

    void doesNotKeepTheWindowWaiting()
    {
        OneNetworkEngine engine(1500ms);
        QElapsedTimer timer;
        timer.start();
        ask(engine.wishes());
        QVERIFY2(timer.elapsed() < 1000, qPrintable(QString::number(timer.elapsed())));
        QTRY_COMPARE_WITH_TIMEOUT(lab().state(), State::Asking, 10'000);
        timer.start();
        lab().agree({});
        lab().stop();
        QVERIFY2(timer.elapsed() < 100, qPrintable(QString::number(timer.elapsed())));
        QTRY_COMPARE_WITH_TIMEOUT(lab().state(), State::Idle, 30'000);
    }

    void remembersTheConsentAndAsksAgainWhereThePlanChanges()
    {
        OneNetworkEngine engine;
        LabDialog* dialog = ask(engine.wishes());
        QTRY_COMPARE_WITH_TIMEOUT(lab().state(), State::Asking, 10'000);
        QSignalSpy ended(&lab(), &LabController::ended);
        QTest::mouseClick(&dialog->runButton(), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, 30'000);  // It refuses to make containers.
        QVERIFY(!engine.hasNetwork());
        dialog->close();
        QTRY_VERIFY(m_window->findChild<LabDialog*>() == nullptr);

        dialog = ask(engine.wishes());
        QTRY_COMPARE_WITH_TIMEOUT(lab().state(), State::Asking, 10'000);
        QVERIFY(dialog->said().contains("You agreed to this plan on"));

        QVERIFY(m_window->document().push(Edit{SetProperty{"shop", "replicas", 3}}, "More"));
        QVERIFY(!dialog->runButton().isEnabled());
        QTRY_VERIFY_WITH_TIMEOUT(
            lab().state() == State::Asking && dialog->table().item(1, 1)->text() == QString("3"), 10'000);
        QVERIFY(!dialog->said().contains("You agreed"));
        dialog->close();
    }

    void saysWhatToInstallWhereThereIsNoEngine()
    {
        LabDialog* dialog = ask(noEngine());
        QTRY_VERIFY_WITH_TIMEOUT(dialog->said().contains("apt-get install podman"), 10'000);
        QTest::mouseClick(dialog->findChild<QPushButton*>("labCopy"), Qt::LeftButton);
        QVERIFY(QGuiApplication::clipboard()->text().contains("apt-get install podman"));
        QVERIFY(dialog->runButton().isHidden());
        m_window->actions().at("run.play")->trigger();
        QTRY_COMPARE(m_window->run().state(), RunController::State::Playing);
        dialog->close();
    }

    void cleansUpWhatWasMadeWhereItIsCalledOff()
    {
        OneNetworkEngine engine(1500ms);
        LabDialog* dialog = ask(engine.wishes());
        QTRY_COMPARE_WITH_TIMEOUT(lab().state(), State::Asking, 10'000);
        QSignalSpy ended(&lab(), &LabController::ended);
        QTest::mouseClick(&dialog->runButton(), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(engine.hasNetwork(), 20'000);
        QVERIFY(lab().isUp());
        QTest::keyClick(dialog, Qt::Key_Escape);
        QCOMPARE(lab().state(), State::CleaningUp);
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, 30'000);
        QVERIFY(!engine.hasNetwork());
        QVERIFY2(lab().report().contains("Removed"), qPrintable(lab().report()));
        QVERIFY(m_window->messages().message().isEmpty());  // Whoever calls it off has no error.
        QTRY_VERIFY(m_window->findChild<LabDialog*>() == nullptr);
    }

    void startsNothingOfADesignFromElsewhereBeforeItIsTrusted()
    {
        const QString file = m_surroundings.path("elsewhere.nepho");
        QVERIFY(QFile::copy(QStringLiteral(NEPH_SOURCE_DIR "/assets/templates/own-servers.nepho"), file));
        QVERIFY(m_window->openFile(file));
        QVERIFY(m_window->trust().isForeign());
        OneNetworkEngine engine;
        LabDialog* dialog = ask(engine.wishes());
        QTRY_COMPARE_WITH_TIMEOUT(lab().state(), State::Asking, 10'000);
        QWidget* banner = dialog->findChild<QWidget*>("labBanner");
        QVERIFY(banner->isVisible());
        QVERIFY(!dialog->runButton().isEnabled());
        QTest::mouseClick(dialog->findChild<QPushButton*>("labTrust"), Qt::LeftButton);
        QVERIFY(!banner->isVisible());
        QVERIFY(dialog->runButton().isEnabled());
        dialog->close();
        QVERIFY(m_window->openFile(file));
        QVERIFY(!m_window->trust().isForeign());
        QFile changed(file);
        QVERIFY(changed.open(QIODevice::Append) && changed.write("\n") == 1);
        changed.close();
        QVERIFY(m_window->openFile(file));
        QVERIFY(m_window->trust().isForeign());  // Somebody else has written over it.
    }

    void takesADesignThatIsSavedHereForTheUsersOwn()
    {
        const QString file = m_surroundings.path("own.nepho");
        QVERIFY(!m_window->trust().isForeign());
        QVERIFY(m_window->document().save(file));
        QVERIFY(m_window->openFile(file));
        QVERIFY(!m_window->trust().isForeign());
    }

private:
    test::Surroundings m_surroundings;
    std::unique_ptr<MainWindow> m_window;
};

QTEST_MAIN(LabDialogTest)
#include "lab_dialog_test.moc"
