#include "sim/cloud/caller.h"

#include <fmt/format.h>

namespace neph {

namespace {

PolicyId policyOf(const Component& caller, const Link& link, const std::string& entry, Compiler& compiler)
{
    const PropertyReader properties = compiler.propertiesOf(link);
    const std::string& target = compiler.design().node(link.to)->name;
    const auto failure = [&](OutcomeSpec::Kind kind, const char* text) {
        return compiler.outcome(
            caller.id(), kind, fmt::format("500 Internal Server Error: {} {}", target, text), false);
    };
    PolicySpec policy;
    policy.timeout = properties.duration("timeoutMs");
    policy.retries = static_cast<std::uint16_t>(properties.integer("retries"));
    policy.backoffBase = properties.duration("retryBaseMs");
    policy.backoffCap = fromSeconds(caller.factNumber("retry.capMs") / 1e3);
    if (policy.retries > 0) {
        policy.jitter =
            compiler.plan().addDraw(link.id, "wait before a retry for " + entry, Distribution::uniform(0, 1));
    }
    policy.onTimeout = failure(OutcomeSpec::Kind::Failed, "did not answer in time");
    policy.onThrottled = failure(OutcomeSpec::Kind::Failed, "throttled the call");
    policy.onRefused = failure(OutcomeSpec::Kind::Failed, "refused the connection");
    policy.onUnavailable = failure(OutcomeSpec::Kind::Failed, "was unavailable");
    return compiler.plan().addPolicy(policy);
}

/// What one link asks for, once it is known where it leads.
void callOver(
    PathBuilder& path, const Component& caller, const Link& link, const Entry& target,
    const std::string& entry, Compiler& compiler)
{
    const PropertyReader properties = compiler.propertiesOf(link);
    const std::string words = "calls " + compiler.design().node(link.to)->name;
    const PolicyId policy = policyOf(caller, link, entry, compiler);
    const double calls = properties.number("callsPerRequest");
    const auto whole = static_cast<std::uint16_t>(calls);
    const double part = calls - whole;
    const auto callOnce = [&] {
        if (target.pool) {
            path.callOn(
                target.pool, target.routing, target.path, policy, compiler.linkIndex(link.id),
                target.whenNone, words);
        } else {
            path.call(target.path, policy, compiler.linkIndex(link.id), words);
        }
    };
    path.ifClass(compiler.classMask(properties.text("classes")));
    if (properties.flag("parallel") && whole > 1) {
        path.fork(whole);
    }
    for (std::uint16_t k = 0; k < whole; ++k) {
        callOnce();
    }
    if (part > 0) {
        path.ifChance(
            compiler.plan().addDraw(link.id, "one more call for " + entry, Distribution::constant(part)));
        callOnce();
        path.endIf();
    }
    path.endIf();
}

}  // namespace

void callDownstream(PathBuilder& path, const Component& caller, const std::string& entry, Compiler& compiler)
{
    for (const Link* link : compiler.design().linksFrom(caller.id())) {
        const std::optional<Entry>& target = compiler.entryOf(*link);
        if (target) {
            callOver(path, caller, *link, *target, entry, compiler);
        }
    }
}

}  // namespace neph
