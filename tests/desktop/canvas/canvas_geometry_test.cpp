#include <QTest>

#include "app/desktop/canvas/arrange.h"
#include "app/desktop/canvas/component_drop.h"
#include "app/desktop/canvas/layout.h"
#include "app/desktop/canvas/link_route.h"
#include "app/desktop/canvas/live_state.h"
#include "app/desktop/canvas/placement.h"
#include "app/desktop/canvas/snap.h"

using namespace neph;

namespace {

Node node(const std::string& id, const std::string& kind, const std::string& parent, QRectF where)
{
    Node made;
    made.id = id;
    made.kind = kind;
    made.name = id;
    made.parent = parent;
    made.position = {where.left(), where.top()};
    made.size = {where.width(), where.height()};
    return made;
}

/// A Region with a VPC in it, and a balancer in that.
Design nested()
{
    Design design;
    design.nodes = {
        node("region", "aws.region", "", {100, 100, 600, 400}),
        node("vpc", "aws.vpc", "region", {20, 50, 400, 300}), node("alb", "aws.alb", "vpc", {30, 60, 0, 0})};
    return design;
}

const Catalog& catalog()
{
    return Catalog::builtIn();
}

}  // namespace

class CanvasGeometryTest final : public QObject {
    Q_OBJECT

private slots:
    void placesAreAddedUpFromTheFrames();
    void aCircleOfParentsIsShownAtTheTop();
    void readingOrderGoesByRowsAndIntoFrames();
    void movingAFrameTakesAlongWhatLiesInIt();
    void aFrameGrowsToHoldWhatIsMovedInIt();
    void aFrameThatGrowsToTheLeftLeavesTheOthersWhereTheyAre();
    void snapsToTheEdgeOfANeighbourBeforeTheGrid();
    void snapsToTheGridWhereNothingIsNear();
    void alignsToTheOutlineOfAll();
    void spreadsWithEqualGaps();
    void linksLeaveAndEnterAtTheFacingSides();
    void linkEndsThatShareASideAreSpread();
    void aTableOnAnEmptyCanvasComesWithItsRegion();
    void aTableBesideARegionIsRefused();
    void aComponentIsNotPutOverAnother();
    void thePresentIsWhatTheEngineSays();
    void thePastIsReadFromTheSeries();
    void aZoneIsLostWhileItsFaultLasts();
};

void CanvasGeometryTest::placesAreAddedUpFromTheFrames()
{
    const Layout layout(nested(), catalog());
    QCOMPARE(layout.rect("alb"), QRectF(150, 210, kCardWidth, kCardHeight));
    QCOMPARE(layout.at("alb").depth, 2);
}

void CanvasGeometryTest::aCircleOfParentsIsShownAtTheTop()
{
    Design design = nested();
    design.nodes[0].parent = "vpc";
    const Layout layout(design, catalog());
    QCOMPARE(layout.entries().size(), std::size_t(3));
    QVERIFY(!layout.topLevel().empty());
    QCOMPARE(layout.readingOrder().size(), std::size_t(3));
}

void CanvasGeometryTest::readingOrderGoesByRowsAndIntoFrames()
{
    Design design = nested();
    design.nodes.insert(design.nodes.begin(), node("right", "users", "", {900, 110, 0, 0}));
    design.nodes.push_back(node("left", "users", "", {-300, 105, 0, 0}));
    const std::vector<std::string> wanted{"left", "region", "vpc", "alb", "right"};
    QCOMPARE(Layout(design, catalog()).readingOrder(), wanted);
}

void CanvasGeometryTest::movingAFrameTakesAlongWhatLiesInIt()
{
    Design design = nested();
    const Layout layout(design, catalog());
    Placement placement(design, layout);
    placement.moveTo("region", {200, 300});
    QVERIFY(bool(applyEdit(design, placement.edit())));
    QCOMPARE(Layout(design, catalog()).rect("alb").topLeft(), QPointF(250, 410));
    QCOMPARE(design.node("alb")->position, (Point{30, 60}));
}

void CanvasGeometryTest::aFrameGrowsToHoldWhatIsMovedInIt()
{
    Design design = nested();
    const Layout layout(design, catalog());
    Placement placement(design, layout);
    placement.moveTo("alb", {600, 600});
    QVERIFY(bool(applyEdit(design, placement.edit())));
    const Layout after(design, catalog());
    QCOMPARE(after.rect("alb").topLeft(), QPointF(600, 600));
    QVERIFY(after.rect("vpc").contains(after.rect("alb")));
    QVERIFY(after.rect("region").contains(after.rect("vpc")));
}

void CanvasGeometryTest::aFrameThatGrowsToTheLeftLeavesTheOthersWhereTheyAre()
{
    Design design = nested();
    design.nodes.push_back(node("other", "aws.alb", "vpc", {150, 180, 0, 0}));
    const Layout before(design, catalog());
    Placement placement(design, before);
    placement.moveTo("alb", {40, 40});
    QVERIFY(bool(applyEdit(design, placement.edit())));
    const Layout after(design, catalog());
    QCOMPARE(after.rect("alb").topLeft(), QPointF(40, 40));
    QCOMPARE(after.rect("other"), before.rect("other"));
    QVERIFY(after.rect("vpc").left() < 40);
}

void CanvasGeometryTest::snapsToTheEdgeOfANeighbourBeforeTheGrid()
{
    const Snapped snapped = snapTo({103, 52, 100, 50}, {{107, 300, 240, 80}}, 6);
    QCOMPARE(snapped.shift, QPointF(4, -2));
    QCOMPARE(snapped.guides.size(), std::size_t(1));
    QCOMPARE(snapped.guides.front().x1(), 107.0);
}

void CanvasGeometryTest::snapsToTheGridWhereNothingIsNear()
{
    const Snapped snapped = snapTo({103, 57, 100, 50}, {{500, 500, 10, 10}}, 6);
    QCOMPARE(snapped.shift, QPointF(-3, 3));
    QVERIFY(snapped.guides.empty());
}

void CanvasGeometryTest::alignsToTheOutlineOfAll()
{
    const std::vector<QRectF> rects{{0, 0, 100, 50}, {40, 100, 200, 50}};
    QCOMPARE(arranged(rects, Arrange::Left)[1], QPointF(0, 100));
    QCOMPARE(arranged(rects, Arrange::Right)[0], QPointF(140, 0));
    QCOMPARE(arranged(rects, Arrange::Centre)[0], QPointF(70, 0));
    QCOMPARE(arranged(rects, Arrange::Bottom)[0], QPointF(0, 100));
}

void CanvasGeometryTest::spreadsWithEqualGaps()
{
    const std::vector<QRectF> rects{{300, 0, 100, 10}, {0, 0, 100, 10}, {110, 0, 100, 10}};
    const std::vector<QPointF> corners = arranged(rects, Arrange::SpreadHorizontally);
    QCOMPARE(corners[1].x(), 0.0);
    QCOMPARE(corners[2].x(), 150.0);
    QCOMPARE(corners[0].x(), 300.0);
}

void CanvasGeometryTest::linksLeaveAndEnterAtTheFacingSides()
{
    const LinkRoute right = routeTo({0, 0, 100, 50}, {300, 0, 100, 50});
    QCOMPARE(right.start, QPointF(100, 25));
    QCOMPARE(right.end, QPointF(300, 25));
    const LinkRoute down = routeTo({0, 0, 100, 50}, {0, 200, 100, 50});
    QCOMPARE(down.start, QPointF(50, 50));
    QCOMPARE(down.end, QPointF(50, 200));
}

void CanvasGeometryTest::linkEndsThatShareASideAreSpread()
{
    Design design;
    design.links = {{"low", "a", "c", {}}, {"high", "a", "b", {}}};
    const auto rects = [](const std::string& id) {
        return id == "a"   ? QRectF(0, 100, 100, 60)
               : id == "b" ? QRectF(300, 0, 100, 60)
                           : QRectF(300, 200, 100, 60);
    };
    const auto routes = routeLinks(design, rects);
    QCOMPARE(routes.at("high").start.x(), 100.0);
    QVERIFY(routes.at("high").start.y() < routes.at("low").start.y());
}

void CanvasGeometryTest::aTableOnAnEmptyCanvasComesWithItsRegion()
{
    const Design empty;
    const Layout layout(empty, catalog());
    const ComponentDrop drop(empty, catalog(), layout);
    const DropPlan plan = drop.at(*catalog().find("aws.dynamodb"), {500, 300}, {});
    QVERIFY(plan.refusal.isEmpty());
    QCOMPARE(plan.newFrames.size(), std::size_t(1));
    Design after = empty;
    QVERIFY(bool(applyEdit(after, plan.edit)));
    const Layout placed(after, catalog());
    QCOMPARE(placed.at(plan.id).depth, 1);
    QCOMPARE(placed.rect(plan.id), plan.rect);
    QVERIFY(placed.rect(placed.at(plan.id).parent).contains(plan.rect));
}

void CanvasGeometryTest::aTableBesideARegionIsRefused()
{
    const Design design = nested();
    const Layout layout(design, catalog());
    const ComponentDrop drop(design, catalog(), layout);
    QVERIFY(!drop.at(*catalog().find("aws.dynamodb"), {-500, 300}, {}).refusal.isEmpty());
    QVERIFY(drop.at(*catalog().find("aws.dynamodb"), {500, 300}, {"region"}).refusal.isEmpty());
}

void CanvasGeometryTest::aComponentIsNotPutOverAnother()
{
    Design design;
    for (int i = 0; i < 12; ++i) {
        const Layout layout(design, catalog());
        const DropPlan plan =
            ComponentDrop(design, catalog(), layout).anywhere(*catalog().find("users"), {0, 0}, {});
        for (const auto& [id, entry] : layout.entries()) {
            QVERIFY(!entry.rect.intersects(plan.rect));
        }
        QVERIFY(bool(applyEdit(design, plan.edit)));
    }
    QCOMPARE(design.nodes.size(), std::size_t(12));
}

void CanvasGeometryTest::thePresentIsWhatTheEngineSays()
{
    auto result = std::make_shared<RunResult>();
    result->simulated = 60s;
    NodeView& view = result->nodes["web"];
    view.requestsPerSecond = 200;
    view.errorsPerSecond = 50;
    view.stations.push_back({"workers", 0.5, 30, 60, 0, Duration(0)});
    result->links["l"] = {200, 50, 1, 1};
    LiveState live;
    live.show({}, result, 60s);
    QCOMPARE(live.node("web")->errorShare, 0.25);
    QCOMPARE(live.node("web")->queueFill, 0.5);
    QCOMPARE(live.link("l")->rate, 200.0);
    QVERIFY(!live.link("l")->isEstimate);
    QVERIFY(live.node("nobody") == nullptr);
}

void CanvasGeometryTest::thePastIsReadFromTheSeries()
{
    Design design;
    design.links = {{"a", "users", "web", {}}, {"b", "cron", "web", {}}};
    auto result = std::make_shared<RunResult>();
    result->simulated = 60s;
    result->nodes["web"].requestsPerSecond = 999;
    result->links["a"].requests = 300;
    result->links["b"].requests = 100;
    Series requests("web", "Requests", "1/s", 1s);
    requests.add(10s, 40);
    Series load("web", "Utilization", "%", 1s);
    load.add(10s, 75);
    result->series = {requests, load};
    LiveState live;
    live.show(design, result, 10s);
    QCOMPARE(live.node("web")->rate, 40.0);
    QCOMPARE(live.node("web")->utilisation, 0.75);
    QVERIFY(live.node("web")->replicas.empty());
    QCOMPARE(live.link("a")->rate, 30.0);
    QVERIFY(live.link("a")->isEstimate);
}

void CanvasGeometryTest::aZoneIsLostWhileItsFaultLasts()
{
    Design design;
    FaultSpec fault;
    fault.kind = "loseZone";
    fault.target = "zone-a";
    fault.atSeconds = 10;
    fault.forSeconds = 20;
    design.faults = {fault};
    auto result = std::make_shared<RunResult>();
    result->simulated = 60s;
    LiveState live;
    live.show(design, result, 15s);
    QVERIFY(live.node("zone-a")->lost);
    live.show(design, result, 30s);
    QVERIFY(live.node("zone-a") == nullptr);
}

QTEST_MAIN(CanvasGeometryTest)
#include "canvas_geometry_test.moc"
