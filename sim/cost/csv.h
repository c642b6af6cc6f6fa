#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/base/result.h"
#include "sim/model/limits.h"

namespace neph {

/// One field of a CSV line; quoted where it holds a comma, a quote or a line end (RFC 4180).
std::string csvField(std::string_view text);

/// `fields` (at least one), quoted and separated, with a line end.
std::string csvLine(const std::vector<std::string>& fields);

/// Reads CSV record by record (RFC 4180: comma, quotes doubled inside quotes, line ends within quotes; LF or
/// CRLF). A byte-order mark is skipped, and so are empty lines. Never holds more than one record.
class CsvReader {
public:
    /// `text` must outlive the reader; `file` is for error messages.
    CsvReader(std::string_view text, std::string file, const Limits& limits = {});

    /// The next record; no fields at the end of the text.
    /// Errors: TooLarge (line or number of columns over the limits), Invalid (quotes that do not match).
    Result<std::vector<std::string>> next();

    /// Line on which the last record began, from 1.
    std::size_t line() const { return m_recordLine; }
    /// "usage.csv, line 7".
    std::string where() const;

private:
    Result<std::string> field();
    Result<std::string> quotedField();
    bool atLineEnd() const;
    Error tooLong() const;

    std::string_view m_rest;
    std::string m_file;
    Limits m_limits;
    std::size_t m_line = 1;
    std::size_t m_recordLine = 1;
    std::size_t m_recordBytes = 0;
};

}  // namespace neph
