#include "assets/containers/workload/deadline_socket.h"

#include <cerrno>

#include <boost/asio/error.hpp>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <unistd.h>

namespace neph {

using boost::beast::error_code;

namespace {

error_code errorOf(int number)
{
    return {number, boost::system::system_category()};
}

}  // namespace

DeadlineSocket::~DeadlineSocket()
{
    if (m_fd >= 0) {
        close(m_fd);
    }
}

void DeadlineSocket::connect(const sockaddr_storage& address, Deadline deadline, error_code& problem)
{
    problem = {};
    m_deadline = deadline;
    m_fd = socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (m_fd < 0) {
        problem = errorOf(errno);
        return;
    }
    const int on = 1;
    setsockopt(m_fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const socklen_t size = address.ss_family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
    if (::connect(m_fd, reinterpret_cast<const sockaddr*>(&address), size) == 0) {
        return;
    }
    if (errno != EINPROGRESS) {
        problem = errorOf(errno);
    } else if (waitFor(POLLOUT, problem)) {
        int number = 0;
        socklen_t length = sizeof number;
        getsockopt(m_fd, SOL_SOCKET, SO_ERROR, &number, &length);
        problem = errorOf(number);
    }
}

bool DeadlineSocket::waitFor(short events, error_code& problem) const
{
    pollfd wait{m_fd, events, 0};
    int ready = 0;
    do {
        ready = poll(&wait, 1, m_deadline.pollMs());
    } while (ready < 0 && errno == EINTR);
    problem = ready > 0 ? error_code{} : errorOf(ready == 0 ? ETIMEDOUT : errno);
    return ready > 0;
}

std::size_t DeadlineSocket::receive(Vectors vectors, error_code& problem)
{
    for (;;) {
        // An answer is rarely there at once: asking poll() first spares a call that would find nothing.
        if (!waitFor(POLLIN, problem)) {
            return 0;
        }
        const ssize_t size = readv(m_fd, vectors.list.data(), static_cast<int>(vectors.count));
        if (size > 0) {
            return static_cast<std::size_t>(size);
        }
        if (size == 0) {
            problem = boost::asio::error::eof;
            return 0;
        }
        if (errno != EAGAIN && errno != EINTR) {
            problem = errorOf(errno);
            return 0;
        }
    }
}

std::size_t DeadlineSocket::send(Vectors vectors, error_code& problem)
{
    problem = {};
    for (;;) {
        msghdr message{};
        message.msg_iov = vectors.list.data();
        message.msg_iovlen = vectors.count;
        const ssize_t size = sendmsg(m_fd, &message, MSG_NOSIGNAL);
        if (size >= 0) {
            return static_cast<std::size_t>(size);
        }
        if (errno == EAGAIN) {
            if (!waitFor(POLLOUT, problem)) {
                return 0;
            }
        } else if (errno != EINTR) {
            problem = errorOf(errno);
            return 0;
        }
    }
}

}  // namespace neph
