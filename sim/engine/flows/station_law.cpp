#include "sim/engine/flows/station_law.h"

#include <algorithm>
#include <cmath>

#include "sim/kernel/portable_math.h"

namespace neph {

double erlangB(double erlangs, std::uint32_t servers)
{
    if (erlangs <= 0) {
        return servers == 0 ? 1 : 0;
    }
    // 1/B(c) = 1 + c/a * 1/B(c-1). Below the offered load each step shrinks what is wrong with the start, so
    // that seven standard deviations of it are enough.
    constexpr double kNegligible = 1e20;
    const double enough = 7 * std::sqrt(erlangs) + 10;
    const double from = std::max(std::floor(std::min(erlangs, static_cast<double>(servers)) - enough), 0.0);
    const double perErlang = 1 / erlangs;
    double inverse = from > 0 ? 1 / (1 - from * perErlang) : 1;
    for (double server = from + 1; server <= servers; ++server) {
        inverse = 1 + inverse * (server * perErlang);
        if (inverse > kNegligible) {
            return 0;
        }
    }
    return 1 / inverse;
}

double erlangC(double erlangs, std::uint32_t servers)
{
    if (erlangs >= servers) {
        return 1;
    }
    const double load = erlangs / servers;
    const double loss = erlangB(erlangs, servers);
    return loss / (1 - load + load * loss);
}

namespace {

/// How a queue behaves once all of its servers are busy.
struct FullQueue {
    double load = 0;
    double loss = 0;        ///< Share refused if there were no room at all.
    double waitChance = 0;  ///< If there were no bound; for loads below 1.
    double decay = 0;       ///< With exponential service, one more waiting is less probable by this factor.
    double servers = 1;     ///< Of those who empty one line.
    double lines = 1;       ///< Lines that fill evenly.
    double excess = 1;      ///< Mean wait against that with exponential service.
    double room = 0;        ///< Of one line; negative: no bound.
};

/// Mean and variance of 1..room with weights decay^(n-1), which may grow.
struct Truncated {
    double mean = 0;
    double variance = 0;
};

Truncated truncatedGeometric(double decay, double room)
{
    if (decay > 1) {
        // Counted from the full end, it falls.
        const Truncated mirrored = truncatedGeometric(1 / decay, room);
        return {room + 1 - mirrored.mean, mirrored.variance};
    }
    const double gap = 1 - decay;
    if (room * gap < 1e-3) {
        // The closed form would lose its digits here.
        const double spread = (room * room - 1) / 12;
        return {(room + 1) / 2 - gap * spread, spread};
    }
    const double cut = portablePow(decay, room);
    const double lost = room * cut / (1 - cut);
    return {1 / gap - lost, decay / (gap * gap) - room * lost / (1 - cut)};
}

/// Variability of the wait in an endless line before `servers`, of those that wait.
///
/// One server (Pollaczek and Khinchine's second moment): between that of the residual service when idle and 1
/// in heavy traffic. The third moment of service that it needs is that of a gamma law up to scv 1 (so
/// constant and exponential service are exact), and from 1.5 on that of a log-normal one, as measured
/// services have. Several servers: the residual is the least of as many, which for constant service has a
/// variability of c / (c + 2).
double endlessWaitScv(double load, double scv, double servers)
{
    const double gamma = 4 * (1 + 2 * std::min(scv, 1.0)) / (3 * (1 + std::min(scv, 1.0)));
    const double skewed = (4 * (1 + scv) / 3 - 2) * std::clamp(2 * (scv - 1), 0.0, 1.0);
    const double one = gamma + skewed;
    const double residual = 2 + (one - 2) * 3 / (servers + 2);
    return std::max(2 * load + residual * (1 - load) - 1, 0.05);
}

QueueLaw endless(const FullQueue& queue, double service, double scv)
{
    QueueLaw law;
    law.waitChance = queue.waitChance;
    // In a line of its own, states have the weights 1, decay, decay^2 and so on.
    const double gap = std::max(1 - portablePow(queue.decay, queue.lines), 1e-9);
    law.meanWait = queue.excess * service / (queue.servers * gap);
    law.waitScv = endlessWaitScv(queue.load, scv, queue.servers);
    return law;
}

/// The share refused of M/M/c/K is y / (1/B + load (1 - y) / (1 - load)) with y = decay^room. Other laws have
/// another decay (in heavy traffic its exponent goes with the inverse of their variability) and another B;
/// with those it still balances: no room is B, and above full load what is let in is what the servers can do.
QueueLaw bounded(FullQueue queue, double service, double scv)
{
    // At load 1 the sums are limits; close to it is close enough.
    constexpr double kNearOne = 1e-7;
    const bool isFull = queue.load > 1 - kNearOne;
    if (std::abs(1 - queue.load) < kNearOne || std::abs(1 - queue.decay) < kNearOne / 4) {
        queue.load = 1 - kNearOne;
        queue.decay = std::min(queue.decay, 1 - kNearOne);
    }
    QueueLaw law;
    if (queue.room < 1 || queue.loss == 0) {
        law.refuse = queue.loss;
        return law;
    }
    const double slowed = portablePow(queue.decay, 1 / std::max(queue.excess, 1e-3));
    const double full = portablePow(slowed, queue.room * queue.lines);
    if (full > 1e12) {
        law.refuse = 1 - 1 / queue.load;  // The room is always full.
        law.waitChance = 1;
    } else {
        const double waiting = (1 - full) / (1 - queue.load);
        const double all = 1 / queue.loss + queue.load * waiting;
        law.refuse = full / all;
        law.waitChance = isFull ? std::min(waiting / all / (1 - law.refuse), 1.0)
                                : queue.waitChance * (1 - full) / (1 - queue.waitChance * full);
    }
    const double line = portablePow(queue.decay, queue.lines);
    const double slowedLine = portablePow(slowed, queue.lines);
    const Truncated ahead = truncatedGeometric(slowedLine, queue.room);
    // So that much room gives the wait without bound.
    const double scale = isFull ? 1 : queue.excess * (1 - slowedLine) / (1 - line);
    law.meanWait = scale * ahead.mean * service / queue.servers;
    law.waitScv = endlessWaitScv(std::min(queue.load, 1.0), scv, queue.servers) *
                  (ahead.mean + ahead.variance) / (ahead.mean * ahead.mean);
    return law;
}

/// The loss formula and the share that waits of GI/M/c, from the transform of the gaps between arrivals.
class ErlangArrivals {
public:
    /// `order`: phases of a gap.
    ErlangArrivals(double load, double order, double servers)
        : m_load(load), m_order(order), m_servers(servers), m_exponent(load < 1 ? below() : above())
    {
    }

    /// Chance of one more waiting: the root of sigma = A(c mu (1 - sigma)) besides 1.
    double decay() const { return portableExp(-m_exponent); }

    /// Takács: of an endless line (load below 1).
    double waitChance() const
    {
        const double gap = 1 - decay();
        double sum = 0;
        double weight = 1;
        for (double j = 1; j <= m_servers; ++j) {
            const double left = transform(j);
            weight *= (m_servers - j + 1) / j * (1 - left) / left;
            const double distance = m_servers * gap - j;
            // Both sides of the fraction have the same zero.
            const double ratio = std::abs(distance) < 1e-6 * m_servers
                                     ? 1 - slope(j)
                                     : (m_servers * (1 - left) - j) / distance;
            sum += weight / (1 - left) * ratio;
            if (sum > kTooMuch) {
                return 0;
            }
        }
        return 1 / (1 + gap * sum);
    }

    /// Takács: refused where nobody can wait.
    double loss() const
    {
        double sum = 1;
        double weight = 1;
        for (double j = 1; j <= m_servers; ++j) {
            const double left = transform(j);
            weight *= (m_servers - j + 1) / j * (1 - left) / left;
            sum += weight;
            if (sum > kTooMuch) {
                return 0;
            }
        }
        return 1 / sum;
    }

private:
    static constexpr double kTooMuch = 1e20;

    double base(double j) const { return 1 + j / (m_order * m_load * m_servers); }
    double transform(double j) const { return portableExp(-m_order * portableLog(base(j))); }
    /// Minus c times the derivative of the transform.
    double slope(double j) const { return transform(j) / (base(j) * m_load); }

    /// n log(1 + (1 - e^-u) / (n rho)) - u, whose zero is u = -log(sigma). Concave.
    double balance(double u) const
    {
        return m_order * portableLog(1 + (1 - portableExp(-u)) / (m_order * m_load)) - u;
    }

    double below() const
    {
        if (m_order == 1) {
            return -portableLog(m_load);
        }
        // Newton's steps from the right of the zero come down to it.
        double u = m_order * portableLog(1 + 1 / (m_order * m_load));
        for (int i = 0; i < 60; ++i) {
            const double shrunk = portableExp(-u);
            const double inside = 1 + (1 - shrunk) / (m_order * m_load);
            const double rise = shrunk / (m_load * inside) - 1;
            const double step = (m_order * portableLog(inside) - u) / rise;
            u -= step;
            if (step < 1e-12 * u + 1e-15) {
                break;
            }
        }
        return u;
    }

    double above() const
    {
        if (m_order == 1 || m_load <= 1) {
            return -portableLog(m_load);
        }
        // The gaps' transform ends at its pole, short of which the zero lies.
        double low = -portableLog(1 + m_order * m_load);
        double high = -portableLog(m_load);
        for (int i = 0; i < 50; ++i) {
            const double middle = (low + high) / 2;
            (balance(middle) < 0 ? low : high) = middle;
        }
        return high;
    }

    double m_load;
    double m_order;
    double m_servers;
    double m_exponent;
};

FullQueue behindRoundRobin(const ArrivalLaw& arrivals, FullQueue queue, double scv)
{
    const double order = std::min<double>(arrivals.order, 1e6);
    // Closer to full load, the root besides 1 would have no digits left.
    constexpr double kNearOne = 1e-5;
    if (std::abs(1 - queue.load) < kNearOne) {
        queue.load = 1 - kNearOne;
    }
    const ErlangArrivals gaps(queue.load, order, queue.servers);
    queue.excess = (1 / order + scv) / (1 / order + 1);
    queue.decay = gaps.decay();
    queue.waitChance = queue.load < 1 && queue.room != 0 ? std::min(gaps.waitChance(), 1.0) : 1;
    queue.loss = queue.room < 0 ? 0 : gaps.loss();
    return queue;
}

/// Joining the shortest of n queues, by what it does at both ends: somebody waits when all servers of all
/// replicas are busy, as often as in one queue before all of them; and those that wait are dealt evenly on
/// the n lines, of which each moves only as fast as its own servers. One line: M/M/c. Heavy traffic: one
/// queue.
FullQueue behindTheLeastBusy(const ArrivalLaw& arrivals, FullQueue queue, double scv)
{
    const double servers = queue.servers * arrivals.order;
    queue.lines = arrivals.order;
    queue.excess = (1 + scv) / 2;
    queue.decay = queue.load;
    queue.loss = erlangB(queue.load * servers, static_cast<std::uint32_t>(servers));
    queue.waitChance = queue.load < 1 ? queue.loss / (1 - queue.load + queue.load * queue.loss) : 1;
    return queue;
}

}  // namespace

QueueLaw queueLaw(
    const ArrivalLaw& arrivals, double perSecond, double service, double scv, std::uint32_t servers,
    double room)
{
    if (perSecond <= 0 || service <= 0) {
        return {};
    }
    if (servers == 0) {
        return {.refuse = 1};
    }
    FullQueue queue{.load = perSecond * service / servers, .servers = static_cast<double>(servers)};
    queue.room = room < 0 ? -1 : std::floor(room);
    // One replica, or a random one, is a least busy one of one.
    queue = arrivals.kind == ArrivalLaw::Kind::Erlang && arrivals.order > 1
                ? behindRoundRobin(arrivals, queue, scv)
                : behindTheLeastBusy(
                      arrivals.kind == ArrivalLaw::Kind::PowerOfOrder ? arrivals : ArrivalLaw{}, queue, scv);
    return room < 0 ? endless(queue, service, scv) : bounded(queue, service, scv);
}

}  // namespace neph
