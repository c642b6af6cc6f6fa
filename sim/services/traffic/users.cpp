// Users: where requests come from. They arrive whether or not the system keeps up (open load), or think
// between an answer and the next request (closed load); they give up after a while, and some try again.
#include <fmt/format.h>

#include "sim/cloud/compiler.h"
#include "sim/cloud/law.h"
#include "sim/traffic/load_shape.h"

namespace neph {

namespace {

class Users final : public ServiceModel {
public:
    using ServiceModel::ServiceModel;

    void finish(Compiler& compiler) override
    {
        const PropertyReader properties = component().properties();
        SourceSpec source;
        source.name = component().name();
        source.node = compiler.index(component().id());
        source.path = path(compiler);
        bool any = false;
        for (const RequestClass& each : compiler.classes()) {
            source.classWeights.push_back(each.source == component().id() ? each.weight : 0);
            any = any || source.classWeights.back() > 0;
        }
        if (!any) {
            return;
        }
        if (properties.text("load") == "closed") {
            source.users = static_cast<std::uint32_t>(properties.integer("users"));
            source.think =
                distributionOf(properties.text("thinkLaw"), properties.number("thinkSeconds"), kThinkScv);
            // People do not come in step: that would be a peak which no load test means.
            const Duration arrival = properties.duration("arriveSeconds");
            source.startOver = arrival > Duration(0) ? arrival : properties.duration("thinkSeconds");
        } else {
            source.rate = rateProfileOf(shape(compiler));
        }
        compiler.plan().addSource(source);
    }

private:
    static constexpr double kThinkScv = 2;  // Of log-normal thinking: people vary more than an exponential.

    LoadShape shape(const Compiler& compiler) const
    {
        const PropertyReader properties = component().properties();
        LoadShape shape;
        shape.kind = properties.text("load");
        shape.rate = properties.number("rate");
        shape.peakRate = properties.number("peakRate");
        shape.start = properties.duration("startSeconds");
        shape.ramp = properties.duration("rampSeconds");
        shape.day = properties.duration("periodHours");
        shape.workdays = static_cast<int>(component().factInteger("weekly.workdays"));
        shape.weekendShare = component().factNumber("weekly.weekendShare");
        for (const TrafficTrace& trace : compiler.design().traffic) {
            if (trace.name == properties.text("trace")) {
                shape.trace = &trace;
            }
        }
        return shape;
    }

    /// What each request does: over the internet, to one of the targets, until it is answered or given up.
    PathId path(Compiler& compiler)
    {
        const PropertyReader properties = component().properties();
        const PathId id = compiler.plan().declarePath(component().name(), compiler.index(component().id()));
        PathBuilder steps = compiler.plan().path(id);
        const double roundTrip = properties.number("roundTripMs") / 1e3;
        const auto constant = [&](const char* purpose, double value) {
            return compiler.plan().addDraw(component().id(), purpose, Distribution::constant(value));
        };
        steps.ifChance(constant("new connection", properties.number("newConnectionShare") / 100));
        steps.delay(
            constant("handshake", roundTrip * component().factNumber("newConnection.roundTrips")),
            "opens a connection (TCP and TLS handshake)");
        steps.endIf();
        steps.delay(constant("round trip", roundTrip), "internet, there and back");
        callTargets(steps, compiler);
        return id;
    }

    void callTargets(PathBuilder& steps, Compiler& compiler)
    {
        const PolicyId policy = patience(compiler);
        std::vector<const Link*> links;
        double left = 0;
        for (const Link* link : compiler.design().linksFrom(component().id())) {
            if (compiler.entryOf(*link)) {
                links.push_back(link);
                left += compiler.propertiesOf(*link).number("share");
            }
        }
        for (const Link* link : links) {
            const Entry& target = *compiler.entryOf(*link);
            const double share = compiler.propertiesOf(*link).number("share");
            const std::string words = "asks " + compiler.design().node(link->to)->name;
            // Each target takes its share of what those before it left.
            steps.ifChance(compiler.plan().addDraw(
                link->id, "share", Distribution::constant(left > 0 ? std::min(1.0, share / left) : 0)));
            left -= share;
            if (target.pool) {
                steps.callOn(
                    target.pool, target.routing, target.path, policy, compiler.linkIndex(link->id),
                    target.whenNone, words);
            } else {
                steps.call(target.path, policy, compiler.linkIndex(link->id), words);
            }
            steps.reply();
            steps.endIf();
        }
        steps.fail(
            compiler.outcome(
                component().id(), OutcomeSpec::Kind::Refused,
                fmt::format("{} are connected to nothing that answers", component().name()), false),
            "nowhere to go");
    }

    PolicyId patience(Compiler& compiler)
    {
        const PropertyReader properties = component().properties();
        PolicySpec policy;
        policy.timeout = properties.duration("patienceSeconds");
        policy.retries = static_cast<std::uint16_t>(properties.integer("retries"));
        policy.backoffBase = properties.duration("retryBaseMs");
        policy.backoffCap = properties.duration("retryCapMs");
        if (policy.retries > 0) {
            policy.jitter =
                compiler.plan().addDraw(component().id(), "wait before a retry", Distribution::uniform(0, 1));
        }
        policy.onTimeout = compiler.outcome(
            component().id(), OutcomeSpec::Kind::TimedOut,
            fmt::format("gave up after {} s", properties.number("patienceSeconds")), true);
        return compiler.plan().addPolicy(policy);
    }
};

}  // namespace

const ServiceType& users()
{
    static const ServiceType type{"users", [](const Component& component) -> std::unique_ptr<ServiceModel> {
                                      return std::make_unique<Users>(component);
                                  }};
    return type;
}

}  // namespace neph
