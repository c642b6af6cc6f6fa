#include "app/cli/text_table.h"

#include <algorithm>

#include "app/cli/text_format.h"

namespace neph::cli {

void TextTable::add(std::vector<std::string> cells, Colour colour)
{
    cells.resize(m_columns.size());
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (m_columns[i].most > kRest) {
            cells[i] = shortened(cells[i], m_columns[i].most);
        }
    }
    m_rows.push_back({std::move(cells), colour, false});
}

void TextTable::addNote(std::string text)
{
    m_rows.push_back({{std::move(text)}, Colour::Dim, true});
}

std::string TextTable::line(const Row& row, const std::vector<std::size_t>& widths, std::size_t indent) const
{
    std::string text(indent, ' ');
    if (row.note) {
        return text + "  " + coloured(row.colour, row.cells.front()) + '\n';
    }
    std::string cells;
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
        const std::string cell = shortened(row.cells[i], widths[i]);
        const std::string padding(widths[i] - columnsOf(cell), ' ');
        cells += i > 0 ? "  " : "";
        cells += m_columns[i].align == Align::Right ? padding + cell : cell + padding;
    }
    cells.erase(cells.find_last_not_of(' ') + 1);
    return text + coloured(row.colour, cells) + '\n';
}

std::vector<std::size_t> TextTable::widths(std::size_t indent) const
{
    std::vector<std::size_t> widths;
    for (const Column& column : m_columns) {
        widths.push_back(columnsOf(column.title));
    }
    for (const Row& row : m_rows) {
        for (std::size_t i = 0; !row.note && i < row.cells.size(); ++i) {
            widths[i] = std::max(widths[i], columnsOf(row.cells[i]));
        }
    }
    std::size_t all = indent + 2 * (widths.size() - 1);
    for (const std::size_t width : widths) {
        all += width;
    }
    for (std::size_t i = 0; i < widths.size(); ++i) {
        if (m_columns[i].most == kRest && all > m_width) {
            constexpr std::size_t kLeast = 12;
            const std::size_t excess = all - m_width;
            widths[i] = widths[i] > excess + kLeast ? widths[i] - excess : std::min(widths[i], kLeast);
        }
    }
    return widths;
}

std::string TextTable::text(std::size_t indent) const
{
    Row header{{}, Colour::Dim, false};
    bool isTitled = false;
    for (const Column& column : m_columns) {
        header.cells.push_back(column.title);
        isTitled = isTitled || !column.title.empty();
    }
    const std::vector<std::size_t> columns = widths(indent);
    std::string text = isTitled ? line(header, columns, indent) : std::string();
    for (const Row& row : m_rows) {
        text += line(row, columns, indent);
    }
    return text;
}

std::string heading(const std::string& title)
{
    return '\n' + coloured(Colour::Bold, title) + '\n';
}

}  // namespace neph::cli
