#include "sim/local/pair_file.h"

#include <filesystem>

#include <fmt/format.h>

#include "sim/local/lab_session.h"
#include "sim/local/state_folder.h"
#include "sim/model/atomic_file.h"
#include "sim/model/json_fields.h"
#include "sim/model/json_text.h"

namespace neph {

namespace {

constexpr int kVersion = 1;
constexpr std::size_t kMostBytes = 4 << 20;
constexpr std::size_t kLongest = 4096;

}  // namespace

PairFile::PairFile(std::string path, std::string format, std::size_t most)
    : m_path(std::move(path)), m_format(std::move(format)), m_most(most)
{
}

/// Errors: NewerVersion only; whatever else is wrong with the file, it holds no pairs.
Result<std::vector<PairFile::Pair>> PairFile::read() const
{
    std::vector<Pair> pairs;
    const Result<std::string> text = readFile(m_path, kMostBytes);
    const ParsedJson parsed = parseJson(text ? *text : std::string());
    if (!parsed.ok || !parsed.value.is_object()) {
        return pairs;
    }
    DiagnosticSink sink;
    JsonFields fields(parsed.value, "", sink);
    if (fields.text("format") != m_format) {
        return pairs;
    }
    if (fields.number("version", 0) > kVersion) {
        return Error{
            ErrorCode::NewerVersion, m_path,
            fmt::format("A newer Nephoscope wrote '{}'; use that one, or move the file away.", m_path)};
    }
    for (const auto& [entry, pointer] : fields.list("pairs")) {
        const bool isPair = entry->is_array() && entry->size() == 3 && (*entry)[0].is_string() &&
                            (*entry)[1].is_string() && (*entry)[2].is_number_integer();
        if (!isPair) {
            // Half a list of consents is none.
            return std::vector<Pair>();
        }
        pairs.push_back(
            {(*entry)[0].get<std::string>(), (*entry)[1].get<std::string>(),
             (*entry)[2].get<std::int64_t>()});
    }
    return pairs;
}

std::vector<PairFile::Pair> PairFile::pairs() const
{
    Result<std::vector<Pair>> pairs = read();
    return pairs ? std::move(*pairs) : std::vector<Pair>();
}

bool PairFile::contains(const std::string& first, const std::string& second) const
{
    for (const Pair& pair : pairs()) {
        if (pair.first == first && pair.second == second) {
            return true;
        }
    }
    return false;
}

template <typename Change>
Result<Done> PairFile::change(Change how) const
{
    const std::string folder = std::filesystem::path(m_path).parent_path().string();
    if (const Result<Done> made = makePrivateFolder(folder); !made) {
        return made.error();
    }
    const FileLock lock(m_path + ".lock");
    Result<std::vector<Pair>> pairs = read();
    if (!pairs) {
        return pairs.error();
    }
    how(*pairs);
    if (pairs->size() > m_most) {
        pairs->erase(pairs->begin(), pairs->end() - static_cast<std::ptrdiff_t>(m_most));
    }
    Value list = Value::array();
    for (const Pair& pair : *pairs) {
        list.push_back({pair.first, pair.second, pair.when});
    }
    const Value json = {{"format", m_format}, {"version", kVersion}, {"pairs", std::move(list)}};
    return writeFileAtomically(m_path, json.dump(1, ' ', false, Value::error_handler_t::replace) + '\n');
}

Result<Done> PairFile::add(const std::string& first, const std::string& second, bool alone) const
{
    if (first.empty() || second.empty() || first.size() > kLongest || second.size() > kLongest) {
        return Error{
            ErrorCode::Invalid, m_path, "There is nothing to remember here: a name is empty or too long."};
    }
    return change([&](std::vector<Pair>& pairs) {
        std::erase_if(
            pairs, [&](const Pair& pair) { return pair.first == first && (alone || pair.second == second); });
        pairs.push_back({first, second, unixNow()});
    });
}

Result<Done> PairFile::remove(const std::string& first) const
{
    return change([&](std::vector<Pair>& pairs) {
        std::erase_if(pairs, [&](const Pair& pair) { return pair.first == first; });
    });
}

Result<Done> PairFile::remove(const std::string& first, const std::string& second) const
{
    return change([&](std::vector<Pair>& pairs) {
        std::erase_if(pairs, [&](const Pair& pair) { return pair.first == first && pair.second == second; });
    });
}

}  // namespace neph
