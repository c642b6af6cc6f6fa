#include "app/desktop/local/lab_controller.h"

#include <QElapsedTimer>
#include <QMetaObject>
#include <chrono>
#include <utility>

#include "sim/local/consent.h"
#include "sim/local/state_folder.h"

namespace neph {

namespace {

constexpr std::chrono::milliseconds kRealSlice{200};
constexpr qint64 kLookEveryMs = 400;
constexpr std::size_t kLogBytes = 64 << 10;

QDateTime agreedAt(const std::string& state, const LabPlan& plan, const std::string& planDigest)
{
    for (const PairFile::Pair& pair : Consents(state).all()) {
        if (pair.first == plan.designDigest && pair.second == planDigest) {
            return QDateTime::fromSecsSinceEpoch(pair.when);
        }
    }
    return {};
}

LabOffer offerOf(const Lab& lab)
{
    LabOffer offer;
    offer.plan = lab.plan();
    offer.planDigest = digestOf(lab.plan());
    offer.engine = lab.found().info;
    offer.engineNote = lab.found().note;
    offer.socket = lab.found().socket;
    offer.runtime = lab.found().runtime;
    offer.swept = lab.swept();
    const RecipePlaces places = labPlaces();
    for (const PlannedContainers& each : offer.plan.containers) {
        const Result<Recipe> recipe =
            each.recipe.empty() ? Error{ErrorCode::NotFound, "", ""} : readRecipe(each.recipe, places);
        if (recipe && !recipe->volumes.empty()) {
            offer.volumes[each.recipe] = recipe->volumes.front();
        }
    }
    if (const Result<std::string> state = stateFolder()) {
        offer.agreed = agreedAt(*state, offer.plan, offer.planDigest);
    }
    return offer;
}

}  // namespace

/// Holds the lab and does one thing after the other with it. Lives in the worker thread, which must not end
/// before the lab does: an engine that was started from it would end as well.
class LabController::Worker final : public QObject {
public:
    explicit Worker(LabController& owner) : m_owner(owner) {}

    void open(quint64 number, const Design& design, const EngineWishes& engine);
    void forget() { m_lab.reset(); }
    void go(const LabWishes& wishes, std::stop_token stop);

private:
    template <typename What>
    void tell(What what)
    {
        LabController* owner = &m_owner;
        QMetaObject::invokeMethod(owner, [owner, what = std::move(what)] { what(*owner); });
    }
    ComparisonOptions optionsOf(const LabWishes& wishes, std::stop_token stop);
    bool foresee(const LabWishes& wishes, ComparisonOptions& options);
    bool setUp(const std::stop_token& stop);
    void compare(const ComparisonOptions& options);
    void run(const LocalRun::Options& options, const std::stop_token& stop);
    void tellMeasured(RunResult measured);
    void end(const QString& reason);

    LabController& m_owner;
    std::unique_ptr<Lab> m_lab;
    QElapsedTimer m_sinceTold;
};

void LabController::Worker::open(quint64 number, const Design& design, const EngineWishes& engine)
{
    m_lab.reset();
    Lab::Options options;
    options.engine = engine;
    Result<std::unique_ptr<Lab>> lab = Lab::open(design, options);
    if (!lab) {
        const bool hasNoEngine = lab.error().code == ErrorCode::CannotRead;
        tell([number, hasNoEngine, why = QString::fromStdString(lab.error().what)](LabController& owner) {
            if (owner.m_number != number || owner.m_state != State::Looking) {
                return;
            }
            owner.setState(State::Idle);
            if (hasNoEngine) {
                emit owner.noEngine(why);
            } else {
                emit owner.failed(why);
            }
        });
        return;
    }
    m_lab = std::move(*lab);
    tell([number, offer = offerOf(*m_lab)](LabController& owner) {
        if (owner.m_number == number && owner.m_state == State::Looking) {
            owner.m_offer = offer;
            owner.setState(State::Asking);
            emit owner.offered();
        }
    });
}

ComparisonOptions LabController::Worker::optionsOf(const LabWishes& wishes, std::stop_token stop)
{
    ComparisonOptions options;
    options.run.seed = wishes.seed;
    options.run.horizon = wishes.horizon;
    options.run.withLoad = wishes.withLoad;
    options.run.loadCore = m_lab->found().info.cores >= 2 ? 0 : -1;
    if (wishes.horizon == kNever) {
        options.run.horizon = std::chrono::hours(24 * 30);
    }
    options.stop = std::move(stop);
    return options;
}

/// The simulation goes first: who asks for a comparison that cannot be learns it before anything is started.
bool LabController::Worker::foresee(const LabWishes& wishes, ComparisonOptions& options)
{
    if (!wishes.compare) {
        return true;
    }
    tell([](LabController& owner) {
        owner.m_progress = {tr("simulating it first").toStdString(), 0};
        emit owner.progressed();
    });
    Result<Prediction> prediction = predict(*m_lab, options);
    if (!prediction) {
        end(options.stop.stop_requested()
                ? QString()
                : tr("In that time the simulation does not come to a steady state that could be compared. "
                     "Run it longer, or without the comparison."));
        return false;
    }
    options.warmUp = prediction->from;
    tell([from = prediction->from, simulated = std::make_shared<const RunResult>(
                                       std::move(prediction->simulated))](LabController& owner) {
        owner.m_simulated = simulated;
        owner.m_comparedFrom = from;
    });
    return true;
}

bool LabController::Worker::setUp(const std::stop_token& stop)
{
    const Result<Done> ready = m_lab->setUp(
        [this](const LabStand::Progress& progress) {
            tell([progress](LabController& owner) {
                owner.m_progress = progress;
                emit owner.progressed();
            });
        },
        stop);
    if (!ready) {
        end(stop.stop_requested() ? QString() : QString::fromStdString(ready.error().what));
        return false;
    }
    tell([endpoints = m_lab->stand().endpoints(), session = m_lab->session().id,
          times = m_lab->stand().startTimes()](LabController& owner) {
        owner.m_endpoints = endpoints;
        owner.m_session = session;
        owner.m_startTimes = times;
        if (owner.m_state == State::SettingUp) {
            owner.setState(State::Running);
        }
    });
    return true;
}

void LabController::Worker::go(const LabWishes& wishes, std::stop_token stop)
{
    if (!m_lab) {
        end(tr("Nothing was looked at."));
        return;
    }
    if (const Result<std::string> state = stateFolder()) {
        // Where it cannot be written down the question comes again.
        (void)Consents(*state).give(m_lab->plan().designDigest, digestOf(m_lab->plan()));
    }
    m_lab->choose(wishes.seed, wishes.withoutLimits);
    ComparisonOptions options = optionsOf(wishes, stop);
    Result<Calibration> calibration = wishes.compare ? calibrationOfThisMachine() : Calibration();
    if (!calibration) {
        end(QString::fromStdString(calibration.error().what));
        return;
    }
    options.calibration = std::move(*calibration);
    if (!foresee(wishes, options) || !setUp(stop)) {
        return;
    }
    m_sinceTold.start();
    m_lab->tellStatus(wishes.compare ? "comparing" : "running");
    if (wishes.compare) {
        compare(options);
    } else {
        run(options.run, stop);
    }
}

void LabController::Worker::compare(const ComparisonOptions& options)
{
    ComparisonOptions how = options;
    how.look = [this](RunResult measured) {
        if (m_sinceTold.elapsed() >= kLookEveryMs) {
            tellMeasured(std::move(measured));
        }
    };
    Result<Comparison> comparison = compareLab(*m_lab, how);
    if (comparison) {
        tellMeasured(comparison->measured);
        tell([comparison = std::make_shared<const Comparison>(std::move(*comparison))](LabController& owner) {
            owner.m_comparison = comparison;
        });
    }
    // Who stops it before there is anything to compare need not be told so.
    const bool isSilent = comparison || options.stop.stop_requested();
    end(isSilent ? QString() : QString::fromStdString(comparison.error().what));
}

void LabController::Worker::run(const LocalRun::Options& options, const std::stop_token& stop)
{
    {
        Result<std::unique_ptr<LocalRun>> run = m_lab->run(options);
        if (!run) {
            end(QString::fromStdString(run.error().what));
            return;
        }
        LocalRun& real = **run;
        while (!real.isFinished() && !stop.stop_requested()) {
            real.advance(real.horizon(), kRealSlice, stop);
            m_lab->stayAlive();
            if (m_sinceTold.elapsed() >= kLookEveryMs) {
                tellMeasured(real.result());
            }
        }
        tellMeasured(real.result());
    }
    end({});
}

void LabController::Worker::tellMeasured(RunResult measured)
{
    m_sinceTold.start();
    tell([times = m_lab->stand().startTimes(),
          measured = std::make_shared<const RunResult>(std::move(measured))](LabController& owner) {
        owner.m_measured = measured;
        owner.m_startTimes = times;
        emit owner.measuredChanged();
    });
}

/// The way out of every run, however it went.
void LabController::Worker::end(const QString& reason)
{
    tell([](LabController& owner) { owner.setState(State::CleaningUp); });
    QString report;
    if (m_lab) {
        const bool isUp = m_lab->isUp();
        if (isUp) {
            m_lab->tellStatus("stopping");
            (void)m_lab->close();
        }
        const CleanUpReport& cleaned = m_lab->cleaned();
        report = cleaned.removed.empty() && cleaned.isClean() ? tr("Nothing had been made.")
                                                              : QString::fromStdString(cleaned.text());
        m_lab.reset();
    }
    tell([reason, report](LabController& owner) {
        owner.m_report = report;
        owner.m_endpoints.clear();
        owner.setState(State::Idle);
        if (!reason.isEmpty()) {
            emit owner.failed(reason);
        }
        emit owner.ended();
    });
}

LabController::LabController(QObject* parent)
    : QObject(parent), m_worker(new Worker(*this)), m_asker(new QObject)
{
    m_worker->moveToThread(&m_thread);
    m_asker->moveToThread(&m_askThread);
    connect(&m_thread, &QThread::finished, m_worker, &QObject::deleteLater);
    connect(&m_askThread, &QThread::finished, m_asker, &QObject::deleteLater);
    m_thread.setObjectName("lab");
    m_askThread.setObjectName("lab logs");
    m_thread.start();
    m_askThread.start();
}

LabController::~LabController()
{
    // What is up is cleaned up before the thread ends: `end()` is the way out of each run.
    m_stop.request_stop();
    m_askThread.quit();
    m_thread.quit();
    m_askThread.wait();
    m_thread.wait();
}

void LabController::setState(State state)
{
    if (m_state != state) {
        m_state = state;
        emit stateChanged();
    }
}

void LabController::look(const Design& design)
{
    if (isUp()) {
        return;
    }
    m_design = design;
    m_offer = {};
    ++m_number;
    Worker* worker = m_worker;
    QMetaObject::invokeMethod(worker, [worker, number = m_number, design, engine = m_engineWishes] {
        worker->open(number, design, engine);
    });
    setState(State::Looking);
}

void LabController::forget()
{
    if (isUp()) {
        return;
    }
    ++m_number;
    Worker* worker = m_worker;
    QMetaObject::invokeMethod(worker, [worker] { worker->forget(); });
    setState(State::Idle);
}

void LabController::agree(const LabWishes& wishes)
{
    if (m_state != State::Asking) {
        return;
    }
    m_wishes = wishes;
    m_wishes.compare = wishes.compare && wishes.withLoad && wishes.horizon != kNever;
    m_progress = {};
    m_session.clear();
    m_endpoints.clear();
    m_startTimes.clear();
    m_measured.reset();
    m_simulated.reset();
    m_comparison.reset();
    m_comparedFrom = Time(0);
    m_report.clear();
    m_stop = std::stop_source();
    Worker* worker = m_worker;
    QMetaObject::invokeMethod(
        worker, [worker, wishes = m_wishes, stop = m_stop.get_token()] { worker->go(wishes, stop); });
    setState(State::SettingUp);
    emit measuredChanged();
}

void LabController::stop()
{
    if (m_state == State::SettingUp || m_state == State::Running) {
        m_stop.request_stop();
        setState(State::CleaningUp);
    }
}

void LabController::askForContainers()
{
    if (m_session.empty()) {
        return;
    }
    QMetaObject::invokeMethod(
        m_asker, [this, socket = m_offer.socket, runtime = m_offer.runtime, session = m_session] {
            ContainerEngine engine(socket, runtime);
            const auto found = engine.labelled(Thing::Container, std::string(kSessionLabel) + '=' + session);
            QList<QPair<QString, QString>> list;
            for (const LabelledThing& each : found ? *found : std::vector<LabelledThing>()) {
                list.append({QString::fromStdString(each.id), QString::fromStdString(each.name)});
            }
            QMetaObject::invokeMethod(this, [this, list] { emit containersListed(list); });
        });
}

void LabController::askForLog(const QString& container)
{
    QMetaObject::invokeMethod(m_asker, [this, socket = m_offer.socket, runtime = m_offer.runtime, container] {
        ContainerEngine engine(socket, runtime);
        const Result<std::string> text = engine.logs(container.toStdString(), kLogBytes);
        const QString said = QString::fromStdString(text ? *text : text.error().what);
        QMetaObject::invokeMethod(this, [this, container, said] { emit logRead(container, said); });
    });
}

}  // namespace neph
