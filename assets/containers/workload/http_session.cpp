#include "assets/containers/workload/http_session.h"

#include <charconv>
#include <cstdio>

#include <boost/asio/post.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

namespace neph {

namespace http = boost::beast::http;
using boost::beast::error_code;

namespace {

/// The value of a field of a query; percent signs stay what they are.
std::string fieldOf(const std::string& query, const std::string& name)
{
    for (std::size_t from = 0; from < query.size();) {
        const std::size_t to = std::min(query.find('&', from), query.size());
        if (query.compare(from, name.size() + 1, name + '=') == 0) {
            return query.substr(from + name.size() + 1, to - from - name.size() - 1);
        }
        from = to + 1;
    }
    return {};
}

std::optional<std::uint64_t> numberOf(const std::string& text)
{
    std::uint64_t number = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
    return !text.empty() && end.ec == std::errc() ? std::optional(number) : std::nullopt;
}

std::string serverTiming(const Reply& reply)
{
    std::array<char, 96> text{};
    const int size = std::snprintf(
        text.data(), text.size(), "queue;dur=%.3f,cpu;dur=%.3f,calls;dur=%.3f", reply.queueMs, reply.cpuMs,
        reply.callsMs);
    return {text.data(), static_cast<std::size_t>(size)};
}

}  // namespace

void HttpSession::read()
{
    m_parser.emplace();
    m_parser->body_limit(boost::none);
    http::async_read(
        m_socket, m_buffer, *m_parser, [self = shared_from_this()](error_code problem, std::size_t) {
            if (!problem) {
                self->m_traffic.begin();
                self->route();
            }
            // Otherwise the other side has gone, or speaks no HTTP; the connection goes with this object.
        });
}

void HttpSession::route()
{
    const std::string target(m_parser->get().target());
    const std::size_t mark = std::min(target.find('?'), target.size());
    const std::string path = target.substr(0, mark);
    if (path == "/work") {
        work(target.substr(std::min(mark + 1, target.size())));
    } else if (path == "/health") {
        m_traffic.service.checkHealth(
            [self = shared_from_this()](Reply reply) { self->answerLater(std::move(reply)); });
    } else if (path == "/ready") {
        answerText(
            m_traffic.isDraining() ? 503 : 200, m_traffic.service.linksText() + '\n', "application/json");
    } else if (path == "/metrics") {
        answerText(200, m_traffic.service.metricsText(), "text/plain; version=0.0.4");
    } else if (path == "/control" && m_parser->get().method() == http::verb::post) {
        const std::string problem = m_traffic.service.control(m_parser->get().body().text);
        answerText(problem.empty() ? 200 : 400, (problem.empty() ? "done" : problem) + '\n');
    } else {
        answerText(404, "There is /work, /health, /ready, /metrics and POST /control.\n");
    }
}

void HttpSession::work(const std::string& query)
{
    const std::string name = fieldOf(query, "class");
    const auto ofClass = m_traffic.service.classOf(name);
    if (!ofClass) {
        return answerText(400, "There is no class " + name + ".\n");
    }
    m_traffic.service.work(
        *ofClass, numberOf(fieldOf(query, "responseBytes")),
        [self = shared_from_this()](Reply reply) { self->answerLater(std::move(reply)); });
}

/// From a worker back to the thread of the connection.
void HttpSession::answerLater(Reply reply)
{
    boost::asio::post(m_socket.get_executor(), [self = shared_from_this(), answer = std::move(reply)] {
        self->answer(answer);
    });
}

void HttpSession::answer(const Reply& reply)
{
    m_response = {};
    m_response.set("Server-Timing", serverTiming(reply));
    m_response.result(static_cast<unsigned>(reply.status));
    m_response.body() = {reply.text, reply.bytes};
    write();
}

void HttpSession::answerText(int status, std::string text, const char* type)
{
    m_response = {};
    m_response.set(http::field::content_type, type);
    m_response.result(static_cast<unsigned>(status));
    m_response.body() = {std::move(text), 0};
    write();
}

void HttpSession::write()
{
    m_response.version(m_parser->get().version());
    m_response.keep_alive(m_parser->get().keep_alive() && !m_traffic.isDraining());
    m_response.prepare_payload();
    http::async_write(m_socket, m_response, [self = shared_from_this()](error_code problem, std::size_t) {
        if (!problem && self->m_response.keep_alive()) {
            self->read();
        } else {
            error_code ignored;
            self->m_socket.shutdown(Socket::shutdown_send, ignored);
        }
        self->m_traffic.end();
    });
}

}  // namespace neph
