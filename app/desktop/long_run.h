#pragma once

#include <QObject>
#include <QThreadPool>
#include <functional>
#include <memory>
#include <stop_token>

#include "app/desktop/long_run_figures.h"
#include "sim/cost/bill.h"
#include "sim/metrics/run_result.h"
#include "sim/model/design.h"
#include "sim/run.h"

namespace neph {

/// What a long run has come to so far.
struct LongRunAnswer {
    std::shared_ptr<const RunResult> result;
    Bill bill;
    bool isPreview = false;  ///< By formula, in a second; the error is not known yet.
};

/// A part of it that was run request by request.
struct LongRunPart {
    int hour = 0;
    PartChoice choice;
    std::shared_ptr<const RunResult> result;  ///< A run of its own, from zero; nullptr while it is under way.
};

/// Runs a design over days and weeks in a worker thread: first a preview by formula, then the answer with its
/// error; and parts of it request by request. The window never waits for it.
///
/// All slots return at once; answers come as signals in the window's thread.
class LongRun final : public QObject {
    Q_OBJECT

public:
    enum class State { Idle, Previewing, Sampling, Finished };

    /// Where a part has at most so many requests, it takes about a second.
    static constexpr double kMostPartRequests = 2e6;

    explicit LongRun(QObject* parent = nullptr);
    ~LongRun() override;

    State state() const { return m_state; }
    bool isRunning() const { return m_state == State::Previewing || m_state == State::Sampling; }
    /// Whether it was stopped before it knew what it was asked for.
    bool wasStopped() const { return m_wasStopped; }
    /// How it was asked for the last time; before that, what is proposed: 30 days to 3 %.
    const RunOptions& options() const { return m_options; }
    void propose(const RunOptions& options) { m_options = options; }
    /// How far what is under way has come; zero before the first step.
    const RunProgress& progress() const { return m_progress; }
    /// nullptr before the first.
    std::shared_ptr<const LongRunAnswer> answer() const { return m_answer; }
    /// The design it is of.
    const Design& design() const { return m_design; }
    /// Whether the answer is of another drawing. Places and notes do not matter.
    bool isOutdatedFor(const Design& design) const;

    /// The part that is open, or on its way; nullptr: none.
    const LongRunPart* part() const { return m_part.get(); }
    const RunProgress& partProgress() const { return m_partProgress; }

public slots:
    /// Starts anew; what was under way ends.
    void start(const neph::Design& design, const neph::RunOptions& options);
    void stop();   ///< Answers with what is known so far, and its larger error.
    void clear();  ///< Ends everything and forgets it: another design is open.
    /// Runs a part of that hour of the answer; nothing happens while there is no answer.
    void openHour(int hour);
    void closePart();  ///< Also ends it while it is under way.

signals:
    void changed();     ///< State or answer.
    void progressed();  ///< At most ten times a second.
    void partChanged();
    void partProgressed();
    void failed(const QString& reason);

private:
    void post(quint64 run, std::function<void()> act);
    std::function<void(const RunProgress&)> reporter(quint64 run, bool isPart);
    void takeAnswer(std::shared_ptr<const LongRunAnswer> answer);
    void takePart(std::shared_ptr<const RunResult> result);
    void endPart();

    RunOptions m_options;
    Design m_design;
    Design m_started;  ///< What of it matters to a run.
    State m_state = State::Idle;
    bool m_wasStopped = false;
    std::shared_ptr<const LongRunAnswer> m_answer;
    RunProgress m_progress;
    std::unique_ptr<LongRunPart> m_part;
    RunProgress m_partProgress;
    quint64 m_run = 0;      ///< Number of the run; what earlier ones post is dropped.
    quint64 m_partRun = 0;  ///< The same of the part; no part has the number of a run.
    std::stop_source m_stop;
    std::stop_source m_partStop;
    QThreadPool m_pool;      ///< One thread; ends before what it posts to.
    QThreadPool m_partPool;  ///< Another one: an hour can be opened while the rest is being sampled.
};

}  // namespace neph
