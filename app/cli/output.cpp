#include "app/cli/output.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include <sys/ioctl.h>
#include <unistd.h>

namespace neph::cli {

static bool hasColour(std::FILE* stream)
{
    const char* refused = std::getenv("NO_COLOR");
    const char* terminal = std::getenv("TERM");
    return isatty(fileno(stream)) != 0 && (refused == nullptr || *refused == '\0') && terminal != nullptr &&
           std::string(terminal) != "dumb";
}

static std::string painted(Colour colour, const std::string& text, bool wanted)
{
    if (!wanted || colour == Colour::Plain || text.empty()) {
        return text;
    }
    constexpr const char* kCodes[] = {"0", "1", "2", "31", "33", "32", "36"};
    return fmt::format("\x1b[{}m{}\x1b[0m", kCodes[static_cast<int>(colour)], text);
}

std::string coloured(Colour colour, const std::string& text)
{
    static const bool wanted = hasColour(stdout);
    return painted(colour, text, wanted);
}

std::size_t outputWidth()
{
    constexpr std::size_t kNoTerminal = 96;
    winsize size{};
    if (isatty(STDOUT_FILENO) == 0 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) {
        return kNoTerminal;
    }
    return std::clamp<std::size_t>(size.ws_col, 80, 100);
}

bool isProgressWanted()
{
    return isatty(STDERR_FILENO) != 0;
}

void complain(const std::string& what, const std::string& suggestion)
{
    fmt::print(
        stderr, "{} {}{}{}\n", painted(Colour::Red, "nepho:", hasColour(stderr)), what,
        suggestion.empty() ? "" : " ", suggestion);
}

void complain(const Error& error)
{
    complain(error.where.empty() ? error.what : fmt::format("{}: {}", error.where, error.what));
}

void complain(const Diagnostics& diagnostics)
{
    for (const Diagnostic& diagnostic : diagnostics) {
        complain(toText(diagnostic));
    }
}

}  // namespace neph::cli
