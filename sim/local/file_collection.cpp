#include "sim/local/file_collection.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <utility>

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/local/elf_needs.h"

extern char** environ;

namespace neph {
namespace {

namespace fs = std::filesystem;
using Entry = FileCollection::Entry;

constexpr int kMostLinks = 40;
constexpr int kMostDepth = 60;
constexpr std::size_t kMostEntries = 200'000;

Error notFound(const std::string& path)
{
    return Error{ErrorCode::NotFound, path, fmt::format("{} is not on this machine.", path)};
}

Entry entryOf(const std::string& from, const struct stat& info)
{
    Entry entry;
    entry.from = from;
    // No set-user bits: nothing in a container may become somebody else.
    entry.mode = (info.st_mode & 0755U) | 0444U;
    if (S_ISDIR(info.st_mode)) {
        entry.sort = Entry::Sort::Folder;
        entry.mode = 0755;
    } else if (S_ISLNK(info.st_mode)) {
        entry.sort = Entry::Sort::Link;
        std::error_code ignored;
        entry.target = fs::read_symlink(from, ignored).string();
        entry.mode = 0777;
    } else {
        entry.size = info.st_size;
        entry.changed = info.st_mtim.tv_sec * 1'000'000'000LL + info.st_mtim.tv_nsec;
    }
    return entry;
}

/// What `ldd` prints about a file. No shell: names are names.
std::string lddOf(const std::string& file)
{
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) {
        return {};
    }
    std::vector<std::string> words = {"ldd", file};
    std::vector<char*> arguments;
    for (std::string& word : words) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child = -1;
    const int failed = posix_spawnp(&child, "ldd", &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    std::string text;
    std::array<char, 4096> part{};
    for (ssize_t got = 0; failed == 0; text.append(part.data(), static_cast<std::size_t>(got))) {
        got = read(ends[0], part.data(), part.size());
        if (got <= 0) {
            break;
        }
    }
    close(ends[0]);
    if (failed == 0) {
        waitpid(child, nullptr, 0);
    }
    return text;
}

/// The paths in the output of ldd: "libc.so.6 => /lib/…/libc.so.6 (0x…)" and "/lib64/ld-linux-x86-64.so.2
/// (0x…)".
std::set<std::string> librariesIn(const std::string& text, std::string& missing)
{
    std::set<std::string> libraries;
    for (std::size_t from = 0; from < text.size();) {
        const std::size_t end = std::min(text.find('\n', from), text.size());
        const std::string line = text.substr(from, end - from);
        from = end + 1;
        if (line.find("=> not found") != std::string::npos) {
            missing =
                line.substr(line.find_first_not_of(" \t"), line.find(" =>") - line.find_first_not_of(" \t"));
            continue;
        }
        const std::size_t start = line.find('/');
        const std::size_t stop = line.find(" (0x");
        if (!line.empty() && line.front() == '\t' && start != std::string::npos &&
            stop != std::string::npos) {
            libraries.insert(line.substr(start, stop - start));
        }
    }
    return libraries;
}

struct ArchiveCloser {
    void operator()(archive* out) const { archive_write_free(out); }
    void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};

bool writeContents(archive* out, const Entry& entry)
{
    if (entry.from.empty()) {
        return archive_write_data(out, entry.text.data(), entry.text.size()) ==
               static_cast<la_ssize_t>(entry.text.size());
    }
    std::ifstream file(entry.from, std::ios::binary);
    std::vector<char> part(1 << 16);
    std::int64_t left = entry.size;
    while (left > 0 &&
           file.read(part.data(), std::min<std::int64_t>(left, static_cast<std::int64_t>(part.size())))) {
        if (archive_write_data(out, part.data(), static_cast<std::size_t>(file.gcount())) < 0) {
            return false;
        }
        left -= file.gcount();
    }
    return left == 0;
}

}  // namespace

void FileCollection::put(const std::string& path, Entry entry)
{
    for (std::size_t slash = path.find('/', 1); slash != std::string::npos;
         slash = path.find('/', slash + 1)) {
        Entry folder;
        folder.sort = Entry::Sort::Folder;
        m_entries.try_emplace(path.substr(0, slash), folder);
    }
    m_entries.insert_or_assign(path, std::move(entry));
}

void FileCollection::addText(const std::string& path, const std::string& text)
{
    Entry entry;
    entry.text = text;
    entry.mode = 0644;
    entry.size = static_cast<std::int64_t>(text.size());
    put(path, entry);
}

void FileCollection::addFolder(
    const std::string& path, std::uint32_t mode, std::uint32_t user, std::uint32_t group)
{
    Entry entry;
    entry.sort = Entry::Sort::Folder;
    entry.mode = mode;
    entry.user = user;
    entry.group = group;
    put(path, entry);
}

void FileCollection::addLink(const std::string& path, const std::string& target)
{
    Entry entry;
    entry.sort = Entry::Sort::Link;
    entry.target = target;
    put(path, entry);
}

Result<Done> FileCollection::add(const std::string& from, const std::string& to)
{
    return from == to ? addSame(from) : addTree(from, to, 0);
}

/// Walks down `path`; a link on the way is put in as well and followed, so that the path means the same
/// inside.
Result<Done> FileCollection::addSame(const std::string& path)
{
    std::string rest = path;
    std::string here;
    int links = 0;
    while (!rest.empty()) {
        const std::size_t start = rest.find_first_not_of('/');
        if (start == std::string::npos) {
            break;
        }
        const std::size_t end = std::min(rest.find('/', start), rest.size());
        const std::string word = rest.substr(start, end - start);
        rest.erase(0, end);
        if (word == "." || word == "..") {
            here = word == ".." ? here.substr(0, here.rfind('/')) : here;
            continue;
        }
        const std::string next = here + '/' + word;
        struct stat info = {};
        if (lstat(next.c_str(), &info) != 0) {
            return notFound(path);
        }
        if (S_ISLNK(info.st_mode)) {
            if (++links > kMostLinks) {
                return notFound(path);
            }
            const Entry link = entryOf(next, info);
            put(next, link);
            rest = link.target + rest;
            here = link.target.starts_with('/') ? std::string() : here;
            rest = rest.starts_with('/') ? rest : '/' + rest;
            continue;
        }
        here = next;
    }
    return addTree(here, here, 0);
}

Result<Done> FileCollection::addTree(const std::string& from, const std::string& to, int depth)
{
    struct stat info = {};
    if (lstat(from.c_str(), &info) != 0 || depth > kMostDepth || m_entries.size() > kMostEntries) {
        return notFound(from);
    }
    if (S_ISLNK(info.st_mode) && from == to) {
        return addSame(from);
    }
    const auto known = m_entries.find(to);
    if (known != m_entries.end() && known->second.sort == Entry::Sort::File && known->second.from == from) {
        return Done{};
    }
    if (!S_ISDIR(info.st_mode)) {
        if (S_ISREG(info.st_mode) || S_ISLNK(info.st_mode)) {
            put(to, entryOf(from, info));
        }
        return Done{};
    }
    put(to, entryOf(from, info));
    std::error_code problem;
    for (const fs::directory_entry& one : fs::directory_iterator(from, problem)) {
        const std::string name = one.path().filename().string();
        if (m_without.contains(name)) {
            continue;
        }
        // A link to nowhere inside a folder is nobody's loss.
        if (Result<Done> added = addTree(one.path().string(), to + '/' + name, depth + 1);
            !added && !one.is_symlink()) {
            return added;
        }
    }
    return problem ? Result<Done>(notFound(from)) : Done{};
}

/// ldd takes a fifth of a second for a file on a busy machine, so it is asked only about files that need what
/// nothing before needed: the needs of a library that is in are in as well.
Result<Done> FileCollection::addLibraries()
{
    std::vector<std::pair<std::string, ElfNeeds>> files;
    for (const auto& [path, entry] : m_entries) {
        if (entry.sort != Entry::Sort::File || entry.from.empty()) {
            continue;
        }
        if (std::optional<ElfNeeds> needs = elfNeeds(entry.from)) {
            files.emplace_back(entry.from, std::move(*needs));
        }
    }
    // Programs first: what they load is the ground for their libraries.
    std::stable_partition(
        files.begin(), files.end(), [](const auto& file) { return !file.second.loader.empty(); });
    std::set<std::string> known;
    for (const auto& [file, needs] : files) {
        const bool isNew =
            (!needs.loader.empty() && !known.contains(needs.loader)) ||
            !std::includes(known.begin(), known.end(), needs.libraries.begin(), needs.libraries.end());
        if (!isNew) {
            continue;
        }
        std::string missing;
        for (const std::string& library : librariesIn(lddOf(file), missing)) {
            if (Result<Done> added = addSame(library); !added) {
                return added;
            }
            known.insert(fs::path(library).filename().string());
        }
        if (!missing.empty()) {
            return Error{
                ErrorCode::NotFound, missing,
                fmt::format("The shared library {}, which {} needs, is not on this machine.", missing, file)};
        }
        known.insert(needs.loader);
        known.insert(needs.libraries.begin(), needs.libraries.end());
    }
    return Done{};
}

Result<std::int64_t> FileCollection::writeTar(const std::string& file) const
{
    const std::unique_ptr<archive, ArchiveCloser> out(archive_write_new());
    archive_write_set_format_pax_restricted(out.get());
    archive_write_add_filter_none(out.get());
    const auto failed = [&](const std::string& what) {
        const char* words = archive_error_string(out.get());
        return Error{
            ErrorCode::CannotWrite, file,
            fmt::format(
                "The image file {} cannot be written at {}: {}", file, what,
                words ? words : "the file changed")};
    };
    if (archive_write_open_filename(out.get(), file.c_str()) != ARCHIVE_OK) {
        return failed("its start");
    }
    std::int64_t bytes = 0;
    for (const auto& [path, entry] : m_entries) {
        const std::unique_ptr<archive_entry, ArchiveCloser> header(archive_entry_new());
        archive_entry_set_pathname(header.get(), path.c_str() + 1);
        archive_entry_set_perm(header.get(), entry.mode);
        archive_entry_set_uid(header.get(), entry.user);
        archive_entry_set_gid(header.get(), entry.group);
        archive_entry_set_mtime(header.get(), 0, 0);
        archive_entry_set_size(header.get(), entry.sort == Entry::Sort::File ? entry.size : 0);
        archive_entry_set_filetype(
            header.get(), entry.sort == Entry::Sort::File     ? AE_IFREG
                          : entry.sort == Entry::Sort::Folder ? AE_IFDIR
                                                              : AE_IFLNK);
        if (entry.sort == Entry::Sort::Link) {
            archive_entry_set_symlink(header.get(), entry.target.c_str());
        }
        if (archive_write_header(out.get(), header.get()) != ARCHIVE_OK ||
            (entry.sort == Entry::Sort::File && !writeContents(out.get(), entry))) {
            return failed(path);
        }
        bytes += entry.sort == Entry::Sort::File ? entry.size : 0;
    }
    if (archive_write_close(out.get()) != ARCHIVE_OK) {
        return failed("its end");
    }
    return bytes;
}

}  // namespace neph
