#include "sim/local/elf_needs.h"

#include <array>
#include <cstring>
#include <fstream>
#include <vector>

#include <elf.h>

namespace neph {
namespace {

/// Bounds of what is read of a file that may be broken.
constexpr std::size_t kMostHeaders = 256;
constexpr std::size_t kMostDynamic = 4096;
constexpr std::size_t kMostName = 512;

template <typename T>
bool readAt(std::ifstream& file, std::uint64_t offset, T& value)
{
    file.clear();
    file.seekg(static_cast<std::streamoff>(offset));
    file.read(reinterpret_cast<char*>(&value), sizeof value);
    return static_cast<bool>(file);
}

std::string textAt(std::ifstream& file, std::uint64_t offset)
{
    std::array<char, kMostName> text{};
    file.clear();
    file.seekg(static_cast<std::streamoff>(offset));
    file.read(text.data(), text.size() - 1);
    return text.data();
}

/// Where an address of the running program is in the file; 0: nowhere.
std::uint64_t offsetOf(std::uint64_t address, const std::vector<Elf64_Phdr>& segments)
{
    for (const Elf64_Phdr& segment : segments) {
        if (segment.p_type == PT_LOAD && address >= segment.p_vaddr &&
            address - segment.p_vaddr < segment.p_filesz) {
            return address - segment.p_vaddr + segment.p_offset;
        }
    }
    return 0;
}

}  // namespace

std::optional<ElfNeeds> elfNeeds(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    Elf64_Ehdr header = {};
    if (!readAt(file, 0, header) || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
        header.e_ident[EI_CLASS] != ELFCLASS64) {
        return std::nullopt;
    }
    ElfNeeds needs;
    std::vector<Elf64_Phdr> segments;
    for (std::size_t index = 0; index < header.e_phnum && index < kMostHeaders; ++index) {
        Elf64_Phdr segment = {};
        if (!readAt(file, header.e_phoff + index * sizeof segment, segment)) {
            return needs;
        }
        segments.push_back(segment);
    }
    std::vector<std::uint64_t> names;
    std::uint64_t strings = 0;
    for (const Elf64_Phdr& segment : segments) {
        if (segment.p_type == PT_INTERP) {
            needs.loader = textAt(file, segment.p_offset);
        }
        for (std::size_t index = 0; segment.p_type == PT_DYNAMIC && index < kMostDynamic; ++index) {
            Elf64_Dyn entry = {};
            if (!readAt(file, segment.p_offset + index * sizeof entry, entry) || entry.d_tag == DT_NULL) {
                break;
            }
            if (entry.d_tag == DT_NEEDED) {
                names.push_back(entry.d_un.d_val);
            } else if (entry.d_tag == DT_STRTAB) {
                strings = offsetOf(entry.d_un.d_ptr, segments);
            }
        }
    }
    for (const std::uint64_t name : names) {
        needs.libraries.insert(textAt(file, strings + name));
    }
    return needs;
}

}  // namespace neph
