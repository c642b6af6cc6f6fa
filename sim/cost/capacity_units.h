#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/base/money.h"

namespace neph {

enum class ReadConsistency { Eventual, Strong, Transactional };
enum class WriteKind { Standard, Transactional };

/// What one DynamoDB request or capacity unit holds: facts from the service's data file (4,096 bytes read,
/// 1,024 written, 100 bytes of storage for each item).
/// Source: Amazon DynamoDB Developer Guide, "Read/write capacity mode" and "Item sizes and formats".
struct CapacityUnitSizes {
    std::int64_t readBytes;
    std::int64_t writeBytes;
    std::int64_t storageBytesPerItem;
};

/// Units of one read of `bytes`: a GetItem, or all a Query or Scan went through, which is summed first and
/// rounded once. Nothing found costs as much as the smallest item. Eventual reads cost half, transactional
/// ones double.
/// Source: Amazon DynamoDB Developer Guide, "Managing settings on provisioned capacity tables".
Quantity readUnits(std::int64_t bytes, ReadConsistency consistency, const CapacityUnitSizes& sizes);

/// Units of a BatchGetItem or TransactGetItems: each item is rounded alone.
Quantity batchReadUnits(
    const std::vector<std::int64_t>& itemBytes, ReadConsistency consistency, const CapacityUnitSizes& sizes);

/// Units of a Query on a local secondary index that must fetch attributes from the table: the entries are
/// summed and rounded once, each fetched item is rounded alone.
/// Source: Amazon DynamoDB Developer Guide, "Local secondary indexes".
Quantity indexReadUnits(
    std::int64_t entriesBytes, const std::vector<std::int64_t>& fetchedBytes, ReadConsistency consistency,
    const CapacityUnitSizes& sizes);

/// Units of writing or deleting one item of `bytes`. An index entry is written with `WriteKind::Standard`
/// even in a transaction.
Quantity writeUnits(std::int64_t bytes, WriteKind kind, const CapacityUnitSizes& sizes);

/// Units of an UpdateItem: the larger of the whole item before and after.
Quantity updateUnits(
    std::int64_t bytesBefore, std::int64_t bytesAfter, WriteKind kind, const CapacityUnitSizes& sizes);

/// Units of a BatchWriteItem or TransactWriteItems: each item is rounded alone.
Quantity
batchWriteUnits(const std::vector<std::int64_t>& itemBytes, WriteKind kind, const CapacityUnitSizes& sizes);

/// Size of an item of text attributes: the UTF-8 bytes of names and values.
std::int64_t textItemBytes(const std::vector<std::pair<std::string_view, std::string_view>>& attributes);

/// Bytes that storage is billed for.
std::int64_t billedStorageBytes(std::int64_t bytes, std::int64_t items, const CapacityUnitSizes& sizes);

}  // namespace neph
