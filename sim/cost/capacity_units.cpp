#include "sim/cost/capacity_units.h"

#include <algorithm>

namespace neph {

namespace {

/// Blocks of `size` that `bytes` takes up, at least one.
std::int64_t blocks(std::int64_t bytes, std::int64_t size)
{
    return std::max<std::int64_t>(1, bytes / size + (bytes % size == 0 ? 0 : 1));
}

Quantity unitsOf(std::int64_t wholeBlocks, ReadConsistency consistency)
{
    const Quantity strong = Quantity::of(wholeBlocks);
    switch (consistency) {
    case ReadConsistency::Eventual:
        return Quantity::ratio(wholeBlocks, 2);
    case ReadConsistency::Transactional:
        return strong * 2;
    case ReadConsistency::Strong:
        break;
    }
    return strong;
}

}  // namespace

Quantity readUnits(std::int64_t bytes, ReadConsistency consistency, const CapacityUnitSizes& sizes)
{
    return unitsOf(blocks(bytes, sizes.readBytes), consistency);
}

Quantity batchReadUnits(
    const std::vector<std::int64_t>& itemBytes, ReadConsistency consistency, const CapacityUnitSizes& sizes)
{
    std::int64_t all = 0;
    for (const std::int64_t bytes : itemBytes) {
        all += blocks(bytes, sizes.readBytes);
    }
    return unitsOf(all, consistency);
}

Quantity indexReadUnits(
    std::int64_t entriesBytes, const std::vector<std::int64_t>& fetchedBytes, ReadConsistency consistency,
    const CapacityUnitSizes& sizes)
{
    return readUnits(entriesBytes, consistency, sizes) + batchReadUnits(fetchedBytes, consistency, sizes);
}

Quantity writeUnits(std::int64_t bytes, WriteKind kind, const CapacityUnitSizes& sizes)
{
    return Quantity::of(blocks(bytes, sizes.writeBytes)) * (kind == WriteKind::Transactional ? 2 : 1);
}

Quantity
updateUnits(std::int64_t bytesBefore, std::int64_t bytesAfter, WriteKind kind, const CapacityUnitSizes& sizes)
{
    return writeUnits(std::max(bytesBefore, bytesAfter), kind, sizes);
}

Quantity
batchWriteUnits(const std::vector<std::int64_t>& itemBytes, WriteKind kind, const CapacityUnitSizes& sizes)
{
    Quantity all;
    for (const std::int64_t bytes : itemBytes) {
        all += writeUnits(bytes, kind, sizes);
    }
    return all;
}

std::int64_t textItemBytes(const std::vector<std::pair<std::string_view, std::string_view>>& attributes)
{
    std::int64_t bytes = 0;
    for (const auto& [name, value] : attributes) {
        bytes += static_cast<std::int64_t>(name.size() + value.size());
    }
    return bytes;
}

std::int64_t billedStorageBytes(std::int64_t bytes, std::int64_t items, const CapacityUnitSizes& sizes)
{
    return bytes + items * sizes.storageBytesPerItem;
}

}  // namespace neph
