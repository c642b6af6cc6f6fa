#include "app/cli/report_history.h"

#include <algorithm>
#include <cctype>

#include "app/cli/text_format.h"
#include "app/cli/text_table.h"

namespace neph::cli {

namespace {

constexpr std::size_t kMostLines = 40;

struct Happening {
    const RunEvent* event;
    std::string shape;  ///< Its sentence without names of tasks and numbers: what repeats has the same.
    std::size_t times = 1;
};

/// "task task/12 stopped" and "task task/7 stopped" are the same kind of news.
std::string shapeOf(const RunEvent& event)
{
    std::string shape = event.node + '|';
    for (const char c : event.what) {
        if (std::isdigit(static_cast<unsigned char>(c)) == 0) {
            shape += c;
        } else if (shape.back() != '#') {
            shape += '#';
        }
    }
    return shape;
}

std::vector<Happening> foldRepeats(const std::vector<RunEvent>& log)
{
    constexpr Duration kTogether = 60s;
    std::vector<Happening> kept;
    for (const RunEvent& event : log) {
        std::string shape = shapeOf(event);
        const std::size_t looked = std::min<std::size_t>(kept.size(), 6);
        const auto same = std::find_if(
            kept.rbegin(), kept.rbegin() + static_cast<std::ptrdiff_t>(looked), [&](const Happening& one) {
                return one.shape == shape && event.at - one.event->at <= kTogether;
            });
        if (same != kept.rbegin() + static_cast<std::ptrdiff_t>(looked)) {
            ++same->times;
        } else {
            kept.push_back({&event, std::move(shape), 1});
        }
    }
    return kept;
}

/// Drops the later ones of what is told most often, information before failures, until the rest fits.
std::size_t shorten(std::vector<Happening>& happenings)
{
    const std::size_t before = happenings.size();
    for (const EventLevel level : {EventLevel::Info, EventLevel::Warning, EventLevel::Failure}) {
        if (happenings.size() <= kMostLines) {
            break;
        }
        std::size_t excess = happenings.size() - kMostLines;
        const std::size_t first = kMostLines / 2;
        for (std::size_t i = first; excess > 0 && i < happenings.size();) {
            if (happenings[i].event->level == level) {
                happenings.erase(happenings.begin() + static_cast<std::ptrdiff_t>(i));
                --excess;
            } else {
                ++i;
            }
        }
    }
    return before - happenings.size();
}

Colour colourOf(EventLevel level)
{
    return level == EventLevel::Failure   ? Colour::Red
           : level == EventLevel::Warning ? Colour::Yellow
                                          : Colour::Plain;
}

const char* markOf(EventLevel level)
{
    return level == EventLevel::Failure ? "✗" : level == EventLevel::Warning ? "!" : "·";
}

/// What happened, led by the component where the sentence does not name it.
std::string sentenceOf(const Design& design, const Happening& one)
{
    const Node* node = design.node(one.event->node);
    const std::string name = node == nullptr || node->name.empty() ? one.event->node : node->name;
    std::string text = one.times > 1 ? fmt::format("{}× ", one.times) : std::string();
    if (!name.empty() && one.event->what.find(name) == std::string::npos) {
        text += name + ": ";
    }
    return text + one.event->what;
}

}  // namespace

std::string historyReport(const Design& design, const std::vector<RunEvent>& log, std::size_t width)
{
    if (log.empty()) {
        return {};
    }
    std::vector<Happening> happenings = foldRepeats(log);
    const std::size_t dropped = shorten(happenings);
    TextTable table(
        {{"", TextTable::Align::Right}, {}, {"", TextTable::Align::Left, TextTable::kRest}}, width);
    for (const Happening& one : happenings) {
        table.add(
            {clockText(one.event->at), markOf(one.event->level), sentenceOf(design, one)},
            colourOf(one.event->level));
    }
    std::string text = heading("What happened") + table.text();
    if (dropped > 0) {
        text += fmt::format(
            "  Shortened by {} line{}; --events FILE has all of it.\n", dropped, dropped == 1 ? "" : "s");
    }
    return text;
}

}  // namespace neph::cli
