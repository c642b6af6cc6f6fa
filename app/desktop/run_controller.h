#pragma once

#include <QObject>
#include <QThread>
#include <memory>

#include "sim/base/units.h"
#include "sim/metrics/run_result.h"
#include "sim/model/design.h"

namespace neph {

/// Plays a design in a worker thread and hands out immutable results. The window never waits for the engine.
///
/// `speed` is simulated seconds per real second; kAsFast runs as fast as the engine can. All slots return at
/// once; answers come as signals in the window's thread.
class RunController final : public QObject {
    Q_OBJECT

public:
    enum class State { Idle, Playing, Paused, Finished };
    static constexpr double kAsFast = 0;

    explicit RunController(QObject* parent = nullptr);
    ~RunController() override;

    State state() const { return m_state; }
    /// The latest result, or nullptr before the first.
    std::shared_ptr<const RunResult> result() const { return m_result; }
    /// The moment that views show: the end of the latest result while following, else where the user scrubbed to.
    Time viewTime() const { return m_viewTime; }
    bool isFollowing() const { return m_following; }
    double speed() const { return m_speed; }

    /// Makes `result` the latest one, as if the worker had handed it out: views can be shown without a run.
    void showResult(std::shared_ptr<const RunResult> result);

public slots:
    void play(const neph::Design& design);  ///< Starts, or goes on where it paused.
    void pause();
    void stop();                            ///< Ends the run; the result stays.
    void stepEvent();
    void stepToNextChange();
    void setSpeed(double simulatedPerSecond);
    void inject(const neph::FaultSpec& fault);
    void setViewTime(neph::Time at);        ///< Scrubs back; the run itself goes on.
    void follow();                          ///< Views show the present again.

signals:
    void stateChanged();
    void resultChanged();                   ///< `result()` is new; at most ten times a second.
    void viewTimeChanged();
    void failed(const QString& reason);     ///< The design cannot run, or a fault could not be injected.

private:
    class Worker;
    QThread m_thread;
    Worker* m_worker = nullptr;             ///< Lives in m_thread; deleted when it finishes.
    State m_state = State::Idle;
    std::shared_ptr<const RunResult> m_result;
    Time m_viewTime{0};
    bool m_following = true;
    double m_speed = 1;
};

}  // namespace neph
