#include "sim/model/diagnostic.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include <fmt/format.h>

namespace neph {

static const char* nameOf(Severity severity)
{
    switch (severity) {
    case Severity::Note:
        return "note";
    case Severity::Warning:
        return "warning";
    case Severity::Error:
        break;
    }
    return "error";
}

/// Number of letters to insert, delete or replace; two neighbours swapped count as one.
static std::size_t editDistance(const std::string& a, const std::string& b)
{
    std::vector<std::size_t> beforePrevious;
    std::vector<std::size_t> previous(b.size() + 1);
    std::iota(previous.begin(), previous.end(), std::size_t{0});
    std::vector<std::size_t> current(b.size() + 1);

    for (std::size_t i = 1; i <= a.size(); ++i) {
        current[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            current[j] = std::min({replaced, previous[j] + 1, current[j - 1] + 1});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                current[j] = std::min(current[j], beforePrevious[j - 2] + 1);
            }
        }
        beforePrevious = std::exchange(previous, current);
    }
    return previous[b.size()];
}

bool hasErrors(const Diagnostics& diagnostics)
{
    return std::any_of(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& one) {
        return one.severity == Severity::Error;
    });
}

std::string toText(const Diagnostic& diagnostic)
{
    std::string text = nameOf(diagnostic.severity);
    if (!diagnostic.pointer.empty()) {
        text += " at " + diagnostic.pointer;
    }
    text += ": " + diagnostic.what;
    if (!diagnostic.allowed.empty()) {
        text += " (allowed: " + diagnostic.allowed + ")";
    }
    if (!diagnostic.suggestion.empty()) {
        text += " " + diagnostic.suggestion;
    }
    return text;
}

std::string nearest(const std::string& word, const std::vector<std::string>& candidates)
{
    // A hostile file may ask for the neighbours of a very long word, and nobody mistypes a hundred letters.
    constexpr std::size_t kLongestWord = 100;
    if (word.empty() || word.size() > kLongestWord) {
        return {};
    }
    std::string best;
    std::size_t bestDistance = std::max<std::size_t>(1, word.size() / 3) + 1;
    for (const std::string& candidate : candidates) {
        const std::size_t longer = std::max(word.size(), candidate.size());
        const std::size_t shorter = std::min(word.size(), candidate.size());
        if (longer - shorter >= bestDistance) {
            continue;
        }
        const std::size_t distance = editDistance(word, candidate);
        if (distance < bestDistance) {
            best = candidate;
            bestDistance = distance;
        }
    }
    return best;
}

std::string didYouMean(const std::string& word, const std::vector<std::string>& candidates)
{
    const std::string near = nearest(word, candidates);
    return near.empty() ? std::string() : fmt::format("Did you mean '{}'?", near);
}

void DiagnosticSink::add(Diagnostic diagnostic)
{
    if (isFull()) {
        drop(diagnostic.severity);
        return;
    }
    m_worst = std::max(m_worst, diagnostic.severity);
    m_kept.push_back(std::move(diagnostic));
}

void DiagnosticSink::drop(Severity severity)
{
    ++m_dropped;
    m_worst = std::max(m_worst, severity);
    m_worstDropped = std::max(m_worstDropped, severity);
}

void DiagnosticSink::add(Diagnostics diagnostics)
{
    for (Diagnostic& diagnostic : diagnostics) {
        add(std::move(diagnostic));
    }
}

Diagnostics DiagnosticSink::take()
{
    if (m_dropped > 0) {
        m_kept.push_back(
            {m_worstDropped, "", fmt::format("There are at least {} more remarks like these.", m_dropped), "",
             "Mend the first ones and check again.", ""});
    }
    m_dropped = 0;
    m_worstDropped = Severity::Note;
    m_worst = Severity::Note;
    return std::exchange(m_kept, {});
}

}  // namespace neph
