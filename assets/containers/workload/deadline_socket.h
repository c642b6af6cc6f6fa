#pragma once

#include <array>
#include <cstddef>

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/core/error.hpp>
#include <sys/socket.h>
#include <sys/uio.h>

#include "assets/containers/workload/deadline.h"

namespace neph {

/// A TCP connection whose reads and writes block until a deadline: what Boost calls a SyncStream. (The
/// blocking reads of Asio know no time limit.) errc::timed_out when the deadline has passed.
class DeadlineSocket {
public:
    DeadlineSocket() = default;
    ~DeadlineSocket();
    DeadlineSocket(DeadlineSocket&& other) noexcept : m_fd(other.m_fd) { other.m_fd = -1; }
    DeadlineSocket(const DeadlineSocket&) = delete;
    DeadlineSocket& operator=(const DeadlineSocket&) = delete;

    void connect(const sockaddr_storage& address, Deadline deadline, boost::beast::error_code& problem);
    void setDeadline(Deadline deadline) { m_deadline = deadline; }

    template <class Buffers>
    std::size_t read_some(const Buffers& buffers, boost::beast::error_code& problem)
    {
        return receive(vectorsOf(buffers), problem);
    }
    template <class Buffers>
    std::size_t write_some(const Buffers& buffers, boost::beast::error_code& problem)
    {
        return send(vectorsOf(buffers), problem);
    }
    // The concepts ask for those that throw, too.
    template <class Buffers>
    std::size_t read_some(const Buffers& buffers)
    {
        boost::beast::error_code problem;
        const std::size_t size = read_some(buffers, problem);
        return problem ? throw boost::beast::system_error(problem) : size;
    }
    template <class Buffers>
    std::size_t write_some(const Buffers& buffers)
    {
        boost::beast::error_code problem;
        const std::size_t size = write_some(buffers, problem);
        return problem ? throw boost::beast::system_error(problem) : size;
    }

private:
    struct Vectors {
        std::array<iovec, 16> list;
        std::size_t count = 0;
    };
    template <class Buffers>
    static Vectors vectorsOf(const Buffers& buffers)
    {
        Vectors vectors;
        for (const auto buffer : boost::beast::buffers_range_ref(buffers)) {
            if (vectors.count < vectors.list.size() && buffer.size() > 0) {
                vectors.list[vectors.count++] = {const_cast<void*>(buffer.data()), buffer.size()};
            }
        }
        return vectors;
    }
    std::size_t receive(Vectors vectors, boost::beast::error_code& problem);
    std::size_t send(Vectors vectors, boost::beast::error_code& problem);
    bool waitFor(short events, boost::beast::error_code& problem) const;

    int m_fd = -1;
    Deadline m_deadline;
};

}  // namespace neph
