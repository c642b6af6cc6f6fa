#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "assets/containers/workload/config.h"
#include "sim/kernel/random.h"

namespace neph {

/// The items of a table and the requests about them, in the JSON protocol of Amazon DynamoDB (API version
/// 2012-08-10).
///
/// Item n has the keys pk = "p<n / 100>" and sk = "s<n % 100>" and as much filler as its size asks for. The
/// texts are put together by hand: an item of 400 KB through a JSON library would cost CPU that nobody asked
/// for.
class DynamoDbItems {
public:
    explicit DynamoDbItems(const LinkConfig& link);

    /// The request of one call. `operation` as the API names it.
    std::string request(const std::string& operation, RandomStream& random) const;

    std::string tableOnly() const;  ///< DescribeTable.
    std::string newTable() const;   ///< CreateTable.
    std::string lastItem() const;   ///< GetItem of the item that is written last.
    std::int64_t count() const { return m_count; }
    /// BatchWriteItem of some items from `first` on; moves `first` behind them.
    std::string nextItems(std::int64_t& first) const;

private:
    static std::string keyOf(std::int64_t number, char partition = 'p');
    std::string itemOf(std::int64_t number) const;
    std::string each(
        RandomStream& random, std::size_t most, const std::string& before, bool whole,
        const std::string& after) const;
    std::string consistency() const;

    std::string m_table;  ///< `"TableName":"..."`
    std::string m_name;   ///< In quotes.
    std::int64_t m_count;
    int m_perCall;
    bool m_strong;
    std::string m_filler;  ///< `"filler":{"S":"..."}`
};

}  // namespace neph
