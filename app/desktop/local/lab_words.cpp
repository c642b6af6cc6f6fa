#include "app/desktop/local/lab_words.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

#include "app/desktop/charts/value_text.h"

namespace neph {

namespace {

using LabAs = LocalFace::As;

constexpr double kGoodError = 0.10;
constexpr double kFairError = 0.25;

QString say(const char* text)
{
    return QCoreApplication::translate("Lab", text);
}

QString sizeText(std::int64_t bytes)
{
    const double mebi = static_cast<double>(bytes) / (1 << 20);
    return mebi < 1024 ? say("%1 MiB").arg(mebi, 0, 'f', 0) : say("%1 GiB").arg(mebi / 1024, 0, 'f', 1);
}

QString coresText(std::int64_t milli)
{
    return QString::number(static_cast<double>(milli) / 1000, 'g', 3);
}

QString imageText(const std::string& recipe, const std::string& reference)
{
    if (!reference.empty()) {
        return say("your image %1").arg(toQString(reference));
    }
    return recipe.empty() || recipe == "workload" ? say("the sample workload")
                                                  : say("%1, as installed here").arg(toQString(recipe));
}

/// What tasks are made of: their images, which stand in the drawing as nodes of their own.
QString imageOfTasks(const LabPlan& plan, const PlannedContainers& tasks)
{
    if (!tasks.reference.empty() || plan.images.empty()) {
        return imageText(tasks.recipe, tasks.reference);
    }
    QStringList names;
    for (const PlannedImage& image : plan.images) {
        const PlannedContainers* registry = plan.of(image.registry);
        names
            << (registry == nullptr
                    ? say("%1: %2").arg(toQString(image.name), imageText(image.recipe, image.reference))
                    : say("%1 from %2: %3")
                          .arg(
                              toQString(image.name), toQString(registry->name),
                              imageText(image.recipe, image.reference)));
    }
    return names.join(", ");
}

}  // namespace

std::vector<PlanRow> planRows(const LabOffer& offer)
{
    std::vector<PlanRow> rows;
    rows.push_back(
        {say("Load balancer"), "1", say("%1, as installed here").arg("haproxy"), say("–"), say("–"),
         say("127.0.0.1 only"), say("none")});
    for (const PlannedContainers& each : offer.plan.containers) {
        PlanRow row;
        row.name = toQString(each.name);
        row.count = each.most > each.count ? say("%1 to %2").arg(each.count).arg(each.most)
                                           : QString::number(each.count);
        row.image =
            each.as == LabAs::Tasks ? imageOfTasks(offer.plan, each) : imageText(each.recipe, each.reference);
        row.cpu = coresText(each.milliCpus);
        row.memory = sizeText(each.memoryBytes);
        row.ports = each.as == LabAs::Registry ? say("127.0.0.1 only") : say("via load balancer");
        const auto kept = offer.volumes.find(each.recipe);
        row.volume = !each.volumePath.empty()      ? say("keeps %1").arg(toQString(each.volumePath))
                     : kept == offer.volumes.end() ? say("none")
                     : each.as == LabAs::Registry  ? say("%1, removed after").arg(toQString(kept->second))
                                                   : say("keeps %1").arg(toQString(kept->second));
        rows.push_back(row);
    }
    return rows;
}

QString totalsText(const LabOffer& offer)
{
    return say("At most %1 vCPU and %2 at a time, besides the load balancer. This machine has %3 cores and "
               "%4.")
        .arg(coresText(offer.plan.milliCpus()), sizeText(offer.plan.memoryBytes()))
        .arg(offer.engine.cores)
        .arg(sizeText(offer.engine.memoryBytes));
}

QString shortageText(const LabOffer& offer)
{
    const bool lacksCores = offer.plan.milliCpus() > 1000 * static_cast<std::int64_t>(offer.engine.cores);
    const bool lacksMemory =
        offer.engine.memoryBytes > 0 && offer.plan.memoryBytes() > offer.engine.memoryBytes;
    if (lacksCores && lacksMemory) {
        return say("This asks for more cores and more memory than there are. Containers will wait for one "
                   "another, and the engine may end some for want of memory: expect slower answers than "
                   "predicted.");
    }
    if (lacksMemory) {
        return say("This asks for more memory than there is. If all of it is used, the engine ends "
                   "containers.");
    }
    return lacksCores
               ? say("This asks for more cores than there are: under full load containers wait for one "
                     "another, and answers come slower than predicted.")
               : QString();
}

QString engineText(const EngineInfo& engine)
{
    return say("%1 %2 (%3, cgroups %4%5)")
        .arg(
            toQString(engine.name), toQString(engine.version),
            toQString(engine.runtime.substr(engine.runtime.rfind('/') + 1)), toQString(engine.cgroupVersion),
            engine.isRootless ? say(", rootless") : QString());
}

QString safetyText()
{
    return say("No container may become root, write to its own image, reach the internet or be reached from "
               "another machine. All of it is removed at the end; volumes that keep data stay until you "
               "remove them.");
}

std::map<std::string, QString> realTexts(const LabPlan& plan, const RunResult& measured)
{
    std::map<std::string, QString> texts;
    for (const auto& [id, view] : measured.nodes) {
        QStringList parts;
        const PlannedContainers* planned = plan.of(id);
        const auto running =
            std::count_if(view.replicas.begin(), view.replicas.end(), [](const ReplicaView& one) {
                return one.look == ReplicaView::Look::Healthy;
            });
        if (!view.replicas.empty()) {
            const std::size_t of = std::max<std::size_t>(view.replicas.size(), planned ? planned->count : 0);
            parts << say("%1 of %2 up").arg(running).arg(of);
        }
        if (!view.stations.empty()) {
            parts << say("%1 % CPU").arg(view.utilisation * 100, 0, 'f', 0);
        }
        if (view.requestsPerSecond > 0) {
            parts << say("%1/s").arg(view.requestsPerSecond, 0, 'f', view.requestsPerSecond < 10 ? 1 : 0);
        }
        if (view.errorsPerSecond > 0 && view.requestsPerSecond > 0) {
            parts << say("✕ %1 %").arg(100 * view.errorsPerSecond / view.requestsPerSecond, 0, 'f', 1);
        }
        if (!parts.isEmpty()) {
            texts[id] = parts.join(QStringLiteral(" · "));
        }
    }
    return texts;
}

std::vector<RealTask>
realTasks(const Design& design, const RunResult& measured, const std::vector<StartTimes>& times)
{
    std::vector<RealTask> tasks;
    for (const Node& node : design.nodes) {
        const auto view = measured.nodes.find(node.id);
        if (view == measured.nodes.end()) {
            continue;
        }
        for (const ReplicaView& replica : view->second.replicas) {
            RealTask task;
            task.component = toQString(node.name);
            task.task = toQString(replica.id);
            task.state = toQString(replica.state);
            task.note = toQString(replica.note);
            task.cpu = view->second.stations.empty() ? -1 : replica.utilisation;
            task.since = replica.since;
            task.look = replica.look;
            const std::string number = replica.id.substr(replica.id.find_last_of("/-") + 1);
            for (const StartTimes& one : times) {
                if (one.node == node.id && std::to_string(one.task) == number) {
                    task.starts = one;
                }
            }
            tasks.push_back(task);
        }
    }
    return tasks;
}

ErrorText errorText(double simulated, double measured, const QString& tooHigh, const QString& tooLow)
{
    if (measured <= 0 || simulated < 0) {
        return {say("–"), ErrorText::Level::None};
    }
    const double error = simulated / measured - 1;
    const double size = std::abs(error);
    ErrorText text;
    text.text = say("%1%2 %")
                    .arg(error < 0 ? QStringLiteral("−") : QStringLiteral("+"))
                    .arg(size * 100, 0, 'f', size < 0.0995 ? 1 : 0);
    text.level = size <= kGoodError   ? ErrorText::Level::Good
                 : size <= kFairError ? ErrorText::Level::Fair
                                      : ErrorText::Level::Poor;
    text.text +=
        text.level == ErrorText::Level::Good ? say(", close") : ", " + (error > 0 ? tooHigh : tooLow);
    return text;
}

}  // namespace neph
