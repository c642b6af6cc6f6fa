#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/optional.hpp>

namespace neph {

/// A body of HTTP whose bytes mostly do not matter: what comes in is dropped but for its beginning, and what
/// goes out is a text followed by as much padding as is asked for, however much, without memory for it.
struct PaddedBody {
    struct value_type {
        std::string text;
        std::uint64_t padding = 0;
    };

    static constexpr std::size_t kKept = std::size_t{1} << 16;  ///< Bytes of a body that are kept.

    static std::uint64_t size(const value_type& body) { return body.text.size() + body.padding; }

    class reader {
    public:
        template <bool isRequest, class Fields>
        reader(boost::beast::http::header<isRequest, Fields>&, value_type& body) : m_body(body)
        {
        }
        void init(const boost::optional<std::uint64_t>&, boost::beast::error_code& problem) { problem = {}; }
        template <class Buffers>
        std::size_t put(const Buffers& buffers, boost::beast::error_code& problem)
        {
            problem = {};
            std::size_t taken = 0;
            for (const auto buffer : boost::beast::buffers_range_ref(buffers)) {
                const std::size_t room = kKept - std::min(kKept, m_body.text.size());
                m_body.text.append(static_cast<const char*>(buffer.data()), std::min(room, buffer.size()));
                taken += buffer.size();
            }
            return taken;
        }
        void finish(boost::beast::error_code& problem) { problem = {}; }

    private:
        value_type& m_body;
    };

    class writer {
    public:
        using const_buffers_type = boost::asio::const_buffer;

        template <bool isRequest, class Fields>
        writer(const boost::beast::http::header<isRequest, Fields>&, const value_type& body)
            : m_body(body), m_left(body.padding)
        {
        }
        void init(boost::beast::error_code& problem) { problem = {}; }
        boost::optional<std::pair<const_buffers_type, bool>> get(boost::beast::error_code& problem)
        {
            problem = {};
            if (!std::exchange(m_textIsOut, true) && !m_body.text.empty()) {
                return {{const_buffers_type(m_body.text.data(), m_body.text.size()), m_left > 0}};
            }
            if (m_left == 0) {
                return boost::none;
            }
            const auto now = static_cast<std::size_t>(std::min<std::uint64_t>(m_left, kPadding.size()));
            m_left -= now;
            return {{const_buffers_type(kPadding.data(), now), m_left > 0}};
        }

    private:
        static constexpr std::array<char, kKept> kPadding = [] {
            std::array<char, kKept> bytes{};
            for (char& each : bytes) {
                each = 'x';
            }
            return bytes;
        }();

        const value_type& m_body;
        std::uint64_t m_left;
        bool m_textIsOut = false;
    };
};

}  // namespace neph
