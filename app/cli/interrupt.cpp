#include "app/cli/interrupt.h"

#include <ctime>

#include <unistd.h>

namespace neph::cli {

static void waitForSignals(const std::stop_token& done, std::stop_source stop, sigset_t signals)
{
    constexpr timespec kLook{0, 20'000'000};
    constexpr int kInterrupted = 130;
    while (!done.stop_requested()) {
        if (sigtimedwait(&signals, nullptr, &kLook) < 0) {
            continue;
        }
        if (!stop.request_stop()) {
            _exit(kInterrupted);
        }
    }
}

Interrupt::Interrupt()
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, &m_before);
    m_waiter = std::jthread(
        [signals, stop = m_stop](const std::stop_token& done) { waitForSignals(done, stop, signals); });
}

Interrupt::~Interrupt()
{
    m_waiter.request_stop();
    m_waiter.join();
    pthread_sigmask(SIG_SETMASK, &m_before, nullptr);
}

}  // namespace neph::cli
