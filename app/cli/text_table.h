#pragma once

#include <string>
#include <vector>

#include "app/cli/output.h"

namespace neph::cli {

/// Rows with aligned columns, two spaces apart.
class TextTable {
public:
    enum class Align { Left, Right };
    static constexpr std::size_t kWhole = 0;
    static constexpr std::size_t kRest = 1;  ///< What the width of the report leaves; for one column.
    struct Column {
        std::string title;
        Align align = Align::Left;
        std::size_t most = kWhole;  ///< Longer texts are cut to so many columns; kRest: to what is left.
    };

    /// `width`: of the whole table, with its indentation.
    explicit TextTable(std::vector<Column> columns, std::size_t width)
        : m_columns(std::move(columns)), m_width(width)
    {
    }

    /// One text per column.
    void add(std::vector<std::string> cells, Colour colour = Colour::Plain);
    /// A line of prose below the row before, indented like the table's second column.
    void addNote(std::string text);

    bool isEmpty() const { return m_rows.empty(); }
    /// Header (where a column has a title) and rows, indented by `indent` spaces, with a final newline.
    std::string text(std::size_t indent = 2) const;

private:
    struct Row {
        std::vector<std::string> cells;
        Colour colour = Colour::Plain;
        bool note = false;
    };
    std::string line(const Row& row, const std::vector<std::size_t>& widths, std::size_t indent) const;
    std::vector<std::size_t> widths(std::size_t indent) const;

    std::vector<Column> m_columns;
    std::size_t m_width;
    std::vector<Row> m_rows;
};

/// A heading of a report: bold, with an empty line before it.
std::string heading(const std::string& title);

}  // namespace neph::cli
