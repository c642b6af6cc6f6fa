#include "assets/containers/workload/http_server.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "assets/containers/workload/http_session.h"
#include "assets/containers/workload/service.h"

namespace neph {

namespace net = boost::asio;
using boost::system::error_code;

namespace {

class HttpServer {
public:
    explicit HttpServer(const Config& config)
        : m_config(config), m_service(config), m_traffic(m_context, m_service), m_acceptor(m_context),
          m_startup(m_context), m_signals(m_context, SIGTERM, SIGINT)
    {
    }

    int run();

private:
    void listen();
    void accept();
    void stop();

    Config m_config;
    Service m_service;
    net::io_context m_context{1};
    // While a worker has the only request, nothing waits for input or output; that is no reason to end.
    net::executor_work_guard<net::io_context::executor_type> m_stay{m_context.get_executor()};
    Traffic m_traffic;
    net::basic_socket_acceptor<Tcp, net::io_context::executor_type> m_acceptor;
    net::steady_timer m_startup;
    net::signal_set m_signals;
    int m_exitCode = 0;
};

int HttpServer::run()
{
    m_signals.async_wait([this](error_code problem, int) {
        if (!problem) {
            stop();
        }
    });
    m_startup.expires_after(std::chrono::duration_cast<std::chrono::nanoseconds>(
        std::chrono::duration<double>(m_config.startupSeconds)));
    m_startup.async_wait([this](error_code problem) {
        if (!problem) {
            listen();
        }
    });
    m_context.run();
    return m_exitCode;
}

void HttpServer::listen()
{
    if (m_config.crashAtStart) {
        std::fprintf(stderr, "%s crashes at its start, as it was told to.\n", m_config.service.c_str());
        std::_Exit(m_config.crashExitCode);
    }
    error_code problem;
    const net::ip::address address = net::ip::make_address(m_config.address, problem);
    const Tcp::endpoint endpoint(address, m_config.port);
    const auto step = [&](auto&& action) {
        if (!problem) {
            action();
        }
    };
    step([&] { m_acceptor.open(endpoint.protocol(), problem); });
    step([&] { m_acceptor.set_option(net::socket_base::reuse_address(true), problem); });
    step([&] { m_acceptor.bind(endpoint, problem); });
    step([&] { m_acceptor.listen(net::socket_base::max_listen_connections, problem); });
    if (problem) {
        std::fprintf(
            stderr, "Cannot listen on %s:%u: %s\n", m_config.address.c_str(), m_config.port,
            problem.message().c_str());
        m_exitCode = 1;
        return m_context.stop();
    }
    std::printf("listening on %s:%u\n", m_config.address.c_str(), m_acceptor.local_endpoint().port());
    std::fflush(stdout);
    accept();
}

void HttpServer::accept()
{
    m_acceptor.async_accept([this](error_code problem, Socket socket) {
        if (!m_acceptor.is_open()) {
            return;
        }
        if (!problem) {
            socket.set_option(Tcp::no_delay(true), problem);
            std::make_shared<HttpSession>(std::move(socket), m_traffic)->read();
        }
        accept();
    });
}

void HttpServer::stop()
{
    if (!m_config.graceful) {
        return;  // As a program that handles no SIGTERM and is process 1: it goes on until it is killed.
    }
    error_code ignored;
    m_startup.cancel();
    m_acceptor.close(ignored);
    m_traffic.drain();
}

}  // namespace

int serve(const Config& config)
{
    // On the heap and never deleted: its threads may be amidst a call when the program ends.
    auto* server = new HttpServer(config);
    return server->run();
}

}  // namespace neph
