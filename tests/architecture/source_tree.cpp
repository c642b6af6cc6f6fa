#include "tests/architecture/source_tree.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>

#include <fmt/format.h>

namespace neph {

namespace fs = std::filesystem;

std::string SourceFile::stem() const
{
    return fs::path(path).stem().string();
}

std::string textOf(const std::string& path)
{
    std::ifstream stream(fs::path(NEPH_SOURCE_DIR) / path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

namespace {

/// Takes comments and the contents of strings out of the lines of one file.
class CommentStripper {
public:
    std::string codeOf(const std::string& line)
    {
        std::string code;
        for (std::size_t i = 0; i < line.size(); ++i) {
            if (!m_rawEnd.empty()) {
                i = skipRaw(line, i);
            } else if (m_inComment) {
                m_inComment = line.compare(i, 2, "*/") != 0;
                i += m_inComment ? 0 : 1;
            } else if (line.compare(i, 2, "//") == 0) {
                break;
            } else if (line.compare(i, 2, "/*") == 0) {
                m_inComment = true;
            } else if (line.compare(i, 2, "R\"") == 0) {
                const std::size_t open = line.find('(', i);
                m_rawEnd = ')' + line.substr(i + 2, open - i - 2) + '"';
                i = open;
            } else if (line[i] == '"' && !line.starts_with("#include")) {
                i = endOfString(line, i);
                code += "\"\"";
            } else if (
                line[i] == '\'' && (i == 0 || std::isalnum(static_cast<unsigned char>(line[i - 1])) == 0)) {
                i = endOfString(line, i);
                code += "''";
            } else {
                code += line[i];
            }
        }
        return code;
    }

private:
    static std::size_t endOfString(const std::string& line, std::size_t at)
    {
        const char quote = line[at];
        for (++at; at < line.size() && line[at] != quote; ++at) {
            at += line[at] == '\\' ? 1 : 0;
        }
        return at;
    }
    std::size_t skipRaw(const std::string& line, std::size_t at)
    {
        const std::size_t end = line.find(m_rawEnd, at);
        if (end == std::string::npos) {
            return line.size();
        }
        const std::size_t last = end + m_rawEnd.size() - 1;
        m_rawEnd.clear();
        return last;
    }

    bool m_inComment = false;
    std::string m_rawEnd;
};

SourceFile readSource(const std::string& path)
{
    SourceFile file;
    file.path = path;
    file.isCpp = path.ends_with(".cpp");
    const std::size_t second = path.find('/', path.find('/') + 1);
    file.folder = second == std::string::npos ? path.substr(0, path.find('/')) : path.substr(0, second);
    CommentStripper stripper;
    std::ifstream stream(fs::path(NEPH_SOURCE_DIR) / path);
    for (std::string line; std::getline(stream, line);) {
        std::string code = stripper.codeOf(line);
        file.lines.push_back({file.lines.size() + 1, std::move(line), std::move(code)});
    }
    return file;
}

std::size_t indentOf(const std::string& line)
{
    return line.find_first_not_of(' ');
}

/// Whether the body of a function opens here: a '{' on a line of its own. clang-format puts only those there.
bool opensFunction(const SourceFile& file, std::size_t index)
{
    const std::string& code = file.lines[index].code;
    const std::size_t brace = code.find('{');
    return brace != std::string::npos && code.find_first_not_of(' ') == brace &&
           code.find_last_not_of(' ') == brace && index > 0 &&
           file.lines[index - 1].code.find_first_of(")}") != std::string::npos;
}

}  // namespace

std::vector<SourceFile> sourceFiles(const std::vector<std::string>& roots)
{
    std::vector<std::string> paths;
    for (const std::string& root : roots) {
        const fs::path folder = fs::path(NEPH_SOURCE_DIR) / root;
        if (!fs::exists(folder)) {
            continue;
        }
        for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
            const std::string extension = entry.path().extension().string();
            if (entry.is_regular_file() && (extension == ".h" || extension == ".cpp")) {
                paths.push_back(fs::relative(entry.path(), NEPH_SOURCE_DIR).string());
            }
        }
    }
    std::sort(paths.begin(), paths.end());
    std::vector<SourceFile> files;
    for (const std::string& path : paths) {
        files.push_back(readSource(path));
    }
    return files;
}

std::vector<FunctionSpan> functionsOf(const SourceFile& file)
{
    std::vector<FunctionSpan> found;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
        if (!opensFunction(file, i)) {
            continue;
        }
        const std::size_t indent = indentOf(file.lines[i].text);
        std::size_t end = i + 1;
        while (end < file.lines.size() &&
               !(indentOf(file.lines[end].text) == indent && file.lines[end].text[indent] == '}')) {
            ++end;
        }
        found.push_back({file.lines[i].number, end - i + 1});
    }
    return found;
}

std::string placeOf(const SourceFile& file, std::size_t line)
{
    return fmt::format("{}:{}", file.path, line);
}

}  // namespace neph
