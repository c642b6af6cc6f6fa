#include "tests/local/fake_engine.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <fmt/format.h>

namespace neph::test {
namespace {

bool sendAll(int guest, std::string_view text)
{
    while (!text.empty()) {
        const ssize_t sent = send(guest, text.data(), text.size(), MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

/// "GET /v1.41/info HTTP/1.1" becomes "GET /info".
std::string withoutVersion(const std::string& line)
{
    const std::size_t space = line.find(' ');
    std::string path = line.substr(space + 1, line.rfind(' ') - space - 1);
    if (path.starts_with("/v") && path.find('/', 1) != std::string::npos) {
        path.erase(0, path.find('/', 1));
    }
    return line.substr(0, space + 1) + path;
}

}  // namespace

FakeEngine::FakeEngine(Script script) : m_script(std::move(script)), m_socket(m_folder / "engine.sock")
{
    m_door = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, m_socket.c_str(), sizeof address.sun_path - 1);
    if (bind(m_door, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || listen(m_door, 20) != 0) {
        std::abort();
    }
    m_accepter = std::thread([this] { accept(); });
}

FakeEngine::~FakeEngine()
{
    m_isOver = true;
    m_accepter.join();
    for (std::thread& guest : m_guests) {
        guest.join();
    }
    close(m_door);
}

std::vector<std::string> FakeEngine::asked()
{
    const std::lock_guard guard(m_lock);
    return m_asked;
}

void FakeEngine::accept()
{
    while (!m_isOver) {
        pollfd door{m_door, POLLIN, 0};
        if (poll(&door, 1, 20) > 0) {
            const int guest = ::accept(m_door, nullptr, nullptr);
            m_guests.emplace_back([this, guest] { serve(guest); });
        }
    }
}

void FakeEngine::serve(int guest)
{
    std::string text;
    std::array<char, 4096> part{};
    std::size_t wanted = std::string::npos;
    while (!m_isOver && text.size() < wanted) {
        pollfd ready{guest, POLLIN, 0};
        if (poll(&ready, 1, 20) <= 0) {
            continue;
        }
        const ssize_t got = recv(guest, part.data(), part.size(), 0);
        if (got <= 0) {
            break;
        }
        text.append(part.data(), static_cast<std::size_t>(got));
        const std::size_t end = text.find("\r\n\r\n");
        if (wanted == std::string::npos && end != std::string::npos) {
            const std::size_t length = text.find("Content-Length: ");
            wanted = end + 4 + (length < end ? std::strtoul(text.c_str() + length + 16, nullptr, 10) : 0);
        }
    }
    if (wanted != std::string::npos && !m_isOver) {
        const std::string line = text.substr(0, text.find("\r\n"));
        {
            const std::lock_guard guard(m_lock);
            m_asked.push_back(line.substr(0, line.rfind(' ')));
        }
        answer(guest, m_script(withoutVersion(line), text.substr(text.find("\r\n\r\n") + 4)));
    }
    close(guest);
}

void FakeEngine::answer(int guest, const FakeReply& reply)
{
    const auto until = std::chrono::steady_clock::now() + reply.delay;
    while (!m_isOver && std::chrono::steady_clock::now() < until) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    if (!reply.raw.empty()) {
        sendAll(guest, reply.raw);
        return;
    }
    std::string head = fmt::format(
        "HTTP/1.1 {} Whatever\r\nApi-Version: {}\r\n{}Connection: close\r\n", reply.status, reply.apiVersion,
        reply.isPodman ? "Libpod-Api-Version: 4.3.1\r\n" : "");
    if (reply.endless.empty()) {
        sendAll(guest, head + fmt::format("Content-Length: {}\r\n\r\n", reply.body.size()) + reply.body);
        return;
    }
    const std::string chunk = fmt::format("{:x}\r\n{}\r\n", reply.endless.size(), reply.endless);
    bool isThere = sendAll(guest, head + "Transfer-Encoding: chunked\r\n\r\n");
    while (isThere && !m_isOver) {
        isThere = sendAll(guest, chunk);
        m_sent += chunk.size();
    }
}

}  // namespace neph::test
