#pragma once

#include <QString>
#include <QStringList>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/desktop/local/lab_controller.h"

namespace neph {

/// One row of the plan: what would be started of one node.
struct PlanRow {
    QString name;
    QString count;
    QString image;  ///< What it is and where it comes from.
    QString cpu;
    QString memory;
    QString ports;
    QString volume;
};

/// The load balancer first, then in the order of the plan.
std::vector<PlanRow> planRows(const LabOffer& offer);
/// "At most 4 vCPU and 1.2 GiB at a time, besides the load balancer. This machine has 2 cores and 23 GiB."
QString totalsText(const LabOffer& offer);
/// What is short, and what that means for the figures; empty where all of it fits.
QString shortageText(const LabOffer& offer);
/// "Podman Engine 4.3.1 (runc, cgroups 1)"
QString engineText(const EngineInfo& engine);
/// What keeps containers in, in a sentence.
QString safetyText();

/// What each node does for real at present, as short as a card needs it: "4 of 4 tasks · 43 % CPU · 60/s".
/// Nodes of which nothing real is known have none.
std::map<std::string, QString> realTexts(const LabPlan& plan, const RunResult& measured);

/// One row of the list of what runs.
struct RealTask {
    QString component;
    QString task;
    QString state;
    QString note;
    double cpu = -1;  ///< 0..1 of its limit; negative: not known.
    Time since{0};
    std::optional<StartTimes> starts;  ///< Where its start was measured step by step.
    ReplicaView::Look look = ReplicaView::Look::Healthy;
};
std::vector<RealTask>
realTasks(const Design& design, const RunResult& measured, const std::vector<StartTimes>& times);

/// How far the prediction was off: by sign, by word and by a level that gives its colour.
struct ErrorText {
    enum class Level { Good, Fair, Poor, None };
    QString text;  ///< "+12 %, too slow"
    Level level = Level::None;
};
ErrorText errorText(double simulated, double measured, const QString& tooHigh, const QString& tooLow);

}  // namespace neph
