#include "app/desktop/panels/inspector_panel_faults.h"

#include <QObject>
#include <algorithm>

#include "app/desktop/charts/value_text.h"

namespace neph {

namespace {

PropertySpec number(
    const char* key, const char* label, PropertyType type, const char* unit, double fallback, double min,
    double max, const char* help)
{
    PropertySpec spec;
    spec.key = key;
    spec.label = label;
    spec.type = type;
    spec.unit = unit;
    spec.fallback =
        type == PropertyType::Integer ? Value(static_cast<std::int64_t>(fallback)) : Value(fallback);
    spec.min = min;
    spec.max = max;
    spec.help = help;
    spec.source = "model";
    return spec;
}

std::vector<FaultKind> makeKinds()
{
    return {
        {"killTask",
         QObject::tr("Kill tasks"),
         QObject::tr("Running tasks stop at once, as if their process had crashed."),
         {"compute", "container"},
         false,
         {number(
             "count", "Tasks", PropertyType::Integer, "", 1, 1, 5000,
             "How many tasks die at the same moment.")}},
        {"loseZone",
         QObject::tr("Lose the zone"),
         QObject::tr("Everything in this Availability Zone is gone until the zone comes back."),
         {"zone"},
         true,
         {}},
        {"slowDependency",
         QObject::tr("Slow down"),
         QObject::tr("It still answers, only later."),
         {"store", "compute", "balancer"},
         true,
         {number(
             "addedMs", "Added latency", PropertyType::Number, "ms", 500, 0, 60000,
             "Time that every answer takes longer.")}},
        {"registryDown",
         QObject::tr("Registry down"),
         QObject::tr("No image can be pulled; tasks that run are not touched."),
         {"registry"},
         true,
         {}},
        {"throttle",
         QObject::tr("Throttle"),
         QObject::tr("Only a part of its capacity is left; what goes beyond is refused."),
         {"store"},
         true,
         {number(
             "percent", "Capacity left", PropertyType::Number, "%", 10, 0, 100,
             "Share of its capacity that still works.")}},
    };
}

}  // namespace

std::span<const FaultKind> faultKinds()
{
    static const std::vector<FaultKind> kinds = makeKinds();
    return kinds;
}

const FaultKind* faultKind(const std::string& id)
{
    const auto kinds = faultKinds();
    const auto found =
        std::find_if(kinds.begin(), kinds.end(), [&id](const FaultKind& one) { return one.id == id; });
    return found == kinds.end() ? nullptr : &*found;
}

bool canHit(const FaultKind& fault, const KindSpec& kind)
{
    return std::any_of(fault.targets.begin(), fault.targets.end(), [&kind](const std::string& role) {
        return kind.hasRole(role);
    });
}

QString faultText(const FaultSpec& fault, const Design& design)
{
    const FaultKind* kind = faultKind(fault.kind);
    const Node* node = design.node(fault.target);
    const QString what = kind != nullptr ? kind->label : QString::fromStdString(fault.kind);
    const QString whom =
        node != nullptr ? QString::fromStdString(node->name) : QString::fromStdString(fault.target);
    const QString when = momentText(fromSeconds(fault.atSeconds));
    if (fault.forSeconds > 0) {
        return QObject::tr("%1: %2 at %3, for %4")
            .arg(what, whom, when, durationText(fromSeconds(fault.forSeconds)));
    }
    return QObject::tr("%1: %2 at %3").arg(what, whom, when);
}

}  // namespace neph
