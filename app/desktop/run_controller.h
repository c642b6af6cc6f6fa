#pragma once

#include <QObject>
#include <QThread>
#include <functional>
#include <memory>
#include <stop_token>

#include "sim/base/result.h"
#include "sim/base/units.h"
#include "sim/metrics/run_result.h"
#include "sim/model/design.h"
#include "sim/run.h"

namespace neph {

/// The design without what does not matter to a run: places, notes, names of the drawing.
Design planOf(Design design);

/// Makes the calling thread of the engine make way for the window where all processors are busy.
void yieldToTheWindow();

/// Plays a design in a worker thread and hands out immutable results. The window never waits for the engine.
///
/// `speed` is simulated seconds per real second; kAsFast runs as fast as the engine can. All slots return at
/// once; answers come as signals in the window's thread.
class RunController final : public QObject {
    Q_OBJECT

public:
    enum class State { Idle, Playing, Paused, Finished };
    static constexpr double kAsFast = 0;

    /// Makes the run that is played; tests put in a run of their own.
    using Starter = std::function<Result<std::unique_ptr<LiveRun>>(const Design&, const RunOptions&)>;

    explicit RunController(QObject* parent = nullptr);
    explicit RunController(Starter starter, QObject* parent = nullptr);
    ~RunController() override;

    State state() const { return m_state; }
    /// The latest result, or nullptr before the first.
    std::shared_ptr<const RunResult> result() const { return m_result; }
    /// The moment that views show: the end of the latest result while following, else where the user scrubbed
    /// to.
    Time viewTime() const { return m_viewTime; }
    bool isFollowing() const { return m_following; }
    double speed() const { return m_speed; }
    /// Events handled per real second, over the last moments of play; zero while nothing runs.
    double eventsPerSecond() const { return m_eventsPerSecond; }
    /// Whether the run under way (or paused) is of another drawing than `design`. Places and notes do not
    /// matter.
    bool isOutdatedFor(const Design& design) const;

    /// Makes `result` the latest one, as if the worker had handed it out: views can be shown without a run.
    void showResult(std::shared_ptr<const RunResult> result);

public slots:
    /// Starts, or goes on where it paused; starts anew if the drawing has changed since.
    void play(const neph::Design& design);
    /// The same as fast as possible, and pauses at that moment (or at the end, if that comes first).
    void playUntil(const neph::Design& design, neph::Time until);
    void pause();
    void stop();   ///< Ends the run; the result stays.
    void clear();  ///< Ends the run and forgets its result: another design is open.
    void stepEvent();
    void stepToNextChange();
    void setSpeed(double simulatedPerSecond);
    void inject(const neph::FaultSpec& fault);
    void setViewTime(neph::Time at);  ///< Scrubs back; the run itself goes on.
    void follow();                    ///< Views show the present again.

signals:
    void stateChanged();
    void resultChanged();  ///< `result()` is new; at most ten times a second.
    void viewTimeChanged();
    void speedChanged();
    void failed(const QString& reason);  ///< The design cannot run, or a fault could not be injected.

private:
    class SpentResults;
    class Worker;

    enum class Progress { Going, Arrived, Finished };

    void setState(State state);
    void begin(const Design& design, double speed, Time until);
    void interruptWorker();
    void takeResult(quint64 run, std::shared_ptr<const RunResult> result, Progress progress);
    void takeFailure(quint64 run, const QString& reason, bool ended);

    QThread m_thread;
    Worker* m_worker = nullptr;  ///< Lives in m_thread; deleted when it finishes.
    std::stop_source m_stop;     ///< Of the advance or step under way.
    quint64 m_run = 0;           ///< Number of the run; answers of earlier runs are dropped.
    State m_state = State::Idle;
    Design m_started;  ///< The drawing that is being played.
    std::shared_ptr<const RunResult> m_result;
    Time m_viewTime{0};
    bool m_following = true;
    double m_speed = 1;
    double m_eventsPerSecond = 0;
};

}  // namespace neph
