#include "sim/cost/csv.h"

#include <algorithm>

#include <fmt/format.h>

namespace neph {

std::string csvField(std::string_view text)
{
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
        return std::string(text);
    }
    std::string quoted = "\"";
    for (const char c : text) {
        quoted += c;
        if (c == '"') {
            quoted += c;
        }
    }
    return quoted + '"';
}

std::string csvLine(const std::vector<std::string>& fields)
{
    std::string line;
    for (const std::string& field : fields) {
        line += csvField(field) + ',';
    }
    line.back() = '\n';
    return line;
}

CsvReader::CsvReader(std::string_view text, std::string file, const Limits& limits)
    : m_rest(text), m_file(std::move(file)), m_limits(limits)
{
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (m_rest.starts_with(kByteOrderMark)) {
        m_rest.remove_prefix(kByteOrderMark.size());
    }
}

std::string CsvReader::where() const
{
    return fmt::format("{}, line {}", m_file, m_recordLine);
}

bool CsvReader::atLineEnd() const
{
    return m_rest.empty() || m_rest.starts_with('\n') || m_rest.starts_with("\r\n");
}

Error CsvReader::tooLong() const
{
    return {
        ErrorCode::TooLarge, where(),
        fmt::format("The line is over the limit of {} bytes.", m_limits.csvLineBytes)};
}

Result<std::vector<std::string>> CsvReader::next()
{
    while (!m_rest.empty() && atLineEnd()) {
        m_rest.remove_prefix(m_rest.front() == '\r' ? 2 : 1);
        ++m_line;
    }
    m_recordLine = m_line;
    m_recordBytes = 0;
    std::vector<std::string> fields;
    if (m_rest.empty()) {
        return fields;
    }
    while (true) {
        if (fields.size() == m_limits.csvColumns) {
            return Error{
                ErrorCode::TooLarge, where(),
                fmt::format("More than {} columns, which is the limit.", m_limits.csvColumns)};
        }
        Result<std::string> one = m_rest.starts_with('"') ? quotedField() : field();
        if (!one) {
            return one.error();
        }
        fields.push_back(std::move(*one));
        if (atLineEnd()) {
            return fields;
        }
        m_rest.remove_prefix(1);  // The comma.
        ++m_recordBytes;
    }
}

Result<std::string> CsvReader::field()
{
    const std::size_t end = std::min(m_rest.find_first_of(",\n"), m_rest.size());
    m_recordBytes += end;
    if (m_recordBytes > m_limits.csvLineBytes) {
        return tooLong();
    }
    std::string text(m_rest.substr(0, end));
    m_rest.remove_prefix(end);
    if ((m_rest.empty() || m_rest.front() == '\n') && text.ends_with('\r')) {
        text.pop_back();
    }
    if (text.find('"') != std::string::npos) {
        return Error{
            ErrorCode::Invalid, where(),
            "A quote stands inside a field: put the whole field in quotes and double the quote."};
    }
    return text;
}

Result<std::string> CsvReader::quotedField()
{
    std::string text;
    m_rest.remove_prefix(1);
    while (true) {
        const std::size_t end = m_rest.find('"');
        const std::size_t taken = std::min(end, m_rest.size());
        m_recordBytes += taken + 1;
        if (m_recordBytes > m_limits.csvLineBytes) {
            return tooLong();
        }
        if (end == std::string_view::npos) {
            return Error{ErrorCode::Invalid, where(), "A quote is opened and never closed."};
        }
        text += m_rest.substr(0, end);
        m_line += static_cast<std::size_t>(
            std::count(m_rest.begin(), m_rest.begin() + static_cast<std::ptrdiff_t>(end), '\n'));
        m_rest.remove_prefix(end + 1);
        if (!m_rest.starts_with('"')) {
            break;
        }
        text += '"';
        m_rest.remove_prefix(1);
    }
    if (!atLineEnd() && !m_rest.starts_with(',')) {
        return Error{
            ErrorCode::Invalid, where(), "After a closing quote comes a comma or the end of the line."};
    }
    return text;
}

}  // namespace neph
