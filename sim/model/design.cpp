#include "sim/model/design.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <set>

namespace neph {

template <typename T>
static const T* withId(const std::vector<T>& all, const std::string& id)
{
    const auto found = std::find_if(all.begin(), all.end(), [&id](const T& one) { return one.id == id; });
    return found == all.end() ? nullptr : &*found;
}

const Node* Design::node(const std::string& id) const
{
    return withId(nodes, id);
}

const Link* Design::link(const std::string& id) const
{
    return withId(links, id);
}

std::vector<const Node*> Design::childrenOf(const std::string& id) const
{
    std::vector<const Node*> children;
    for (const Node& one : nodes) {
        if (one.parent == id) {
            children.push_back(&one);
        }
    }
    return children;
}

std::vector<const Link*> Design::linksFrom(const std::string& id) const
{
    std::vector<const Link*> found;
    for (const Link& one : links) {
        if (one.from == id) {
            found.push_back(&one);
        }
    }
    return found;
}

std::vector<const Link*> Design::linksTo(const std::string& id) const
{
    std::vector<const Link*> found;
    for (const Link& one : links) {
        if (one.to == id) {
            found.push_back(&one);
        }
    }
    return found;
}

const Node* Design::ancestorOfKind(const std::string& id, const std::string& kind) const
{
    std::set<const Node*> seen;
    const Node* current = node(id);
    while (current != nullptr && seen.insert(current).second) {
        if (current->kind == kind) {
            return current;
        }
        current = current->parent.empty() ? nullptr : node(current->parent);
    }
    return nullptr;
}

/// `stem` with what an id cannot hold replaced, and with room left for a number.
static std::string idStem(const std::string& stem)
{
    constexpr std::size_t kLongestStem = 48;
    std::string clean;
    for (const char c : stem.substr(0, kLongestStem)) {
        const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
        clean += plain ? c : '-';
    }
    return clean.empty() ? "item" : clean;
}

std::string Design::freeId(const std::string& stem) const
{
    const std::string clean = idStem(stem);
    std::vector<bool> taken(nodes.size() + links.size() + faults.size() + notes.size() + 2);
    const auto mark = [&clean, &taken](const std::string& id) {
        if (id == clean) {
            taken[1] = true;
        } else if (id.starts_with(clean) && id[clean.size()] == '-') {
            std::size_t number = 0;
            const char* end = id.data() + id.size();
            const auto [stop, error] = std::from_chars(id.data() + clean.size() + 1, end, number);
            if (error == std::errc() && stop == end && number < taken.size()) {
                taken[number] = true;
            }
        }
    };
    std::for_each(nodes.begin(), nodes.end(), [&mark](const Node& one) { mark(one.id); });
    std::for_each(links.begin(), links.end(), [&mark](const Link& one) { mark(one.id); });
    std::for_each(faults.begin(), faults.end(), [&mark](const FaultSpec& one) { mark(one.id); });
    std::for_each(notes.begin(), notes.end(), [&mark](const Note& one) { mark(one.id); });

    // There is one more number than there are ids, so one is free.
    const auto free = std::find(taken.begin() + 1, taken.end(), false);
    const auto number = free - taken.begin();
    return number == 1 ? clean : clean + '-' + std::to_string(number);
}

}  // namespace neph
