#include <QDir>
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

Edit itemsOf(const std::string& id, int count)
{
    return Edit{SetProperty{id, "items", Value(count)}};
}

}  // namespace

class DesignDocumentTest final : public QObject {
    Q_OBJECT

private slots:
    void cleanup() { QDir(Journal::folder()).removeRecursively(); }

    void tellsEachEditAlsoOfUndoAndRedo();
    void refusesAnEditThatCannotBeAppliedWithoutATrace();
    void makesOneStepOfADrag();
    void makesTwoStepsOfTwoGestures();
    void isAsAtFirstAfterUndoingAll();
    void readsDefaultsThroughTheCatalog();
    void isCleanAfterSavingAndModifiedAfterAnEdit();
    void savesWhatItOpens();
    void leavesWhatIsOpenWhenAFileCannotBeRead();
    void doesNotWriteOverAFileItDidNotUnderstand();
    void noticesThatAnotherProgramWroteTheFile();
    void doesNotNoticeItsOwnSaves();

private:
    test::OwnFolders m_folders;
};

void DesignDocumentTest::tellsEachEditAlsoOfUndoAndRedo()
{
    DesignDocument document;
    QSignalSpy changed(&document, &DesignDocument::changed);
    QVERIFY(document.push(Edit{AddNode{table("orders")}}, QStringLiteral("Add table")));
    document.undoStack().undo();
    document.undoStack().redo();
    QCOMPARE(changed.count(), 3);
    QCOMPARE(document.undoStack().undoText(), QStringLiteral("Add table"));
    QVERIFY(document.design().node("orders") != nullptr);
}

void DesignDocumentTest::refusesAnEditThatCannotBeAppliedWithoutATrace()
{
    DesignDocument document;
    document.push(Edit{AddNode{table("orders")}}, QStringLiteral("Add"));
    document.push(itemsOf("orders", 5), QStringLiteral("Change"));
    document.undoStack().undo();
    const Design before = document.design();
    QSignalSpy refused(&document, &DesignDocument::refused);
    QVERIFY(!document.push(Edit{RemoveNode{"nobody"}}, QStringLiteral("Delete")));
    QCOMPARE(refused.count(), 1);
    QVERIFY(document.design() == before);
    QVERIFY(document.undoStack().canRedo());
}

void DesignDocumentTest::makesOneStepOfADrag()
{
    DesignDocument document;
    document.push(Edit{AddNode{table("orders")}}, QStringLiteral("Add"));
    document.endGesture();
    for (int count = 1; count <= 20; ++count) {
        document.push(itemsOf("orders", count), QStringLiteral("Change items"));
    }
    QCOMPARE(document.undoStack().count(), 2);
    document.undoStack().undo();
    QVERIFY(document.design().node("orders")->properties.empty());
    document.undoStack().redo();
    QVERIFY(document.design().node("orders")->properties.at("items") == Value(20));
}

void DesignDocumentTest::makesTwoStepsOfTwoGestures()
{
    DesignDocument document;
    document.push(Edit{AddNode{table("orders")}}, QStringLiteral("Add"));
    document.push(itemsOf("orders", 1), QStringLiteral("Change items"));
    document.endGesture();
    document.push(itemsOf("orders", 2), QStringLiteral("Change items"));
    document.undoStack().undo();
    QVERIFY(document.design().node("orders")->properties.at("items") == Value(1));
}

void DesignDocumentTest::isAsAtFirstAfterUndoingAll()
{
    DesignDocument document;
    Design design;
    design.nodes = {table("orders"), table("carts")};
    document.newDesign(design);
    document.push(Edit{RemoveNode{"orders"}}, QStringLiteral("Delete"));
    document.push(Edit{RenameNode{"carts", "Carts"}}, QStringLiteral("Rename"));
    document.push(Edit{AddNode{table("users")}}, QStringLiteral("Add"));
    document.push(itemsOf("users", 7), QStringLiteral("Change items"));
    const std::string after = writeDesign(document.design());
    document.undoStack().setIndex(0);
    QCOMPARE(writeDesign(document.design()), writeDesign(design));
    document.undoStack().setIndex(document.undoStack().count());
    QCOMPARE(writeDesign(document.design()), after);
}

void DesignDocumentTest::readsDefaultsThroughTheCatalog()
{
    DesignDocument document;
    document.push(Edit{AddNode{table("orders")}}, QStringLiteral("Add"));
    const Value byDefault = document.value("orders", "items");
    QVERIFY(byDefault.is_number());
    document.push(itemsOf("orders", 42), QStringLiteral("Change items"));
    QVERIFY(document.value("orders", "items") == Value(42));
    QVERIFY(document.value("orders", "no such property").is_null());
    QVERIFY(document.kindOf("orders") != nullptr);
}

void DesignDocumentTest::isCleanAfterSavingAndModifiedAfterAnEdit()
{
    const QTemporaryDir folder;
    DesignDocument document;
    QVERIFY(!document.isModified());
    document.push(Edit{AddNode{table("orders")}}, QStringLiteral("Add"));
    QVERIFY(document.isModified());
    QVERIFY(document.save(folder.filePath(QStringLiteral("shop.nepho"))));
    QVERIFY(!document.isModified());
    QCOMPARE(document.title(), QStringLiteral("shop.nepho"));
    document.undoStack().undo();
    QVERIFY(document.isModified());
}

void DesignDocumentTest::savesWhatItOpens()
{
    const QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("shop.nepho"));
    DesignDocument first;
    first.push(Edit{AddNode{table("orders")}}, QStringLiteral("Add"));
    QVERIFY(first.save(file));
    DesignDocument second;
    QVERIFY(second.open(file));
    QVERIFY(second.design() == first.design());
    QVERIFY(!second.isModified());
}

void DesignDocumentTest::leavesWhatIsOpenWhenAFileCannotBeRead()
{
    const QTemporaryDir folder;
    QFile broken(folder.filePath(QStringLiteral("broken.nepho")));
    QVERIFY(broken.open(QIODevice::WriteOnly));
    broken.write("{\"format\": \"nephos");
    broken.close();
    DesignDocument document;
    document.push(Edit{AddNode{table("orders")}}, QStringLiteral("Add"));
    const Design before = document.design();
    QSignalSpy refused(&document, &DesignDocument::refused);
    QVERIFY(!document.open(broken.fileName()));
    QVERIFY(document.design() == before);
    QVERIFY(document.isModified());
    QCOMPARE(refused.count(), 1);
}

void DesignDocumentTest::doesNotWriteOverAFileItDidNotUnderstand()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("odd.nepho"));
    Design design;
    design.nodes = {table("orders")};
    design.nodes.front().name = "Orders table";
    std::string text = writeDesign(design);
    const std::string right = "\"Orders table\"";
    text.replace(text.find(right), right.size(), "12345678");
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(text.data(), static_cast<qint64>(text.size()));
    file.close();

    DesignDocument document;
    QVERIFY(document.open(path));
    QSignalSpy refused(&document, &DesignDocument::refused);
    QVERIFY(!document.save(path));
    QCOMPARE(refused.count(), 1);
    QVERIFY(document.save(folder.filePath(QStringLiteral("copy.nepho"))));
}

void DesignDocumentTest::noticesThatAnotherProgramWroteTheFile()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("shop.nepho"));
    DesignDocument document;
    QVERIFY(document.save(path));
    QSignalSpy noticed(&document, &DesignDocument::changedOnDisk);
    Design other;
    other.name = "Other";
    QVERIFY(bool(saveDesign(other, path.toStdString())));
    QVERIFY(noticed.wait(5000));
}

void DesignDocumentTest::doesNotNoticeItsOwnSaves()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("shop.nepho"));
    DesignDocument document;
    QVERIFY(document.save(path));
    QSignalSpy noticed(&document, &DesignDocument::changedOnDisk);
    document.push(Edit{AddNode{table("orders")}}, QStringLiteral("Add"));
    QVERIFY(document.save(path));
    QTest::qWait(700);
    QCOMPARE(noticed.count(), 0);
}

QTEST_MAIN(DesignDocumentTest)
#include "design_document_test.moc"
