#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "app/desktop/design_document.h"
#include "app/desktop/journal.h"
#include "sim/model/design_json.h"
#include "tests/desktop/own_folders.h"

using namespace neph;

namespace {

Node table(const std::string& id)
{
    Node node;
    node.id = id;
    node.kind = "aws.dynamodb";
    node.name = id;
    return node;
}

/// A copy of a journal under another name: what a process that was killed leaves behind.
QString leftBehind(const QString& journal, const QString& name)
{
    const QString path = Journal::folder() + '/' + name + QStringLiteral(".journal");
    QFile::remove(path);
    return QFile::copy(journal, path) ? path : QString();
}

QString onlyJournal()
{
    const QFileInfoList files =
        QDir(Journal::folder()).entryInfoList({QStringLiteral("*.journal")}, QDir::Files);
    return files.size() == 1 ? files.front().absoluteFilePath() : QString();
}

}  // namespace

class JournalTest final : public QObject {
    Q_OBJECT

private slots:
    void init() { QDir(Journal::folder()).removeRecursively(); }
    void cleanup() { QDir(Journal::folder()).removeRecursively(); }

    void holdsEachEditAtOnce();
    void isGoneAfterASaveAndAfterACleanClose();
    void ofALivingDocumentIsNoOrphan();
    void ofADeadSessionIsOfferedWithItsNameAndEdits();
    void holdsUndoAndRedoAsTheEditsTheyApply();
    void isRecoveredUpToATornLastRecord();
    void isRecoveredUpToAFlippedBit();
    void cutAnywhereIsNeverACrash();
    void staysAfterRecoveryUntilSavedOrGivenUp();
    void goesOnAfterRecovery();
    void isNotRecoveredTwiceAtOnce();
    void saysThatTheFileChangedSinceItBegan();
    void ofTwoDocumentsAreTwo();

private:
    test::OwnFolders m_folders;
};

void JournalTest::holdsEachEditAtOnce()
{
    DesignDocument document;
    document.push(Edit{AddNode{table("orders")}}, QStringLiteral("Add"));
    const Result<Journal::Recovered> read = Journal::read(onlyJournal());
    QVERIFY(bool(read));
    QCOMPARE(read->edits, 1);
    QVERIFY(read->design == document.design());
}

void JournalTest::isGoneAfterASaveAndAfterACleanClose()
{
    const QTemporaryDir folder;
    {
        DesignDocument document;
        document.push(Edit{AddNode{table("orders")}}, QStringLiteral("Add"));
        QVERIFY(!onlyJournal().isEmpty());
        QVERIFY(document.save(folder.filePath(QStringLiteral("a.nepho"))));
        QVERIFY(onlyJournal().isEmpty());
        document.push(Edit{AddNode{table("users")}}, QStringLiteral("Add"));
        QVERIFY(!onlyJournal().isEmpty());
    }
    QVERIFY(onlyJournal().isEmpty());
}

void JournalTest::ofALivingDocumentIsNoOrphan()
{
    DesignDocument document;
    document.push(Edit{AddNode{table("orders")}}, QStringLiteral("Add"));
    QVERIFY(Journal::orphans().empty());
    QVERIFY(!onlyJournal().isEmpty());
}

void JournalTest::ofADeadSessionIsOfferedWithItsNameAndEdits()
{
    DesignDocument document;
    Design design;
    design.name = "Shop";
    document.newDesign(design);
    document.push(Edit{AddNode{table("orders")}}, QStringLiteral("Add"));
    document.push(Edit{RenameNode{"orders", "Orders"}}, QStringLiteral("Rename"));
    const QString left = leftBehind(onlyJournal(), QStringLiteral("dead"));

    const std::vector<Journal::Orphan> orphans = Journal::orphans();
    QCOMPARE(orphans.size(), std::size_t(1));
    QCOMPARE(orphans.front().path, left);
    QCOMPARE(orphans.front().name, QStringLiteral("Shop"));
    QCOMPARE(orphans.front().edits, 2);
}

void JournalTest::holdsUndoAndRedoAsTheEditsTheyApply()
{
    DesignDocument document;
    document.push(Edit{AddNode{table("orders")}}, QStringLiteral("Add"));
    document.push(Edit{AddNode{table("carts")}}, QStringLiteral("Add"));
    document.undoStack().undo();
    document.undoStack().undo();
    document.undoStack().redo();
    const Result<Journal::Recovered> read = Journal::read(onlyJournal());
    QVERIFY(bool(read));
    QCOMPARE(read->edits, 5);
    QVERIFY(read->design == document.design());
}

void JournalTest::isRecoveredUpToATornLastRecord()
{
    DesignDocument document;
    document.push(Edit{AddNode{table("orders")}}, QStringLiteral("Add"));
    const Design before = document.design();
    document.push(Edit{AddNode{table("carts")}}, QStringLiteral("Add"));
    QFile torn(leftBehind(onlyJournal(), QStringLiteral("torn")));
    QVERIFY(torn.resize(torn.size() - 3));

    DesignDocument recovered;
    QSignalSpy told(&recovered, &DesignDocument::refused);
    QVERIFY(recovered.recover(torn.fileName()));
    QVERIFY(recovered.design() == before);
    QVERIFY(recovered.isModified());
    QCOMPARE(told.count(), 1);
    recovered.discardJournal();
}

void JournalTest::isRecoveredUpToAFlippedBit()
{
    DesignDocument document;
    document.push(Edit{AddNode{table("orders")}}, QStringLiteral("Add"));
    const qint64 valid = QFileInfo(onlyJournal()).size();
    document.push(Edit{AddNode{table("carts")}}, QStringLiteral("Add"));
    QFile damaged(leftBehind(onlyJournal(), QStringLiteral("damaged")));
    QVERIFY(damaged.open(QIODevice::ReadWrite));
    QVERIFY(damaged.seek(valid + 20));
    char byte = 0;
    QVERIFY(damaged.getChar(&byte));
    QVERIFY(damaged.seek(valid + 20));
    QVERIFY(damaged.putChar(static_cast<char>(byte ^ 4)));
    damaged.close();

    const Result<Journal::Recovered> read = Journal::read(damaged.fileName());
    QVERIFY(bool(read));
    QVERIFY(read->torn);
    QCOMPARE(read->edits, 1);
}

void JournalTest::cutAnywhereIsNeverACrash()
{
    DesignDocument document;
    document.push(Edit{AddNode{table("orders")}}, QStringLiteral("Add"));
    document.push(Edit{AddNode{table("carts")}}, QStringLiteral("Add"));
    QFile whole(onlyJournal());
    QVERIFY(whole.open(QIODevice::ReadOnly));
    const QByteArray bytes = whole.readAll();
    int most = 2;
    for (qsizetype length = bytes.size(); length >= 0; length -= 3) {
        QFile cut(Journal::folder() + QStringLiteral("/cut.test"));
        QVERIFY(cut.open(QIODevice::WriteOnly | QIODevice::Truncate));
        cut.write(bytes.left(length));
        cut.close();
        const Result<Journal::Recovered> read = Journal::read(cut.fileName());
        const int edits = read ? read->edits : 0;
        QVERIFY(length < bytes.size() ? edits <= most : edits == most);
        most = edits;
    }
    QCOMPARE(most, 0);
}

void JournalTest::staysAfterRecoveryUntilSavedOrGivenUp()
{
    const QTemporaryDir folder;
    QString left;
    {
        DesignDocument document;
        document.push(Edit{AddNode{table("orders")}}, QStringLiteral("Add"));
        left = leftBehind(onlyJournal(), QStringLiteral("left"));
    }
    {
        DesignDocument recovered;
        QVERIFY(recovered.recover(left));
    }
    QCOMPARE(Journal::orphans().size(), std::size_t(1));
    {
        DesignDocument recovered;
        QVERIFY(recovered.recover(left));
        QVERIFY(recovered.save(folder.filePath(QStringLiteral("saved.nepho"))));
        QVERIFY(!recovered.isModified());
    }
    QVERIFY(Journal::orphans().empty());
}

void JournalTest::goesOnAfterRecovery()
{
    QString left;
    {
        DesignDocument document;
        document.push(Edit{AddNode{table("orders")}}, QStringLiteral("Add"));
        left = leftBehind(onlyJournal(), QStringLiteral("left"));
    }
    Design wanted;
    {
        DesignDocument recovered;
        QVERIFY(recovered.recover(left));
        recovered.push(Edit{AddNode{table("carts")}}, QStringLiteral("Add"));
        wanted = recovered.design();
    }
    const Result<Journal::Recovered> read = Journal::read(left);
    QVERIFY(bool(read));
    QVERIFY(read->design == wanted);
}

void JournalTest::isNotRecoveredTwiceAtOnce()
{
    DesignDocument document;
    document.push(Edit{AddNode{table("orders")}}, QStringLiteral("Add"));
    const QString left = leftBehind(onlyJournal(), QStringLiteral("left"));
    DesignDocument first;
    DesignDocument second;
    QVERIFY(first.recover(left));
    QSignalSpy refused(&second, &DesignDocument::refused);
    QVERIFY(!second.recover(left));
    QCOMPARE(refused.count(), 1);
    first.discardJournal();
}

void JournalTest::saysThatTheFileChangedSinceItBegan()
{
    const QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("shop.nepho"));
    DesignDocument document;
    QVERIFY(document.save(file));
    document.push(Edit{AddNode{table("orders")}}, QStringLiteral("Add"));
    const QString left = leftBehind(onlyJournal(), QStringLiteral("left"));
    QVERIFY(!Journal::read(left)->fileChanged);
    Design other;
    other.name = "Other";
    QVERIFY(bool(saveDesign(other, file.toStdString())));
    QVERIFY(Journal::read(left)->fileChanged);
}

void JournalTest::ofTwoDocumentsAreTwo()
{
    DesignDocument first;
    DesignDocument second;
    first.push(Edit{AddNode{table("orders")}}, QStringLiteral("Add"));
    second.push(Edit{AddNode{table("carts")}}, QStringLiteral("Add"));
    const QFileInfoList files =
        QDir(Journal::folder()).entryInfoList({QStringLiteral("*.journal")}, QDir::Files);
    QCOMPARE(files.size(), 2);
    QVERIFY(Journal::orphans().empty());
}

QTEST_MAIN(JournalTest)
#include "journal_test.moc"
