#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

#include <fmt/format.h>

#include "sim/local/gateway.h"

namespace neph {

namespace {

constexpr std::size_t kMostAnswer = 4 << 20;

/// A socket that closes itself.
struct Connection {
    int descriptor = -1;
    ~Connection()
    {
        if (descriptor >= 0) {
            close(descriptor);
        }
    }
};

bool connectTo(Connection& connection, std::uint16_t port)
{
    connection.descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval patience{5, 0};
    setsockopt(connection.descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(connection.descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return connect(connection.descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

std::vector<std::string> cells(const std::string& line)
{
    std::vector<std::string> all(1);
    for (const char c : line) {
        if (c == ',') {
            all.emplace_back();
        } else {
            all.back() += c;
        }
    }
    return all;
}

std::uint64_t numberOf(const std::string& text)
{
    return text.empty() ? 0 : std::strtoull(text.c_str(), nullptr, 10);
}

/// Lines of "show stat": a comment that names the columns, then one line for each server.
std::map<std::pair<std::string, std::uint32_t>, SlotReading> readingsOf(const std::string& csv)
{
    std::map<std::pair<std::string, std::uint32_t>, SlotReading> readings;
    std::map<std::string, std::size_t> column;
    std::size_t from = 0;
    for (std::size_t end = csv.find('\n'); end != std::string::npos; end = csv.find('\n', from)) {
        const std::vector<std::string> line = cells(csv.substr(from, end - from));
        from = end + 1;
        if (column.empty()) {
            for (std::size_t i = 0; i < line.size(); ++i) {
                column[line[i]] = i;
            }
            continue;
        }
        const auto cell = [&](const char* name) {
            const auto found = column.find(name);
            return found != column.end() && found->second < line.size() ? line[found->second] : std::string();
        };
        const std::string name = cell("svname");
        if (!line.front().starts_with("b-") || name.size() < 2 || name[0] != 't') {
            continue;
        }
        SlotReading& reading =
            readings[{line.front().substr(2), static_cast<std::uint32_t>(numberOf(name.substr(1)))}];
        reading.requests = numberOf(cell("stot"));
        reading.errors = numberOf(cell("hrsp_5xx")) + numberOf(cell("econ")) + numberOf(cell("eresp"));
        reading.inFlight = static_cast<std::uint32_t>(numberOf(cell("scur")));
    }
    return readings;
}

}  // namespace

Result<std::string> GatewayAdmin::say(const std::string& commands) const
{
    Connection connection;
    if (!connectTo(connection, m_port)) {
        return Error{
            ErrorCode::CannotRead, fmt::format("127.0.0.1:{}", m_port),
            "The lab's load balancer does not answer; look at its logs with 'nepho lab logs'."};
    }
    const std::string text = commands + "\n";
    if (send(connection.descriptor, text.data(), text.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(text.size())) {
        return Error{ErrorCode::CannotRead, "gateway", "The lab's load balancer took no command."};
    }
    shutdown(connection.descriptor, SHUT_WR);
    std::string answer;
    char piece[16384];
    for (ssize_t got = 0; answer.size() < kMostAnswer; answer.append(piece, static_cast<std::size_t>(got))) {
        got = recv(connection.descriptor, piece, sizeof piece, 0);
        if (got < 0) {
            return Error{ErrorCode::CannotRead, "gateway", "The lab's load balancer did not answer in time."};
        }
        if (got == 0) {
            break;
        }
    }
    return answer;
}

/// An order answers nothing but line ends, or what is wrong with it.
Result<Done> GatewayAdmin::order(const std::string& command) const
{
    const Result<std::string> answer = say(command);
    if (!answer) {
        return answer.error();
    }
    for (const char* wrong : {"No such", "Unknown", "Can't", "cannot", "Invalid", "Require", "not "}) {
        if (answer->find(wrong) != std::string::npos && answer->find("no need") == std::string::npos) {
            return Error{
                ErrorCode::Invalid, "gateway", fmt::format("'{}' was refused: {}", command, *answer)};
        }
    }
    return Done{};
}

Result<Done> GatewayAdmin::ping() const
{
    const Result<std::string> answer = say("show info");
    return !answer ? Result<Done>(answer.error())
           : answer->find("HAProxy") != std::string::npos
               ? Result<Done>(Done{})
               : Error{ErrorCode::Invalid, "gateway", "This is no HAProxy."};
}

Result<Done> GatewayAdmin::place(
    const std::string& node, std::uint32_t slot, const std::string& address, std::uint16_t port)
{
    for (const char* backend : {"b", "p"}) {
        Result<Done> placed =
            order(fmt::format("set server {}-{}/t{} addr {} port {}", backend, node, slot, address, port));
        if (!placed) {
            return placed;
        }
    }
    return order(fmt::format("set server p-{}/t{} state ready", node, slot));
}

Result<Done> GatewayAdmin::setState(const std::string& node, std::uint32_t slot, State state)
{
    const char* word = state == State::Ready ? "ready" : state == State::Drain ? "drain" : "maint";
    return order(fmt::format("set server b-{}/t{} state {}", node, slot, word));
}

Result<Done> GatewayAdmin::setWeight(const std::string& node, std::uint32_t slot, int percent)
{
    return order(fmt::format("set server b-{}/t{} weight {}%", node, slot, percent));
}

Result<Done> GatewayAdmin::clear(const std::string& node, std::uint32_t slot)
{
    return order(fmt::format(
        "set server b-{0}/t{1} state maint; set server p-{0}/t{1} state maint; "
        "shutdown sessions server b-{0}/t{1}; set server b-{0}/t{1} weight 100%",
        node, slot));
}

Result<std::map<std::pair<std::string, std::uint32_t>, SlotReading>> GatewayAdmin::read() const
{
    const Result<std::string> answer = say("show stat");
    if (!answer) {
        return answer.error();
    }
    return readingsOf(answer->starts_with("# ") ? answer->substr(2) : *answer);
}

}  // namespace neph
