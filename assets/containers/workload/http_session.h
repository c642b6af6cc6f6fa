#pragma once

#include <memory>
#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "assets/containers/workload/body.h"
#include "assets/containers/workload/service.h"

namespace neph {

/// What all connections share. Only the thread of the io_context touches it.
class Traffic {
public:
    Traffic(boost::asio::io_context& context, Service& ofService) : service(ofService), m_context(context) {}

    void begin() { ++m_open; }
    void end()
    {
        --m_open;
        stopWhenIdle();
    }
    /// From now on connections are closed after their answer, and the program ends with the last of them.
    void drain()
    {
        m_draining = true;
        stopWhenIdle();
    }
    bool isDraining() const { return m_draining; }

    Service& service;

private:
    void stopWhenIdle()
    {
        if (m_draining && m_open == 0) {
            m_context.stop();
        }
    }

    boost::asio::io_context& m_context;
    std::size_t m_open = 0;  ///< Requests that are read and not yet answered.
    bool m_draining = false;
};

using Tcp = boost::asio::ip::tcp;
// With its executor spelt out: the usual one can be any, and pays for it with each operation.
using Socket = boost::asio::basic_stream_socket<Tcp, boost::asio::io_context::executor_type>;

/// One connection: reads a request, has it answered, and so on.
class HttpSession : public std::enable_shared_from_this<HttpSession> {
public:
    HttpSession(Socket socket, Traffic& traffic) : m_socket(std::move(socket)), m_traffic(traffic) {}

    void read();

private:
    using Parser = boost::beast::http::request_parser<PaddedBody>;

    void route();
    void work(const std::string& query);
    void answerLater(Reply reply);
    void answer(const Reply& reply);
    void answerText(int status, std::string text, const char* type = "text/plain");
    void write();

    Socket m_socket;
    Traffic& m_traffic;
    boost::beast::flat_buffer m_buffer;
    std::optional<Parser> m_parser;
    boost::beast::http::response<PaddedBody> m_response;
};

}  // namespace neph
