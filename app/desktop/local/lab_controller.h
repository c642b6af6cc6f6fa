#pragma once

#include <QDateTime>
#include <QObject>
#include <QThread>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "app/desktop/local/lab_engine.h"

namespace neph {

/// What would run, and on what: to be shown, and agreed to.
struct LabOffer {
    LabPlan plan;
    std::string planDigest;
    EngineInfo engine;
    std::string engineNote;
    std::string socket;
    std::string runtime;
    std::map<std::string, std::string> volumes;  ///< By recipe: the folder that a named volume keeps.
    std::string swept;                           ///< What an earlier start had left behind, in words.
    QDateTime agreed;                            ///< When this very plan was agreed to; null: never.
};

/// How it shall run.
struct LabWishes {
    Duration horizon{0};  ///< Zero: as the design says. kNever: until somebody stops it.
    std::uint64_t seed = 1;
    bool withLoad = true;
    bool compare = true;
    bool withoutLimits = false;
};

/// Runs one design for real in a worker thread: looks for an engine, sets up, runs, compares, cleans up. The
/// window never waits for it, and it starts nothing before agree().
///
/// All slots return at once; answers come as signals in the window's thread.
class LabController final : public QObject {
    Q_OBJECT

public:
    enum class State {
        Idle,       ///< Nothing runs. What the last run has measured is still there.
        Looking,    ///< For an engine.
        Asking,     ///< There is an offer, and nothing else.
        SettingUp,  ///< From here on there are containers.
        Running,
        CleaningUp,
    };

    explicit LabController(QObject* parent = nullptr);
    ~LabController() override;

    State state() const { return m_state; }
    bool isUp() const { return m_state >= State::SettingUp; }
    bool isComparing() const { return m_state == State::Running && m_wishes.compare; }

    /// Where to look for engines; empty: everywhere.
    void setEngineWishes(const EngineWishes& wishes) { m_engineWishes = wishes; }

    /// Of what was looked at last. Its plan is empty before the first.
    const LabOffer& offer() const { return m_offer; }
    const Design& design() const { return m_design; }
    const LabWishes& wishes() const { return m_wishes; }
    /// "pushing shop:1.0 to Image store", and 0..1 of the set-up.
    const LabStand::Progress& progress() const { return m_progress; }

    // Of the run under way, or of the last one.
    const std::string& session() const { return m_session; }
    const std::map<std::string, std::string>& endpoints() const { return m_endpoints; }
    const std::vector<StartTimes>& startTimes() const { return m_startTimes; }
    std::shared_ptr<const RunResult> measured() const { return m_measured; }
    std::shared_ptr<const RunResult> simulated() const { return m_simulated; }  ///< To its end.
    Time comparedFrom() const { return m_comparedFrom; }
    std::shared_ptr<const Comparison> comparison() const { return m_comparison; }
    QString report() const { return m_report; }  ///< Of the clean-up, in words.

public slots:
    /// Looks for an engine and plans; any offer before is dropped. Not while something is up.
    void look(const neph::Design& design);
    /// Drops the offer: the question was called off.
    void forget();
    /// The user has seen the offer and said yes.
    void agree(const neph::LabWishes& wishes);
    /// Stops what is set up or runs, and cleans up.
    void stop();
    /// Asks for the containers that are there, or for what one of them has said.
    void askForContainers();
    void askForLog(const QString& container);

signals:
    void stateChanged();
    void offered();
    void noEngine(const QString& tried);  ///< What was tried, and what to install.
    void failed(const QString& reason);   ///< Set-up or run; what was there has been cleaned up.
    void progressed();                    ///< Of the set-up.
    void measuredChanged();               ///< A few times a second.
    void ended();                         ///< All is gone; report() and comparison() are there.
    void containersListed(const QList<QPair<QString, QString>>& idsAndNames);
    void logRead(const QString& container, const QString& text);

private:
    class Worker;

    void setState(State state);

    QThread m_thread;
    QThread m_askThread;  ///< Logs are read while the other one is busy.
    Worker* m_worker;     ///< Lives in m_thread.
    QObject* m_asker;     ///< Lives in m_askThread.
    std::stop_source m_stop;
    quint64 m_number = 0;  ///< Of the last look; answers to earlier ones are dropped.
    State m_state = State::Idle;
    EngineWishes m_engineWishes;
    LabOffer m_offer;
    Design m_design;
    LabWishes m_wishes;
    LabStand::Progress m_progress;
    std::string m_session;
    std::map<std::string, std::string> m_endpoints;
    std::vector<StartTimes> m_startTimes;
    std::shared_ptr<const RunResult> m_measured;
    std::shared_ptr<const RunResult> m_simulated;
    Time m_comparedFrom{0};
    std::shared_ptr<const Comparison> m_comparison;
    QString m_report;
};

}  // namespace neph
