#pragma once

#include <string>
#include <vector>

namespace neph {

struct SourceLine {
    std::size_t number = 0;
    std::string text;
    std::string code;  ///< Without comments and with the contents of strings taken out.
};

struct SourceFile {
    std::string path;    ///< "sim/model/design.cpp"
    std::string folder;  ///< "sim/model"; of deeper files the first two levels
    std::vector<SourceLine> lines;
    bool isCpp = false;  ///< A .cpp, not a header.

    std::string stem() const;
};

/// All *.h and *.cpp below the given folders of the repository, ordered by path.
std::vector<SourceFile> sourceFiles(const std::vector<std::string>& roots);

/// A function as clang-format lays it out: its signature at some indentation, '{' at that indentation on a
/// line of its own (or at the end of the signature), '}' at that indentation.
struct FunctionSpan {
    std::size_t firstLine = 0;  ///< Of the body's opening brace.
    std::size_t lines = 0;      ///< From brace to brace.
};
std::vector<FunctionSpan> functionsOf(const SourceFile& file);

/// "path:line".
std::string placeOf(const SourceFile& file, std::size_t line);

/// The text of a file of the repository.
std::string textOf(const std::string& path);

}  // namespace neph
