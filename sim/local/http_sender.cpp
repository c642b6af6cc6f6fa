#include "sim/local/http_sender.h"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <mutex>

#include <curl/curl.h>
#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

namespace neph {

namespace {

constexpr std::uint64_t kTimer = ~0ULL;  // Instead of a socket, in an event.

/// Zero bytes to send, as many as anybody wants: pages of one and the same zeros, so they take no memory.
class Zeros {
public:
    ~Zeros() { release(); }
    const char* of(std::size_t bytes)
    {
        if (bytes > m_size) {
            // A transfer under way reads the old ones, so this is for before the first.
            release();
            m_size = bytes;
            m_start = mmap(nullptr, m_size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            if (m_start == MAP_FAILED) {
                std::abort();
            }
        }
        return static_cast<const char*>(m_start);
    }

private:
    void release()
    {
        if (m_size > 0) {
            munmap(m_start, m_size);
        }
    }
    void* m_start = nullptr;
    std::size_t m_size = 0;
};

std::size_t discard(char*, std::size_t size, std::size_t count, void*)
{
    return size * count;
}

}  // namespace

struct HttpSender::Slot {
    CURL* easy = nullptr;
    std::uint32_t index = 0;
    std::uint32_t token = 0;
    std::uint32_t route = ~0U;
    std::uint32_t attempt = 0;
    bool isUnderWay = false;
};

/// Curl and the kernel. Curl says which sockets it wants to hear of, and asks to be called at some moment.
struct HttpSender::Wire {
    /// A socket that curl lets go of is kept registered: it most likely wants it again for the next request.
    struct Socket {
        std::uint32_t registered = 0;  ///< Events in epoll; 0: not there.
        bool isWanted = false;
    };

    Wire()
    {
        static std::once_flag once;
        std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
        multi = curl_multi_init();
        poll = epoll_create1(EPOLL_CLOEXEC);
        timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u64 = kTimer;
        if (multi == nullptr || poll < 0 || epoll_ctl(poll, EPOLL_CTL_ADD, timer, &event) != 0) {
            std::abort();  // No memory or no file descriptors are left.
        }
        curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, &Wire::onSocket);
        curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, this);
        curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &Wire::onTimer);
        curl_multi_setopt(multi, CURLMOPT_TIMERDATA, this);
        curl_multi_setopt(multi, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
    }
    ~Wire()
    {
        curl_multi_cleanup(multi);
        for (curl_slist* list : headers) {
            curl_slist_free_all(list);
        }
        close(timer);
        close(poll);
    }

    static int onSocket(CURL*, curl_socket_t fd, int what, void* self, void*)
    {
        static_cast<Wire*>(self)->watch(fd, what);
        return 0;
    }
    static int onTimer(CURLM*, long milliseconds, void* self)
    {
        static_cast<Wire*>(self)->due =
            milliseconds < 0 ? kNever : monotonicNow() + std::chrono::milliseconds(milliseconds);
        return 0;
    }
    static int onClose(void* self, curl_socket_t fd)
    {
        // The kernel forgets a closed socket by itself, and its number comes back as another's.
        auto& sockets = static_cast<Wire*>(self)->sockets;
        if (static_cast<std::size_t>(fd) < sockets.size()) {
            sockets[static_cast<std::size_t>(fd)] = {};
        }
        return close(fd);
    }

    void watch(curl_socket_t fd, int what)
    {
        if (static_cast<std::size_t>(fd) >= sockets.size()) {
            sockets.resize(static_cast<std::size_t>(fd) + 64);
        }
        Socket& socket = sockets[static_cast<std::size_t>(fd)];
        socket.isWanted = what != CURL_POLL_REMOVE;
        const std::uint32_t events =
            ((what & CURL_POLL_IN) != 0 ? EPOLLIN : 0U) | ((what & CURL_POLL_OUT) != 0 ? EPOLLOUT : 0U);
        if (!socket.isWanted || events == socket.registered) {
            return;
        }
        control(fd, socket.registered == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, events);
        socket.registered = events;
    }
    void control(int fd, int operation, std::uint32_t events)
    {
        epoll_event event{};
        event.events = events;
        event.data.u64 = static_cast<std::uint64_t>(fd);
        epoll_ctl(poll, operation, fd, &event);
    }

    /// Arms the timer; whether there is anything to wait for.
    bool arm(Time until)
    {
        if (until <= monotonicNow()) {
            return false;
        }
        if (until != armed) {
            itimerspec spec{};
            spec.it_value.tv_sec = static_cast<time_t>(until.count() / 1'000'000'000);
            spec.it_value.tv_nsec = static_cast<long>(until.count() % 1'000'000'000);
            timerfd_settime(timer, TFD_TIMER_ABSTIME, &spec, nullptr);
            armed = until;
        }
        return true;
    }
    void handle(const epoll_event& event)
    {
        if (event.data.u64 == kTimer) {
            std::uint64_t expirations = 0;
            [[maybe_unused]] const auto bytes = read(timer, &expirations, sizeof expirations);
            armed = kNever;
            return;
        }
        const int fd = static_cast<int>(event.data.u64);
        Socket& socket = sockets[static_cast<std::size_t>(fd)];
        if (!socket.isWanted) {
            // Closed by the server while nobody used it; curl finds out when it wants to.
            control(fd, EPOLL_CTL_DEL, 0);
            socket.registered = 0;
            return;
        }
        const int what = ((event.events & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0) |
                         ((event.events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0) |
                         ((event.events & (EPOLLERR | EPOLLHUP)) != 0 ? CURL_CSELECT_ERR : 0);
        int running = 0;
        curl_multi_socket_action(multi, fd, what, &running);
    }
    void keepTime()
    {
        if (due != kNever && due <= monotonicNow()) {
            due = kNever;
            int running = 0;
            curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
        }
    }

    CURLM* multi;
    int poll;
    int timer;
    Time due = kNever;    ///< When curl wants to be called.
    Time armed = kNever;  ///< What the timer is set to.
    std::vector<Socket> sockets;
    std::vector<curl_slist*> headers;  ///< By attempt.
    Zeros zeros;
};

Time HttpSender::monotonicNow()
{
    return std::chrono::steady_clock::now().time_since_epoch();
}

HttpSender::HttpSender(std::uint32_t most) : m_most(std::max(1U, most)), m_wire(std::make_unique<Wire>())
{
    curl_multi_setopt(m_wire->multi, CURLMOPT_MAXCONNECTS, static_cast<long>(m_most));
    curl_multi_setopt(m_wire->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, static_cast<long>(m_most));
}

HttpSender::~HttpSender()
{
    for (const auto& slot : m_slots) {
        if (slot->isUnderWay) {
            curl_multi_remove_handle(m_wire->multi, slot->easy);
        }
        curl_easy_cleanup(slot->easy);
    }
}

std::uint32_t HttpSender::addRoute(std::string url, std::int64_t bodyBytes)
{
    assert(m_slots.empty());
    m_wire->zeros.of(static_cast<std::size_t>(bodyBytes));
    m_routes.push_back({std::move(url), bodyBytes});
    return static_cast<std::uint32_t>(m_routes.size()) - 1;
}

HttpSender::Slot& HttpSender::freeSlot()
{
    if (!m_free.empty()) {
        Slot& slot = *m_slots[m_free.back()];
        m_free.pop_back();
        return slot;
    }
    Slot& slot = *m_slots.emplace_back(std::make_unique<Slot>());
    slot.index = static_cast<std::uint32_t>(m_slots.size()) - 1;
    slot.easy = curl_easy_init();
    if (slot.easy == nullptr) {
        std::abort();  // No memory.
    }
    curl_easy_setopt(slot.easy, CURLOPT_PRIVATE, &slot);
    curl_easy_setopt(slot.easy, CURLOPT_WRITEFUNCTION, &discard);
    curl_easy_setopt(slot.easy, CURLOPT_CLOSESOCKETFUNCTION, &Wire::onClose);
    curl_easy_setopt(slot.easy, CURLOPT_CLOSESOCKETDATA, m_wire.get());
    curl_easy_setopt(slot.easy, CURLOPT_PROTOCOLS_STR, "http");
    curl_easy_setopt(slot.easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(slot.easy, CURLOPT_PROXY, "");
    curl_easy_setopt(slot.easy, CURLOPT_NOSIGNAL, 1L);
    return slot;
}

void HttpSender::prepare(Slot& slot, std::uint32_t route, std::uint32_t attempt)
{
    if (slot.route != route) {
        slot.route = route;
        const std::int64_t bytes = m_routes[route].bodyBytes;
        curl_easy_setopt(slot.easy, CURLOPT_URL, m_routes[route].url.c_str());
        if (bytes > 0) {
            curl_easy_setopt(slot.easy, CURLOPT_POST, 1L);
            curl_easy_setopt(slot.easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(bytes));
            curl_easy_setopt(
                slot.easy, CURLOPT_POSTFIELDS, m_wire->zeros.of(static_cast<std::size_t>(bytes)));
        } else {
            curl_easy_setopt(slot.easy, CURLOPT_HTTPGET, 1L);
        }
    }
    if (slot.attempt != attempt) {
        slot.attempt = attempt;
        std::vector<curl_slist*>& headers = m_wire->headers;
        while (headers.size() <= attempt) {
            const std::string number = fmt::format("X-Neph-Attempt: {}", headers.size());
            curl_slist* list = curl_slist_append(nullptr, number.c_str());
            list = curl_slist_append(list, "Content-Type: application/octet-stream");
            headers.push_back(curl_slist_append(list, "Expect:"));  // No question before a large body.
        }
        curl_easy_setopt(slot.easy, CURLOPT_HTTPHEADER, headers[attempt]);
    }
}

std::uint32_t HttpSender::send(std::uint32_t route, std::uint32_t attempt, std::uint32_t token)
{
    assert(!isFull());
    Slot& slot = freeSlot();
    prepare(slot, route, attempt);
    slot.token = token;
    slot.isUnderWay = true;
    ++m_underWay;
    curl_multi_add_handle(m_wire->multi, slot.easy);
    return slot.index;
}

void HttpSender::cancel(std::uint32_t request)
{
    Slot& slot = *m_slots[request];
    curl_multi_remove_handle(m_wire->multi, slot.easy);
    slot.isUnderWay = false;
    --m_underWay;
    m_free.push_back(slot.index);
}

void HttpSender::collect()
{
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(m_wire->multi, &left)) {
        if (message->msg != CURLMSG_DONE) {
            continue;
        }
        CURL* easy = message->easy_handle;
        const CURLcode error = message->data.result;
        void* owner = nullptr;
        long status = 0;
        long systemError = 0;
        long opened = 0;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, &owner);
        curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &opened);
        if (error == CURLE_OK) {
            curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        } else {
            curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &systemError);
        }
        m_opened += static_cast<std::uint64_t>(opened);
        auto& slot = *static_cast<Slot*>(owner);
        m_answers.push_back({slot.token, static_cast<int>(status), error, static_cast<int>(systemError)});
        cancel(slot.index);  // It has ended, so its connection is kept.
    }
}

const std::vector<HttpSender::Answer>& HttpSender::wait(Time until)
{
    m_answers.clear();
    m_wire->keepTime();
    collect();
    const bool mayWait = m_answers.empty() && m_wire->arm(std::min(until, m_wire->due));
    epoll_event events[128];
    const int count = epoll_wait(m_wire->poll, events, std::size(events), mayWait ? -1 : 0);
    for (int i = 0; i < count; ++i) {
        m_wire->handle(events[i]);
    }
    m_wire->keepTime();
    collect();
    return m_answers;
}

std::string statusInWords(int status)
{
    struct Known {
        int status;
        const char* words;
    };
    // RFC 9110, section 15, and RFC 6585 for 429.
    static constexpr Known kKnown[] = {
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {301, "Moved Permanently"},
        {302, "Found"},
        {304, "Not Modified"},
        {307, "Temporary Redirect"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {408, "Request Timeout"},
        {411, "Length Required"},
        {413, "Content Too Large"},
        {429, "Too Many Requests"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
    };
    for (const Known& known : kKnown) {
        if (known.status == status) {
            return fmt::format("{} {}", status, known.words);
        }
    }
    return std::to_string(status);
}

std::string failureInWords(const HttpSender::Answer& answer)
{
    switch (answer.error) {
    case CURLE_COULDNT_CONNECT:
        return answer.systemError == ECONNREFUSED ? "connection refused" : "could not connect";
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
        return "connection reset";
    case CURLE_GOT_NOTHING:
        return "connection closed without an answer";
    case CURLE_PARTIAL_FILE:
        return "answer cut short";
    case CURLE_OPERATION_TIMEDOUT:
        return "timed out";
    default:
        return curl_easy_strerror(static_cast<CURLcode>(answer.error));
    }
}

}  // namespace neph
