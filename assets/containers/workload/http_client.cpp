#include "assets/containers/workload/http_client.h"

#include <cstring>
#include <iterator>

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <netdb.h>

#include "assets/containers/workload/body.h"
#include "assets/containers/workload/deadline_socket.h"

namespace neph {

namespace http = boost::beast::http;
using boost::beast::error_code;

struct HttpClient::Connection {
    DeadlineSocket socket;
    boost::beast::flat_buffer buffer;
};

/// One address of the host, and the connections to it that nobody uses at the moment.
struct HttpClient::Address {
    sockaddr_storage socketAddress{};
    std::mutex mutex;
    std::vector<std::unique_ptr<Connection>> idle;

    std::unique_ptr<Connection> take()
    {
        const std::lock_guard lock(mutex);
        if (idle.empty()) {
            return nullptr;
        }
        std::unique_ptr<Connection> last = std::move(idle.back());
        idle.pop_back();
        return last;
    }
    void giveBack(std::unique_ptr<Connection> connection)
    {
        const std::lock_guard lock(mutex);
        idle.push_back(std::move(connection));
    }
    void forget()
    {
        const std::lock_guard lock(mutex);
        idle.clear();
    }
};

HttpClient::HttpClient(std::string host, std::uint16_t port)
    : m_host(std::move(host)), m_port(std::to_string(port))
{
}

HttpClient::~HttpClient() = default;

HttpAnswer HttpClient::post(const HttpRequest& request, RandomStream& random, Deadline deadline)
{
    HttpAnswer answer;
    const std::shared_ptr<Address> address = addressOf(random, answer.what);
    if (!address) {
        return answer;
    }
    std::unique_ptr<Connection> connection = address->take();
    const bool wasKept = connection != nullptr;
    for (;;) {
        if (!connection) {
            connection = std::make_unique<Connection>();
            error_code problem;
            connection->socket.connect(address->socketAddress, deadline, problem);
            if (problem) {
                answer.what = deadline.hasPassed() ? kTooLate : "refused the connection";
                return answer;
            }
        }
        connection->socket.setDeadline(deadline);
        bool unanswered = false;
        answer = exchange(*connection, request, unanswered);
        if (answer.status != 0) {
            if (!unanswered) {
                address->giveBack(std::move(connection));
            }
            return answer;
        }
        // A kept connection may have been closed by the other side meanwhile, and the others with it. That is
        // no failure.
        connection.reset();
        address->forget();
        if (!wasKept || !unanswered || deadline.hasPassed()) {
            return answer;
        }
        answer = {};
    }
}

/// `unanswered` says that the connection is over: with status 0 before a byte of the answer came, otherwise
/// after it.
HttpAnswer HttpClient::exchange(Connection& connection, const HttpRequest& request, bool& unanswered) const
{
    http::request<PaddedBody> message(http::verb::post, request.target, 11);
    message.set(http::field::host, m_host);
    for (const auto& [name, value] : request.headers) {
        message.set(name, value);
    }
    message.body() = {request.text, request.padding};
    message.prepare_payload();

    HttpAnswer answer;
    error_code problem;
    http::response_parser<PaddedBody> parser;
    parser.body_limit(boost::none);
    http::write(connection.socket, message, problem);
    if (!problem) {
        http::read(connection.socket, connection.buffer, parser, problem);
    }
    if (problem) {
        const bool late = problem == boost::system::errc::timed_out;
        unanswered = !late && !parser.got_some();
        answer.what = late ? kTooLate : "broke the connection";
        return answer;
    }
    answer.status = static_cast<int>(parser.get().result_int());
    answer.body = std::move(parser.get().body().text);
    unanswered = !parser.keep_alive();
    return answer;
}

std::shared_ptr<HttpClient::Address> HttpClient::addressOf(RandomStream& random, std::string& problem)
{
    const std::lock_guard lock(m_mutex);
    const auto now = std::chrono::steady_clock::now();
    if (m_addresses.empty() || now - m_lookedUp > std::chrono::seconds(1)) {
        m_lookedUp = now;
        lookUp(problem);
    }
    if (m_addresses.empty()) {
        return nullptr;
    }
    problem.clear();
    const auto chosen =
        static_cast<std::ptrdiff_t>(random.uniform() * static_cast<double>(m_addresses.size()));
    return std::next(m_addresses.begin(), chosen)->second;
}

void HttpClient::lookUp(std::string& problem)
{
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    if (getaddrinfo(m_host.c_str(), m_port.c_str(), &hints, &list) != 0) {
        problem = "has no address (" + m_host + ")";
        return;  // What was known before may still be right.
    }
    std::map<std::string, std::shared_ptr<Address>> found;
    // "localhost" is often of both kinds, and a service listens on the older one at least.
    for (const int family : {AF_INET, AF_INET6}) {
        for (const addrinfo* each = list; each != nullptr; each = each->ai_next) {
            if (each->ai_family == family) {
                const std::string key(reinterpret_cast<const char*>(each->ai_addr), each->ai_addrlen);
                const auto known = m_addresses.find(key);
                std::shared_ptr<Address>& address = found[key];
                address = known != m_addresses.end() ? known->second : std::make_shared<Address>();
                std::memcpy(&address->socketAddress, each->ai_addr, each->ai_addrlen);
            }
        }
        if (!found.empty()) {
            break;
        }
    }
    freeaddrinfo(list);
    m_addresses = std::move(found);
}

}  // namespace neph
