#include "app/desktop/long_run.h"

#include <QMetaObject>
#include <chrono>
#include <utility>

#include "app/desktop/run_controller.h"

namespace neph {

namespace {

constexpr std::chrono::milliseconds kReportEvery{100};
constexpr Duration kProposedHorizon = 30 * 24h;

std::shared_ptr<const LongRunAnswer> answerOf(RunResult result, bool isPreview)
{
    auto answer = std::make_shared<LongRunAnswer>();
    answer->bill = billOf(result);
    answer->isPreview = isPreview;
    answer->result = std::make_shared<const RunResult>(std::move(result));
    return answer;
}

QString firstErrorOf(const RunResult& result)
{
    for (const Diagnostic& diagnostic : result.diagnostics) {
        if (diagnostic.severity == Severity::Error) {
            return QString::fromStdString(diagnostic.what);
        }
    }
    return {};
}

}  // namespace

LongRun::LongRun(QObject* parent) : QObject(parent)
{
    m_options.horizon = kProposedHorizon;
    m_pool.setMaxThreadCount(1);
    m_partPool.setMaxThreadCount(1);
}

LongRun::~LongRun()
{
    m_stop.request_stop();
    m_partStop.request_stop();
    m_pool.waitForDone();
    m_partPool.waitForDone();
}

bool LongRun::isOutdatedFor(const Design& design) const
{
    return m_state != State::Idle && !(m_started == planOf(design));
}

/// Back to the window's thread, unless another run has begun by then.
void LongRun::post(quint64 run, std::function<void()> act)
{
    QMetaObject::invokeMethod(
        this,
        [this, run, act = std::move(act)] {
            if (run == m_run || run == m_partRun) {
                act();
            }
        },
        Qt::QueuedConnection);
}

/// The engine calls it one call at a time, whatever thread it comes from.
std::function<void(const RunProgress&)> LongRun::reporter(quint64 run, bool isPart)
{
    using Clock = std::chrono::steady_clock;
    auto last = std::make_shared<Clock::time_point>();
    return [this, run, isPart, last](const RunProgress& now) {
        if (Clock::now() - *last < kReportEvery) {
            return;
        }
        *last = Clock::now();
        post(run, [this, isPart, now] {
            (isPart ? m_partProgress : m_progress) = now;
            isPart ? emit partProgressed() : emit progressed();
        });
    };
}

void LongRun::start(const Design& design, const RunOptions& options)
{
    m_stop.request_stop();
    m_stop = std::stop_source();
    endPart();
    m_run = ++m_partRun;
    m_options = options;
    m_design = design;
    m_started = planOf(design);
    m_answer.reset();
    m_progress = {};
    m_wasStopped = false;
    m_state = State::Previewing;
    m_pool.start([this, run = m_run, design, options, stop = m_stop.get_token()] {
        yieldToTheWindow();
        RunOptions asFlows = options;
        asFlows.engine = EngineChoice::Flows;
        RunResult preview = neph::run(design, asFlows, stop, reporter(run, false));
        if (const QString error = firstErrorOf(preview); !error.isEmpty()) {
            post(run, [this, error] {
                m_state = State::Idle;
                emit changed();
                emit failed(error);
            });
            return;
        }
        post(run, [this, answer = answerOf(std::move(preview), true)] { takeAnswer(answer); });
        if (stop.stop_requested()) {
            return;
        }
        RunOptions sampled = options;
        sampled.engine = EngineChoice::Auto;
        RunResult result = neph::run(design, sampled, stop, reporter(run, false));
        post(run, [this, answer = answerOf(std::move(result), false)] { takeAnswer(answer); });
    });
    emit partChanged();
    emit changed();
}

void LongRun::takeAnswer(std::shared_ptr<const LongRunAnswer> answer)
{
    const bool isPartial = !answer->result->stoppedBy.empty();
    m_wasStopped = m_wasStopped || isPartial;
    // A run that was stopped before it had seen as much as the preview says less than that.
    const bool saysLess = isPartial && m_answer && answer->result->simulated < m_answer->result->simulated;
    if (!saysLess) {
        m_answer = std::move(answer);
    }
    m_progress = {};
    m_state = m_answer->isPreview && !m_wasStopped ? State::Sampling : State::Finished;
    emit changed();
}

void LongRun::stop()
{
    if (isRunning()) {
        m_wasStopped = true;
        m_stop.request_stop();
    }
}

void LongRun::clear()
{
    m_stop.request_stop();
    endPart();
    m_run = ++m_partRun;
    m_answer.reset();
    m_progress = {};
    m_wasStopped = false;
    m_state = State::Idle;
    emit partChanged();
    emit changed();
}

void LongRun::openHour(int hour)
{
    if (!m_answer || hour < 0 || hour >= hoursOf(*m_answer->result)) {
        return;
    }
    endPart();
    m_partStop = std::stop_source();
    m_part = std::make_unique<LongRunPart>();
    m_part->hour = hour;
    m_part->choice = choosePart(*m_answer->result, hour, kMostPartRequests);
    m_partPool.start([this, run = m_partRun, design = m_design, options = m_options, choice = m_part->choice,
                      stop = m_partStop.get_token()] {
        yieldToTheWindow();
        RunResult result = runPart(design, options, choice.from, choice.to, stop, reporter(run, true));
        if (result.stoppedBy.empty()) {
            auto own = std::make_shared<const RunResult>(asRunOfItsOwn(std::move(result), choice.from));
            post(run, [this, own = std::move(own)] { takePart(own); });
        }
    });
    emit partChanged();
}

void LongRun::takePart(std::shared_ptr<const RunResult> result)
{
    m_part->result = std::move(result);
    emit partChanged();
}

void LongRun::endPart()
{
    m_partStop.request_stop();
    m_part.reset();
    m_partProgress = {};
    ++m_partRun;
}

void LongRun::closePart()
{
    if (m_part) {
        endPart();
        emit partChanged();
    }
}

}  // namespace neph
