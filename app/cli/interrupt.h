#pragma once

#include <csignal>
#include <stop_token>
#include <thread>

namespace neph::cli {

/// While it lives, Ctrl-C (SIGINT) and SIGTERM ask for a stop instead of ending the program; a second one
/// ends it at once with exit code 130. Make it before other threads, so that they inherit the blocked
/// signals.
class Interrupt {
public:
    Interrupt();
    ~Interrupt();
    Interrupt(const Interrupt&) = delete;
    Interrupt& operator=(const Interrupt&) = delete;

    std::stop_token token() const { return m_stop.get_token(); }

private:
    sigset_t m_before{};
    std::stop_source m_stop;
    std::jthread m_waiter;  ///< Waits for the signals; last, so that it goes first.
};

}  // namespace neph::cli
