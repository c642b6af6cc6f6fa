// The program kills copies of itself while they save and edit: what is on disk afterwards must be whole.

#include <QApplication>
#include <QDir>
#include <QProcess>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>
#include <csignal>
#include <cstdio>
#include <sys/types.h>

#include "app/desktop/design_document.h"
#include "app/desktop/journal.h"
#include "sim/model/design_json.h"
#include "tests/desktop/own_folders.h"

using namespace neph;

namespace {

constexpr int kKills = 25;
constexpr int kNodes = 300;

/// A design whose every part says which version it is, so that a mixture of two would show.
Design versionOf(int number)
{
    Design design;
    design.name = "version " + std::to_string(number);
    for (int i = 0; i < kNodes; ++i) {
        Node node;
        node.id = "table-" + std::to_string(i);
        node.kind = "aws.dynamodb";
        node.name = design.name;
        design.nodes.push_back(node);
    }
    return design;
}

/// Tells the parent that the work has begun, so that the kill meets it and not the start of the program.
void sayReady(bool now)
{
    if (now) {
        std::fputs("ready\n", stdout);
        std::fflush(stdout);
    }
}

[[noreturn]] void saveForEver(const QString& file)
{
    DesignDocument document;
    for (int number = 0;; ++number) {
        document.newDesign(versionOf(number));
        document.save(file);
        sayReady(number == 1);
    }
}

[[noreturn]] void editForEver()
{
    DesignDocument document;
    document.newDesign(versionOf(0));
    for (int number = 1;; ++number) {
        document.endGesture();
        document.push(Edit{RenameNode{"table-0", std::to_string(number)}}, QStringLiteral("Rename"));
        document.push(Edit{RenameNode{"table-1", std::to_string(number)}}, QStringLiteral("Rename"));
        sayReady(number == 2);
    }
}

/// Starts a copy of this program and kills it a while after it has begun to work.
void killAfter(const QStringList& arguments, int milliseconds)
{
    QProcess child;
    child.start(QCoreApplication::applicationFilePath(), arguments);
    QVERIFY(child.waitForReadyRead(60'000));
    QTest::qSleep(milliseconds);
    ::kill(static_cast<pid_t>(child.processId()), SIGKILL);
    child.waitForFinished();
    QCOMPARE(child.exitStatus(), QProcess::CrashExit);
}

}  // namespace

class SaveKillTest final : public QObject {
    Q_OBJECT

private slots:
    void cleanup() { QDir(Journal::folder()).removeRecursively(); }

    void aFileIsWhollyOldOrWhollyNewAfterAKillInMidSave();
    void anEditedDesignIsRecoveredAfterAKill();

private:
    test::OwnFolders m_folders;
};

void SaveKillTest::aFileIsWhollyOldOrWhollyNewAfterAKillInMidSave()
{
    const QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("shop.nepho"));
    QVERIFY(bool(saveDesign(versionOf(0), file.toStdString())));
    int saved = 0;
    for (int round = 0; round < kKills; ++round) {
        killAfter(
            {QStringLiteral("--save"), file}, 1 + static_cast<int>(QRandomGenerator::global()->bounded(60)));
        const LoadedDesign loaded = loadDesign(file.toStdString());
        QVERIFY(loaded.readable);
        QVERIFY(!hasErrors(loaded.diagnostics));
        QCOMPARE(loaded.design.nodes.size(), std::size_t(kNodes));
        for (const Node& node : loaded.design.nodes) {
            QCOMPARE(node.name, loaded.design.name);
        }
        saved += loaded.design.name != "version 0" ? 1 : 0;
    }
    QVERIFY2(saved > 0, "no copy lived long enough to save: the test has tested nothing");
}

void SaveKillTest::anEditedDesignIsRecoveredAfterAKill()
{
    for (int round = 0; round < 5; ++round) {
        killAfter({QStringLiteral("--edit")}, 50);
        const std::vector<Journal::Orphan> orphans = Journal::orphans();
        QCOMPARE(orphans.size(), std::size_t(1));
        DesignDocument recovered;
        QVERIFY(recovered.recover(orphans.front().path));
        const Design& design = recovered.design();
        QCOMPARE(design.nodes.size(), std::size_t(kNodes));
        // Edits arrive in their order, none half done: the second name is the first, or one behind it.
        const int first = std::stoi(design.node("table-0")->name);
        const std::string& name = design.node("table-1")->name;
        const int second = name == "version 0" ? 0 : std::stoi(name);
        QVERIFY(first == second || first == second + 1);
        QVERIFY(first > 1);
        recovered.discardJournal();
    }
}

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    const QStringList arguments = QApplication::arguments();
    QApplication::setOrganizationName("nephoscope-test");  // Journals go where the parent looks for them.
    if (arguments.contains(QStringLiteral("--save"))) {
        saveForEver(arguments.last());
    }
    if (arguments.contains(QStringLiteral("--edit"))) {
        editForEver();
    }
    SaveKillTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "save_kill_test.moc"
