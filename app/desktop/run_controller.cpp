#include "app/desktop/run_controller.h"

#include <QElapsedTimer>
#include <QMetaObject>
#include <QTimer>
#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>
#include <vector>

#ifdef Q_OS_LINUX
#include <sys/resource.h>
#include <unistd.h>
#endif

namespace neph {

namespace {

// Short enough that a click on Pause is obeyed at once, long enough that the slices cost nothing.
constexpr std::chrono::milliseconds kSlice{15};
constexpr int kTickMs = 16;
constexpr qint64 kResultEveryMs = 100;

}  // namespace

Design planOf(Design design)
{
    for (Node& node : design.nodes) {
        node.position = {};
        node.size = {};
    }
    design.notes.clear();
    design.name.clear();
    design.description.clear();
    return design;
}

void yieldToTheWindow()
{
#ifdef Q_OS_LINUX
    // On Linux a priority belongs to a thread, and Qt does not set it for ordinary scheduling.
    constexpr int kNiceness = 5;
    setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNiceness);
#endif
}

/// Results that no view holds any more, until the worker has time to take them apart: one with a long log and
/// many series would keep the window from a click for longer than a frame.
class RunController::SpentResults {
public:
    void add(std::unique_ptr<const RunResult> result)
    {
        const std::lock_guard lock(m_mutex);
        m_results.push_back(std::move(result));
    }
    void clear()
    {
        std::vector<std::unique_ptr<const RunResult>> gone;  // Freed after the lock is given back.
        const std::lock_guard lock(m_mutex);
        gone.swap(m_results);
    }

private:
    std::mutex m_mutex;
    std::vector<std::unique_ptr<const RunResult>> m_results;
};

/// Owns the run and advances it in slices between which it takes orders. Lives in the worker thread.
class RunController::Worker final : public QObject {
public:
    Worker(RunController& owner, Starter starter)
        : m_owner(owner), m_starter(std::move(starter)), m_timer(this)
    {
        m_timer.setSingleShot(true);
        m_timer.setTimerType(Qt::PreciseTimer);
        QObject::connect(&m_timer, &QTimer::timeout, this, [this] { tick(); });
    }

    void start(quint64 number, const Design& design);
    void play(double speed, Time until, std::stop_token stop);
    void pause();
    void end();
    void step(bool toNextChange, std::stop_token stop);
    void setSpeed(double speed);
    void inject(const FaultSpec& fault);

    /// Set by the window when it has taken the last result, so that a busy window is not flooded.
    std::atomic<bool> taken = true;

private:
    void tick();
    void anchor();
    Time target() const;
    void post(Progress progress);
    void fail(const QString& reason, bool ended);

    RunController& m_owner;
    Starter m_starter;
    QTimer m_timer;
    std::unique_ptr<LiveRun> m_live;
    std::stop_token m_stop;
    quint64 m_number = 0;
    double m_speed = 1;
    Time m_until = kNever;
    QElapsedTimer m_sinceAnchor;
    Time m_anchor{0};
    QElapsedTimer m_sincePost;
    std::shared_ptr<SpentResults> m_spent = std::make_shared<SpentResults>();
};

void RunController::Worker::start(quint64 number, const Design& design)
{
    m_timer.stop();
    m_live.reset();
    m_number = number;
    Result<std::unique_ptr<LiveRun>> live = m_starter(design, RunOptions{});
    if (!live) {
        fail(QString::fromStdString(live.error().what), true);
        return;
    }
    m_live = std::move(*live);
    post(Progress::Going);
}

void RunController::Worker::play(double speed, Time until, std::stop_token stop)
{
    m_speed = speed;
    m_until = until;
    m_stop = std::move(stop);
    anchor();
    if (m_live) {
        m_timer.start(0);
    }
}

void RunController::Worker::pause()
{
    m_timer.stop();
    if (m_live) {
        post(Progress::Going);
    }
}

void RunController::Worker::end()
{
    m_timer.stop();
    if (m_live) {
        post(Progress::Going);
        m_live.reset();
    }
}

void RunController::Worker::step(bool toNextChange, std::stop_token stop)
{
    m_timer.stop();
    if (!m_live) {
        return;
    }
    if (toNextChange) {
        m_live->stepToNextChange(std::move(stop));
    } else {
        m_live->stepEvent();
    }
    post(m_live->isFinished() ? Progress::Finished : Progress::Going);
}

void RunController::Worker::setSpeed(double speed)
{
    m_speed = speed;
    anchor();
}

void RunController::Worker::inject(const FaultSpec& fault)
{
    if (!m_live) {
        fail(QObject::tr("Nothing is running. Press Play first."), false);
        return;
    }
    Result<Done> done = m_live->inject(fault);
    if (!done) {
        fail(QString::fromStdString(done.error().what), false);
        return;
    }
    post(Progress::Going);
}

void RunController::Worker::anchor()
{
    m_sinceAnchor.start();
    m_anchor = m_live ? m_live->now() : Time{0};
}

Time RunController::Worker::target() const
{
    const Time last = std::min(m_live->horizon(), m_until);
    if (m_speed == kAsFast) {
        return last;
    }
    const double ahead = static_cast<double>(m_sinceAnchor.nsecsElapsed()) / 1e9 * m_speed;
    return std::min(last, m_anchor + fromSeconds(ahead));
}

void RunController::Worker::tick()
{
    if (!m_live || m_stop.stop_requested()) {
        return;
    }
    const Time until = target();
    m_live->advance(until, kSlice, m_stop);
    const bool late = m_live->now() < until;
    if (late) {
        // The machine cannot keep the speed that was asked for: no debt is run up.
        anchor();
    }
    if (m_live->isFinished()) {
        post(Progress::Finished);
        return;
    }
    if (m_live->now() >= m_until) {
        post(Progress::Arrived);
        return;
    }
    if (m_sincePost.elapsed() >= kResultEveryMs && taken) {
        post(Progress::Going);
    }
    m_timer.start(late || m_speed == kAsFast ? 0 : kTickMs);
}

void RunController::Worker::post(Progress progress)
{
    m_spent->clear();
    const std::shared_ptr<const RunResult> result(
        new RunResult(m_live->result()),
        [spent = m_spent](const RunResult* gone) { spent->add(std::unique_ptr<const RunResult>(gone)); });
    m_sincePost.start();
    taken = false;
    RunController* owner = &m_owner;
    QMetaObject::invokeMethod(
        owner, [owner, number = m_number, result, progress] { owner->takeResult(number, result, progress); },
        Qt::QueuedConnection);
}

void RunController::Worker::fail(const QString& reason, bool ended)
{
    RunController* owner = &m_owner;
    QMetaObject::invokeMethod(
        owner, [owner, number = m_number, reason, ended] { owner->takeFailure(number, reason, ended); },
        Qt::QueuedConnection);
}

RunController::RunController(QObject* parent) : RunController(&LiveRun::start, parent) {}

RunController::RunController(Starter starter, QObject* parent)
    : QObject(parent), m_worker(new Worker(*this, std::move(starter)))
{
    m_worker->moveToThread(&m_thread);
    connect(&m_thread, &QThread::finished, m_worker, &QObject::deleteLater);
    m_thread.setObjectName("engine");
    m_thread.start(QThread::LowPriority);
    QMetaObject::invokeMethod(m_worker, [] { yieldToTheWindow(); });
}

RunController::~RunController()
{
    m_stop.request_stop();
    m_thread.quit();
    m_thread.wait();
}

bool RunController::isOutdatedFor(const Design& design) const
{
    const bool live = m_state == State::Playing || m_state == State::Paused;
    return live && !(m_started == planOf(design));
}

void RunController::interruptWorker()
{
    m_stop.request_stop();
    m_stop = std::stop_source();
}

void RunController::setState(State state)
{
    if (state != State::Playing) {
        m_eventsPerSecond = 0;
    }
    if (m_state != state) {
        m_state = state;
        emit stateChanged();
    }
}

void RunController::play(const Design& design)
{
    begin(design, m_speed, kNever);
}

void RunController::playUntil(const Design& design, Time until)
{
    begin(design, kAsFast, until);
}

void RunController::begin(const Design& design, double speed, Time until)
{
    const bool fresh = m_state == State::Idle || m_state == State::Finished || isOutdatedFor(design);
    if (!fresh && m_state == State::Playing && until == kNever) {
        return;
    }
    interruptWorker();
    if (fresh) {
        ++m_run;
        m_started = planOf(design);
        m_result.reset();
        m_following = true;
        m_viewTime = Time{0};
        Worker* worker = m_worker;
        QMetaObject::invokeMethod(
            worker, [worker, number = m_run, design] { worker->start(number, design); });
        emit resultChanged();
        emit viewTimeChanged();
    }
    Worker* worker = m_worker;
    QMetaObject::invokeMethod(
        worker, [worker, speed, until, stop = m_stop.get_token()] { worker->play(speed, until, stop); });
    setState(State::Playing);
}

void RunController::pause()
{
    if (m_state != State::Playing) {
        return;
    }
    interruptWorker();
    Worker* worker = m_worker;
    QMetaObject::invokeMethod(worker, [worker] { worker->pause(); });
    setState(State::Paused);
}

void RunController::stop()
{
    interruptWorker();
    Worker* worker = m_worker;
    QMetaObject::invokeMethod(worker, [worker] { worker->end(); });
    setState(State::Idle);
}

void RunController::clear()
{
    stop();
    ++m_run;
    m_result.reset();
    m_viewTime = Time{0};
    m_following = true;
    emit resultChanged();
    emit viewTimeChanged();
}

void RunController::stepEvent()
{
    if (m_state != State::Playing && m_state != State::Paused) {
        return;
    }
    interruptWorker();
    Worker* worker = m_worker;
    QMetaObject::invokeMethod(worker, [worker, stop = m_stop.get_token()] { worker->step(false, stop); });
    setState(State::Paused);
}

void RunController::stepToNextChange()
{
    if (m_state != State::Playing && m_state != State::Paused) {
        return;
    }
    interruptWorker();
    Worker* worker = m_worker;
    QMetaObject::invokeMethod(worker, [worker, stop = m_stop.get_token()] { worker->step(true, stop); });
    setState(State::Paused);
}

void RunController::setSpeed(double simulatedPerSecond)
{
    if (m_speed == simulatedPerSecond) {
        return;
    }
    m_speed = simulatedPerSecond;
    Worker* worker = m_worker;
    QMetaObject::invokeMethod(worker, [worker, simulatedPerSecond] { worker->setSpeed(simulatedPerSecond); });
    emit speedChanged();
}

void RunController::inject(const FaultSpec& fault)
{
    Worker* worker = m_worker;
    QMetaObject::invokeMethod(worker, [worker, fault] { worker->inject(fault); });
}

void RunController::setViewTime(Time at)
{
    const Time end = m_result ? m_result->simulated : Time{0};
    m_viewTime = std::clamp(at, Time{0}, end);
    m_following = false;
    emit viewTimeChanged();
}

void RunController::follow()
{
    m_following = true;
    m_viewTime = m_result ? m_result->simulated : Time{0};
    emit viewTimeChanged();
}

void RunController::showResult(std::shared_ptr<const RunResult> result)
{
    m_result = std::move(result);
    if (m_following) {
        m_viewTime = m_result ? m_result->simulated : Time{0};
    }
    emit resultChanged();
    if (m_following) {
        emit viewTimeChanged();
    }
}

void RunController::takeResult(quint64 run, std::shared_ptr<const RunResult> result, Progress progress)
{
    m_worker->taken = true;
    if (run != m_run) {
        return;
    }
    if (m_result && m_state == State::Playing) {
        const double wall = result->wallSeconds - m_result->wallSeconds;
        const double events =
            static_cast<double>(result->events - std::min(result->events, m_result->events));
        if (wall > 0) {
            m_eventsPerSecond = events / wall;
        }
    }
    m_result = std::move(result);
    if (m_following) {
        m_viewTime = m_result->simulated;
    }
    emit resultChanged();
    if (m_following) {
        emit viewTimeChanged();
    }
    if (progress == Progress::Finished && m_state != State::Idle) {
        setState(State::Finished);
    } else if (progress == Progress::Arrived && m_state == State::Playing) {
        setState(State::Paused);
    }
}

void RunController::takeFailure(quint64 run, const QString& reason, bool ended)
{
    if (run != m_run && ended) {
        return;
    }
    if (ended) {
        setState(State::Idle);
    }
    emit failed(reason);
}

}  // namespace neph
