#include "sim/model/json_text.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include <fmt/format.h>

namespace neph {

namespace {

constexpr const char* kTakeAgain =
    "Take the file from its source again, or its last saved version, which ends in '~'.";

/// Walks the text without building anything, and stops at the first thing that breaks a bound.
class TextChecker final : public nlohmann::json_sax<Value> {
public:
    TextChecker(std::string_view text, const Limits& limits) : m_text(text), m_limits(limits) {}

    const Diagnostic& problem() const { return m_problem; }

    bool null() override { return countValue(); }
    bool boolean(bool) override { return countValue(); }
    bool number_integer(std::int64_t) override { return countValue(); }
    bool number_unsigned(std::uint64_t) override { return countValue(); }
    bool number_float(double value, const std::string& digits) override
    {
        if (!std::isfinite(value)) {
            return refuseNumber(digits);
        }
        return countValue();
    }
    bool string(std::string& value) override { return checkLength(value) && countValue(); }
    bool binary(binary_t&) override { return false; }

    bool start_object(std::size_t) override { return open(true); }
    bool key(std::string& name) override
    {
        if (!checkLength(name)) {
            return false;
        }
        Container& object = m_open.back();
        object.key = name;
        if (!object.keys.insert(name).second) {
            return refuse("This field is given twice.", "each field once", "Remove one of the two.");
        }
        return true;
    }
    bool end_object() override { return close(); }
    bool start_array(std::size_t) override { return open(false); }
    bool end_array() override { return close(); }

    bool parse_error(
        std::size_t position, const std::string& token, const nlohmann::json::exception& cause) override;

private:
    /// An object or array that is still open where the walk stands.
    struct Container {
        bool isObject;
        std::string key;             ///< Of the current field of an object.
        std::size_t index = 0;       ///< Of the current element of an array.
        std::set<std::string> keys;  ///< Names seen so far in an object.
    };

    bool open(bool isObject)
    {
        if (m_open.size() >= m_limits.depth) {
            return refuse(
                "The nesting is too deep.", fmt::format("at most {} levels of brackets", m_limits.depth), "");
        }
        if (!countValue(false)) {
            return false;
        }
        m_open.push_back({isObject, {}, 0, {}});
        return true;
    }
    bool close()
    {
        m_open.pop_back();
        advance();
        return true;
    }
    bool countValue(bool complete = true)
    {
        if (++m_values > m_limits.values) {
            return refuse(
                "The file holds too many values.", fmt::format("at most {} JSON values", m_limits.values),
                "");
        }
        if (complete) {
            advance();
        }
        return true;
    }
    void advance()
    {
        if (!m_open.empty() && !m_open.back().isObject) {
            ++m_open.back().index;
        }
    }
    bool checkLength(const std::string& text)
    {
        return text.size() <= m_limits.stringBytes ||
               refuse("A text is too long.", fmt::format("at most {} bytes", m_limits.stringBytes), "");
    }
    bool refuseNumber(const std::string& digits)
    {
        return refuse(
            fmt::format("The number {} is too large.", digits.substr(0, 40)),
            "finite numbers up to about 1.8e308", "");
    }
    bool refuse(std::string what, std::string allowed, std::string suggestion)
    {
        m_problem = {Severity::Error,       pointer(), std::move(what), std::move(allowed),
                     std::move(suggestion), ""};
        return false;
    }
    std::string pointer() const
    {
        std::string path;
        for (const Container& container : m_open) {
            path = container.isObject ? pointerTo(path, container.key) : pointerTo(path, container.index);
        }
        return path;
    }

    std::string_view m_text;
    const Limits& m_limits;
    std::vector<Container> m_open;
    std::size_t m_values = 0;
    Diagnostic m_problem;
};

/// "line 3, column 7", counting characters, not bytes.
std::string placeOf(std::string_view text, std::size_t position)
{
    const std::string_view before = text.substr(0, position == 0 ? 0 : std::min(position - 1, text.size()));
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const std::size_t lineStart = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
    const auto column =
        1 + std::count_if(before.begin() + static_cast<std::ptrdiff_t>(lineStart), before.end(), [](char c) {
            return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u;
        });
    return fmt::format("line {}, column {}", line, column);
}

bool TextChecker::parse_error(
    std::size_t position, const std::string& token, const nlohmann::json::exception& cause)
{
    constexpr int kNumberOutOfRange = 406;
    if (cause.id == kNumberOutOfRange) {
        return refuseNumber(token);
    }
    const std::string message = cause.what();
    const std::string place = placeOf(m_text, position);
    if (message.find("unexpected end of input") != std::string::npos ||
        message.find("missing closing quote") != std::string::npos) {
        return refuse(
            fmt::format("The text ends too early, at {}: it seems to be cut off.", place), "complete JSON",
            kTakeAgain);
    }
    if (message.find("UTF-8") != std::string::npos) {
        return refuse(
            fmt::format("At {} stands a byte that is not UTF-8.", place), "text in UTF-8",
            "Save the file as UTF-8 in your editor.");
    }
    const std::size_t detail = message.find(" - ");
    return refuse(
        fmt::format(
            "This is not JSON at {}: {}.", place,
            detail == std::string::npos ? "unexpected text" : message.substr(detail + 3, 200)),
        "JSON", "");
}

ParsedJson refused(std::string what, std::string allowed, std::string suggestion)
{
    return {
        {}, {{Severity::Error, "", std::move(what), std::move(allowed), std::move(suggestion), ""}}, false};
}

}  // namespace

ParsedJson parseJson(std::string_view text, const Limits& limits)
{
    if (text.size() > limits.fileBytes) {
        return refused("The file is too large.", fmt::format("at most {} bytes", limits.fileBytes), "");
    }
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
        return refused("The text is UTF-16.", "text in UTF-8", "Save the file as UTF-8 in your editor.");
    }
    ParsedJson parsed;
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (text.starts_with(kByteOrderMark)) {
        text.remove_prefix(kByteOrderMark.size());
        parsed.diagnostics.push_back(
            {Severity::Note, "", "The file starts with a byte-order mark, which saving drops.", "", "", ""});
    }
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
        return refused("The file is empty.", "JSON", "");
    }

    // The parser takes a zero byte for the end; a power cut leaves files with such an end.
    if (const std::size_t zero = text.find('\0'); zero != std::string_view::npos) {
        return refused(
            fmt::format("At {} stands a zero byte: the file is damaged.", placeOf(text, zero + 1)),
            "text in UTF-8", kTakeAgain);
    }
    TextChecker checker(text, limits);
    if (!Value::sax_parse(text, &checker)) {
        parsed.diagnostics.push_back(checker.problem());
        return parsed;
    }
    parsed.value = Value::parse(text, nullptr, false);
    parsed.ok = true;
    return parsed;
}

std::string pointerTo(const std::string& pointer, std::string_view key)
{
    std::string longer = pointer + '/';
    for (const char c : key) {
        if (c == '~') {
            longer += "~0";
        } else if (c == '/') {
            longer += "~1";
        } else {
            longer += c;
        }
    }
    return longer;
}

std::string pointerTo(const std::string& pointer, std::size_t index)
{
    return pointer + '/' + std::to_string(index);
}

std::string briefText(const Value& value)
{
    constexpr std::size_t kLongest = 60;
    if (value.is_object()) {
        return "an object";
    }
    if (value.is_array()) {
        return "a list";
    }
    std::string text = value.dump(-1, ' ', false, Value::error_handler_t::replace);
    if (text.size() > kLongest) {
        std::size_t end = kLongest;
        while ((static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u) {
            --end;
        }
        text = text.substr(0, end) + "...";
    }
    return text;
}

}  // namespace neph
