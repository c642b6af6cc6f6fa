#include "app/desktop/shots.h"

#include <QApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QPixmap>
#include <QSettings>
#include <QStandardPaths>
#include <QTabWidget>
#include <QTemporaryDir>
#include <algorithm>
#include <cstdio>

#include "app/desktop/canvas/canvas_view.h"
#include "app/desktop/design_document.h"
#include "app/desktop/local/lab_controller.h"
#include "app/desktop/local/lab_panel.h"
#include "app/desktop/long_run.h"
#include "app/desktop/main_window.h"
#include "app/desktop/panels/long_run_panel.h"
#include "app/desktop/selection.h"
#include "app/desktop/theme.h"

namespace neph {

namespace {

constexpr QSize kSize{1600, 1000};
constexpr int kMostWaitMs = 240'000;
constexpr double kIntoDeployment = 20;  ///< New tasks have come, old ones have not gone.
constexpr int kSettleMs = 700;          ///< For animations and late layouts.
constexpr Duration kRealLength = 90s;

void settle(int ms)
{
    QElapsedTimer timer;
    timer.start();
    while (timer.elapsed() < ms) {
        QApplication::processEvents(QEventLoop::AllEvents, 20);
    }
}

/// Plays to that moment and waits for it.
bool playTo(MainWindow& window, Time until)
{
    window.run().playUntil(window.document().design(), until);
    QElapsedTimer timer;
    timer.start();
    while (window.run().state() == RunController::State::Playing && timer.elapsed() < kMostWaitMs) {
        QApplication::processEvents(QEventLoop::AllEvents, 20);
    }
    const auto state = window.run().state();
    return state == RunController::State::Paused || state == RunController::State::Finished;
}

/// The first node of that kind for which `suits` holds, or an empty id.
template <typename Suits>
std::string nodeOfKind(const Design& design, const std::string& kind, Suits suits)
{
    for (const Node& node : design.nodes) {
        if (node.kind == kind && suits(node.id)) {
            return node.id;
        }
    }
    return {};
}

/// One picture: what is selected, which tab is open, at which moment.
struct Shot {
    const char* name;
    std::string selected;
    int tab;
    Time at;
};

/// The moments follow from the design: its deployment, its peak, its end.
std::vector<Shot> shotsOf(const Design& design, const MainWindow& window)
{
    const auto valueOf = [&window](const std::string& id, const char* key) {
        return id.empty() ? Value() : window.document().value(id, key);
    };
    const auto secondsOf = [&valueOf](const std::string& id, const char* key, double otherwise) {
        const Value value = valueOf(id, key);
        return value.is_number() && value.get<double>() > 0 ? value.get<double>() : otherwise;
    };
    const std::string service =
        nodeOfKind(design, "aws.ecs.fargate_service", [](const std::string&) { return true; });
    const std::string campaign = nodeOfKind(
        design, "users", [&](const std::string& id) { return valueOf(id, "load") == Value("spike"); });
    const double end = design.runSeconds;
    const double deployment = secondsOf(service, "deployAtSeconds", end / 8);
    const double start = secondsOf(campaign, "startSeconds", end / 3);
    const double spike = secondsOf(campaign, "rampSeconds", end / 4);
    enum Tab { Charts, Events, Requests, BillTab };
    std::vector<Shot> shots = {
        {"image1", "", Charts, fromSeconds(deployment - 15)},
        {"image2", service, Events, fromSeconds(deployment + kIntoDeployment)},
        {"image3", service, Charts, fromSeconds(start + spike * 0.8)},
        {"image4", "", BillTab, fromSeconds(end)},
    };
    std::stable_sort(shots.begin(), shots.end(), [](const Shot& a, const Shot& b) { return a.at < b.at; });
    return shots;
}

/// A shop of weeks: busy days, quiet weekends, and a campaign on the tenth day.
void drawWeeks(DesignDocument& document)
{
    const auto set = [&document](const std::string& id, const char* key, Value value) {
        document.push(Edit{SetProperty{id, key, std::move(value)}}, QStringLiteral("Weeks"));
    };
    const std::vector<Node> nodes = document.design().nodes;
    for (const Node& node : nodes) {
        if (node.kind == "users" && document.value(node.id, "load") == Value("spike")) {
            set(node.id, "startSeconds", 9.5 * 86'400);
            set(node.id, "rampSeconds", 2 * 3600);
        } else if (node.kind == "users") {
            set(node.id, "load", "weekly");
            set(node.id, "rate", 25);
        }
    }
}

/// A month of it: hours with their errors, tasks, the bill.
bool takeMonth(MainWindow& window, const QString& file)
{
    drawWeeks(window.document());
    RunOptions options = window.longRun().options();
    options.affordableRequests =
        0;  // The picture is to show what is done where a month cannot simply be run.
    window.longRun().start(window.document().design(), options);
    window.results().setCurrentWidget(&window.longRunPanel());
    QElapsedTimer timer;
    timer.start();
    while (window.longRun().isRunning() && timer.elapsed() < kMostWaitMs) {
        QApplication::processEvents(QEventLoop::AllEvents, 20);
    }
    settle(kSettleMs);
    return window.longRun().state() == LongRun::State::Finished && window.grab().save(file);
}

template <typename IsThere>
bool waitFor(IsThere isThere, int mostMs = kMostWaitMs)
{
    QElapsedTimer timer;
    timer.start();
    while (!isThere() && timer.elapsed() < mostMs) {
        QApplication::processEvents(QEventLoop::AllEvents, 20);
    }
    return isThere();
}

/// Servers of one's own on the containers of this machine: in the midst of it, and compared at its end. Where
/// no engine answers there are no such pictures, which is no failure.
bool takeReal(MainWindow& window, const QDir& folder, const QString& suffix)
{
    using State = LabController::State;
    if (!window.openTemplate("own-servers")) {
        return false;
    }
    window.canvas().fitPage();
    LabController& lab = window.lab();
    bool hasEngine = true;
    const auto without =
        QObject::connect(&lab, &LabController::noEngine, &window, [&hasEngine] { hasEngine = false; });
    lab.look(window.document().design());
    waitFor([&] { return lab.state() != State::Looking; });
    QObject::disconnect(without);
    if (!hasEngine) {
        std::fputs("nephoscope: no container engine answers, so nothing is shown for real.\n", stderr);
        return true;
    }
    if (lab.state() != State::Asking) {
        return false;
    }
    LabWishes wishes;
    wishes.horizon = kRealLength;
    lab.agree(wishes);
    window.results().setCurrentWidget(&window.labPanel());
    const auto hasCome = [&lab](Time at) { return lab.measured() && lab.measured()->simulated >= at; };
    const auto isOver = [&lab] { return lab.state() == State::Idle; };
    if (!waitFor([&] { return hasCome(kRealLength * 3 / 4) || isOver(); }) || isOver()) {
        return false;
    }
    window.labPanel().showPage(LabPanel::LivePage);
    settle(kSettleMs);
    bool good = window.grab().save(folder.filePath("image6" + suffix + ".png"));
    good = waitFor(isOver) && lab.comparison() != nullptr && good;
    window.labPanel().showPage(LabPanel::ComparisonPage);
    settle(kSettleMs);
    return window.grab().save(folder.filePath("image7" + suffix + ".png")) && good;
}

bool takeAll(const QDir& folder, const QString& suffix)
{
    MainWindow window;
    window.resize(kSize);
    if (!window.openTemplate("starter")) {
        std::fputs("nephoscope: the starter design is missing.\n", stderr);
        return false;
    }
    window.show();
    settle(kSettleMs);
    window.resize(kSize);
    window.canvas().fitPage();
    bool good = true;
    for (const Shot& shot : shotsOf(window.document().design(), window)) {
        window.selection().set(
            shot.selected.empty() ? std::vector<std::string>{} : std::vector{shot.selected});
        window.results().setCurrentIndex(shot.tab);
        if (!playTo(window, shot.at)) {
            std::fprintf(stderr, "nephoscope: the design did not play to the moment of %s.\n", shot.name);
            good = false;
        }
        settle(kSettleMs);
        const QString file = folder.filePath(QString::fromLatin1(shot.name) + suffix + ".png");
        if (!window.grab().save(file)) {
            std::fprintf(stderr, "nephoscope: %s cannot be written.\n", qPrintable(file));
            good = false;
        }
    }
    window.run().clear();
    if (!takeMonth(window, folder.filePath("image5" + suffix + ".png"))) {
        std::fputs("nephoscope: the picture of the long run could not be taken.\n", stderr);
        good = false;
    }
    if (!takeReal(window, folder, suffix)) {
        std::fputs("nephoscope: the pictures of real containers could not be taken.\n", stderr);
        good = false;
    }
    return good;
}

}  // namespace

bool takeShots(const QString& folder, bool dark)
{
    // What the user has set must not show in the pictures, nor what the pictures need in the user's settings.
    QTemporaryDir scratch;
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, scratch.path());
    QStandardPaths::setTestModeEnabled(true);
    qputenv("XDG_STATE_HOME", scratch.path().toUtf8());  // Consent to containers, and their records.
    QDir().mkpath(folder);
    theme::apply("light");
    bool good = takeAll(QDir(folder), {});
    if (dark) {
        theme::apply("dark");
        good = takeAll(QDir(folder), "-dark") && good;
    }
    return good;
}

}  // namespace neph
