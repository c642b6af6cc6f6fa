#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace neph {

enum class Severity { Note, Warning, Error };

/// One thing to say about a file or a design, with its place and a way on.
struct Diagnostic {
    Severity severity = Severity::Error;
    std::string pointer;  ///< JSON pointer into the design ("/nodes/3/properties/cpu"), or "line 7" of a CSV.
    std::string what;     ///< What was found: one sentence.
    std::string allowed;  ///< What is allowed there; may be empty.
    std::string suggestion;  ///< A way on ("Did you mean 'aws.dynamodb'?"); may be empty.
    std::string nodeId;      ///< The node or link it is about; may be empty.

    friend bool operator==(const Diagnostic&, const Diagnostic&) = default;
};

using Diagnostics = std::vector<Diagnostic>;

bool hasErrors(const Diagnostics& diagnostics);

/// "error at /nodes/3/properties/cpu: … (allowed: …) …": one line for a terminal.
std::string toText(const Diagnostic& diagnostic);

/// The candidate nearest to `word` by edit distance (at most a third of its letters differ); empty if none is
/// near.
std::string nearest(const std::string& word, const std::vector<std::string>& candidates);

/// "Did you mean 'aws.dynamodb'?", or nothing where no candidate is near.
std::string didYouMean(const std::string& word, const std::vector<std::string>& candidates);

/// Collects diagnostics up to a bound, so that a file with a million faults costs no more than one with a
/// few; the rest is counted and told in one last line, which has the severity of the worst that was dropped.
class DiagnosticSink {
public:
    static constexpr std::size_t kMostDiagnostics = 200;

    void add(Diagnostic diagnostic);
    void add(Diagnostics diagnostics);
    /// Counts one that is not worth writing down any more.
    void drop(Severity severity);
    bool isFull() const { return m_kept.size() >= kMostDiagnostics; }
    /// Full, and an error among them: looking further cannot change the answer.
    bool isSaturated() const { return isFull() && m_worst == Severity::Error; }
    /// What was collected; the sink is empty afterwards.
    Diagnostics take();

private:
    Diagnostics m_kept;
    std::size_t m_dropped = 0;
    Severity m_worstDropped = Severity::Note;
    Severity m_worst = Severity::Note;  ///< Of all, kept and dropped.
};

}  // namespace neph
