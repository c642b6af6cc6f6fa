#include "tests/local/stub_server.h"

#include <algorithm>
#include <cstdlib>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace neph {

/// Bound to a free port of loopback.
static int boundSocket(std::uint16_t& port)
{
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (fd < 0 || bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        std::abort();
    }
    port = ntohs(address.sin_port);
    return fd;
}

static void listenTo(int poll, int fd)
{
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
}

static std::string headerOf(const std::string& head, const std::string& name)
{
    const std::size_t at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos) {
        return "";
    }
    const std::size_t from = at + name.size() + 4;
    return head.substr(from, head.find("\r\n", from) - from);
}

StubServer::StubServer(Behaviour behaviour)
    : m_behaviour(std::move(behaviour)), m_listener(boundSocket(m_port)), m_poll(epoll_create1(EPOLL_CLOEXEC))
{
    listen(m_listener, 1024);
    listenTo(m_poll, m_listener);
    m_thread = std::jthread([this](const std::stop_token& stop) { serve(stop); });
}

StubServer::~StubServer()
{
    m_thread.request_stop();
    m_thread.join();
    for (const auto& [fd, connection] : m_connections) {
        close(fd);
    }
    close(m_listener);
    close(m_poll);
}

std::string StubServer::url() const
{
    return fmt::format("http://127.0.0.1:{}", m_port);
}

std::string StubServer::urlOfNobody()
{
    std::uint16_t port = 0;
    close(boundSocket(port));
    return fmt::format("http://127.0.0.1:{}", port);
}

std::vector<StubServer::Asked> StubServer::asked() const
{
    const std::lock_guard hold(m_lock);
    return m_asked;
}

std::size_t StubServer::connections() const
{
    const std::lock_guard hold(m_lock);
    return m_generations;
}

Time StubServer::now() const
{
    return std::chrono::steady_clock::now() - m_start;
}

void StubServer::serve(const std::stop_token& stop)
{
    while (!stop.stop_requested()) {
        const Time next = m_due.empty() ? Time(10ms) : m_due.begin()->first - now();
        const auto wait =
            static_cast<int>(std::clamp<std::int64_t>((next.count() + 999'999) / 1'000'000, 0, 10));
        epoll_event events[64];
        const int count = epoll_wait(m_poll, events, 64, wait);
        for (int i = 0; i < count; ++i) {
            if (events[i].data.fd == m_listener) {
                acceptAll();
            } else {
                readFrom(events[i].data.fd);
            }
        }
        while (!m_due.empty() && m_due.begin()->first <= now()) {
            const Due due = m_due.begin()->second;
            m_due.erase(m_due.begin());
            const auto found = m_connections.find(due.connection);
            if (found != m_connections.end() && found->second.generation == due.generation) {
                answer(due.connection, due.status);
            }
        }
    }
}

void StubServer::acceptAll()
{
    for (;;) {
        const int fd = accept4(m_listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            return;
        }
        const int yes = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        listenTo(m_poll, fd);
        const std::lock_guard hold(m_lock);
        m_connections[fd].generation = ++m_generations;
    }
}

void StubServer::readFrom(int fd)
{
    char buffer[65536];
    const ssize_t bytes = recv(fd, buffer, sizeof buffer, 0);
    if (bytes <= 0) {
        drop(fd);
        return;
    }
    Connection& connection = m_connections[fd];
    connection.in.append(buffer, static_cast<std::size_t>(bytes));
    while (m_connections.contains(fd) && takeRequest(fd, connection)) {
    }
}

bool StubServer::takeRequest(int fd, Connection& connection)
{
    const std::size_t end = connection.in.find("\r\n\r\n");
    if (end == std::string::npos) {
        return false;
    }
    const std::string head = connection.in.substr(0, end + 2);
    const std::string length = headerOf(head, "Content-Length");
    Asked asked;
    asked.at = now();
    asked.bodyBytes = length.empty() ? 0 : std::stoul(length);
    if (connection.in.size() < end + 4 + asked.bodyBytes) {
        return false;
    }
    connection.in.erase(0, end + 4 + asked.bodyBytes);
    asked.method = head.substr(0, head.find(' '));
    const std::size_t from = asked.method.size() + 1;
    asked.target = head.substr(from, head.find(' ', from) - from);
    const std::string attempt = headerOf(head, "X-Neph-Attempt");
    asked.attempt = attempt.empty() ? 0 : std::stoi(attempt);
    std::size_t number = 0;
    {
        const std::lock_guard hold(m_lock);
        number = m_asked.size();
        m_asked.push_back(asked);
    }
    const Reply reply = m_behaviour ? m_behaviour(asked, number) : Reply{};
    if (reply.after > Duration(0)) {
        m_due.emplace(now() + reply.after, Due{fd, connection.generation, reply.status});
    } else {
        answer(fd, reply.status);
    }
    return true;
}

void StubServer::answer(int fd, int status)
{
    if (status == 0) {
        drop(fd);
        return;
    }
    const std::string text = fmt::format("HTTP/1.1 {} Words\r\nContent-Length: 5\r\n\r\nhello", status);
    if (::send(fd, text.data(), text.size(), MSG_NOSIGNAL) < 0) {
        drop(fd);
    }
}

void StubServer::drop(int fd)
{
    close(fd);
    m_connections.erase(fd);
}

}  // namespace neph
