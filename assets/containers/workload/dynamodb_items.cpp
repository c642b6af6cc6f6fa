#include "assets/containers/workload/dynamodb_items.h"

#include <algorithm>
#include <cctype>

#include "assets/containers/workload/store_target.h"

namespace neph {

namespace {

constexpr std::int64_t kPartition =
    100;  // Items with the same partition key: what one query can ask for at most.
constexpr std::int64_t kMostItems = 500;
constexpr std::int64_t kMostBytes = 8 << 20;
constexpr std::size_t kBatchGet =
    100;  // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
constexpr std::size_t kBatchWrite = 25;  // .../API_BatchWriteItem.html
constexpr std::size_t kTransaction = 100;
constexpr std::size_t kKeyBytes = 20;  // Names and values of the keys, which count towards the size.

/// Names of tables: a-z, A-Z, 0-9, '_', '-' and '.', at least three.
std::string tableNameOf(std::string name)
{
    std::replace_if(
        name.begin(), name.end(),
        [](unsigned char each) {
            return (std::isalnum(each) == 0 || each > 127) && each != '_' && each != '-' && each != '.';
        },
        '_');
    name.resize(std::max<std::size_t>(name.size(), 3), '_');
    return name.substr(0, 255);
}

}  // namespace

DynamoDbItems::DynamoDbItems(const LinkConfig& link)
    : m_name('"' + tableNameOf(link.to) + '"'), m_perCall(link.itemsPerCall), m_strong(link.strong)
{
    const auto bytes = static_cast<std::int64_t>(link.itemBytes());
    m_table = "\"TableName\":" + m_name;
    m_count =
        std::clamp<std::int64_t>(link.items, 1, std::clamp(kMostBytes / bytes, std::int64_t{10}, kMostItems));
    m_filler = R"("filler":{"S":")" +
               std::string(link.itemBytes() > kKeyBytes ? link.itemBytes() - kKeyBytes : 1, 'x') + "\"}";
}

std::string DynamoDbItems::keyOf(std::int64_t number, char partition)
{
    return std::string(R"("pk":{"S":")") + partition + std::to_string(number / kPartition) +
           R"("},"sk":{"S":"s)" + std::to_string(number % kPartition) + "\"}";
}

std::string DynamoDbItems::itemOf(std::int64_t number) const
{
    return '{' + keyOf(number) + ',' + m_filler + '}';
}

/// A list of some items, each between two texts.
std::string DynamoDbItems::each(
    RandomStream& random, std::size_t most, const std::string& before, bool whole,
    const std::string& after) const
{
    std::string list = "[";
    const int count = std::min(m_perCall, static_cast<int>(most));
    for (const std::int64_t number : drawItems(random, m_count, count)) {
        list += list.size() > 1 ? "," : "";
        list += before + (whole ? itemOf(number) : '{' + keyOf(number) + '}') + after;
    }
    return list + ']';
}

std::string DynamoDbItems::consistency() const
{
    return m_strong ? R"(,"ConsistentRead":true)" : "";
}

std::string DynamoDbItems::request(const std::string& operation, RandomStream& random) const
{
    const std::int64_t number = drawItems(random, m_count, 1).front();
    const std::string key = "\"Key\":{" + keyOf(number) + '}';
    if (operation == "GetItem") {
        return '{' + m_table + ',' + key + consistency() + '}';
    }
    if (operation == "Query") {
        return '{' + m_table +
               R"(,"KeyConditionExpression":"pk = :p","ExpressionAttributeValues":{":p":{"S":"p)" +
               std::to_string(number / kPartition) + "\"}},\"Limit\":" + std::to_string(m_perCall) +
               consistency() + '}';
    }
    if (operation == "Scan") {
        return '{' + m_table + ",\"Limit\":" + std::to_string(m_perCall) + consistency() + '}';
    }
    if (operation == "PutItem") {
        return '{' + m_table + ",\"Item\":" + itemOf(number) + '}';
    }
    if (operation == "UpdateItem") {
        return '{' + m_table + ',' + key +
               R"(,"UpdateExpression":"SET filler = :f","ExpressionAttributeValues":{":f":)" +
               m_filler.substr(m_filler.find('{')) + "}}";
    }
    if (operation == "DeleteItem") {
        // Others read the items that are there: what is deleted lies elsewhere.
        return '{' + m_table + ",\"Key\":{" + keyOf(number, 'd') + "}}";
    }
    if (operation == "BatchGetItem") {
        return "{\"RequestItems\":{" + m_name + ":{\"Keys\":" + each(random, kBatchGet, "", false, "") +
               consistency() + "}}}";
    }
    if (operation == "BatchWriteItem") {
        return "{\"RequestItems\":{" + m_name + ':' +
               each(random, kBatchWrite, R"({"PutRequest":{"Item":)", true, "}}") + "}}";
    }
    const bool writes = operation == "TransactWriteItems";
    return "{\"TransactItems\":" +
           each(
               random, kTransaction,
               (writes ? "{\"Put\":{" : "{\"Get\":{") + m_table + (writes ? ",\"Item\":" : ",\"Key\":"),
               writes, "}}") +
           '}';
}

std::string DynamoDbItems::tableOnly() const
{
    return '{' + m_table + '}';
}

std::string DynamoDbItems::newTable() const
{
    return '{' + m_table +
           R"(,"BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[)"
           R"({"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"sk","AttributeType":"S"}],)"
           R"("KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}]})";
}

std::string DynamoDbItems::lastItem() const
{
    return '{' + m_table + ",\"Key\":{" + keyOf(m_count - 1) + "}}";
}

std::string DynamoDbItems::nextItems(std::int64_t& first) const
{
    std::string list;
    const std::int64_t end = std::min(m_count, first + static_cast<std::int64_t>(kBatchWrite));
    for (; first < end; ++first) {
        list += (list.empty() ? "" : ",") + (R"({"PutRequest":{"Item":)" + itemOf(first)) + "}}";
    }
    return "{\"RequestItems\":{" + m_name + ":[" + list + "]}}";
}

}  // namespace neph
