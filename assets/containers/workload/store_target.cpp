#include "assets/containers/workload/store_target.h"

#include <algorithm>

namespace neph {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kBetweenTries{500};
constexpr seconds kTryFor{60};
constexpr seconds kWaitAtMost{30};  // For the preparation, where the link has no timeout of its own.

}  // namespace

void StoreTarget::startPreparing()
{
    m_thread = std::thread([this] { keepPrepared(); });
}

void StoreTarget::keepPrepared()
{
    for (;;) {
        const CallOutcome outcome = prepare(Deadline::after(kTryFor));
        std::unique_lock lock(m_mutex);
        m_state = outcome.ok ? State::Ready : State::Failed;
        m_problem = outcome.what;
        m_changed.notify_all();
        if (outcome.ok) {
            m_changed.wait(lock, [this] { return m_state == State::Preparing; });
        } else {
            lock.unlock();
            std::this_thread::sleep_for(kBetweenTries);
        }
    }
}

void StoreTarget::setLost()
{
    const std::lock_guard lock(m_mutex);
    if (m_state == State::Ready) {
        m_state = State::Preparing;
        m_changed.notify_all();
    }
}

std::string StoreTarget::state()
{
    const std::lock_guard lock(m_mutex);
    return m_state == State::Ready ? "ready" : m_state == State::Preparing ? "preparing" : m_problem;
}

CallOutcome StoreTarget::attempt(const std::string&, RandomStream& random, Deadline deadline)
{
    {
        std::unique_lock lock(m_mutex);
        if (m_state == State::Preparing) {
            m_changed.wait_for(
                lock, deadline.left(kWaitAtMost), [this] { return m_state != State::Preparing; });
        }
        if (m_state != State::Ready) {
            return failed(m_state == State::Preparing ? kTooLate : m_problem);
        }
    }
    return callStore(random, deadline);
}

std::vector<std::int64_t> drawItems(RandomStream& random, std::int64_t items, int count)
{
    const std::int64_t wanted = std::min<std::int64_t>(count, items);
    std::vector<std::int64_t> chosen;
    while (static_cast<std::int64_t>(chosen.size()) < wanted) {
        const auto drawn = static_cast<std::int64_t>(random.uniform() * static_cast<double>(items));
        const auto place = std::lower_bound(chosen.begin(), chosen.end(), drawn);
        if (place == chosen.end() || *place != drawn) {
            chosen.insert(place, drawn);
        }
    }
    return chosen;
}

}  // namespace neph
