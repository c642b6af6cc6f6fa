// Amazon DynamoDB or what speaks its protocol (dynalite, DynamoDB Local).
#include <array>
#include <atomic>
#include <cstdio>
#include <ctime>

#include "assets/containers/workload/dynamodb_items.h"
#include "assets/containers/workload/http_client.h"
#include "assets/containers/workload/store_target.h"

namespace neph {

namespace {

/// What an answer says went wrong: "ProvisionedThroughputExceededException"; empty for none.
std::string errorOf(const HttpAnswer& answer)
{
    if (answer.status < 400) {
        return {};
    }
    const std::size_t hash = answer.body.find('#');
    const std::size_t quote = answer.body.find('"', hash);
    return hash != std::string::npos && quote != std::string::npos
               ? answer.body.substr(hash + 1, quote - hash - 1)
               : "answered " + std::to_string(answer.status);
}

/// Now, as the protocol writes it: 20261125T134500Z.
std::string amazonDate()
{
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    gmtime_r(&now, &parts);
    std::array<char, 32> text{};
    return {text.data(), std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &parts)};
}

class DynamoDbTarget final : public StoreTarget {
public:
    explicit DynamoDbTarget(const LinkConfig& link)
        : m_items(link), m_client(link.host, link.port), m_operation(link.operation),
          m_user(link.user.empty() ? "nephoscope" : link.user)
    {
        startPreparing();
    }

protected:
    CallOutcome prepare(Deadline deadline) override;
    CallOutcome callStore(RandomStream& random, Deadline deadline) override;

private:
    HttpAnswer ask(const std::string& operation, std::string text, RandomStream& random, Deadline deadline);
    CallOutcome createTable(Deadline deadline);
    std::string operation() const;

    DynamoDbItems m_items;
    HttpClient m_client;
    std::string m_operation;
    std::string m_user;
    std::atomic<bool> m_hasTransactions{true};
    RandomStream m_random{0, 0};  ///< Of the preparing thread.
};

HttpAnswer
DynamoDbTarget::ask(const std::string& operation, std::string text, RandomStream& random, Deadline deadline)
{
    const std::string date = amazonDate();
    HttpRequest request;
    request.target = "/";
    // The form of a signature (AWS Signature Version 4): a local store wants to see one and cannot know the
    // secret.
    request.headers = {
        {"Content-Type", "application/x-amz-json-1.0"},
        {"X-Amz-Target", "DynamoDB_20120810." + operation},
        {"X-Amz-Date", date},
        {"Authorization", "AWS4-HMAC-SHA256 Credential=" + m_user + '/' + date.substr(0, 8) +
                              "/us-east-1/dynamodb/aws4_request, "
                              "SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=" +
                              std::string(64, '0')}};
    request.text = std::move(text);
    return m_client.post(request, random, deadline);
}

/// dynalite has no transactions; a batch is the next best thing then.
std::string DynamoDbTarget::operation() const
{
    if (m_hasTransactions || !m_operation.starts_with("Transact")) {
        return m_operation;
    }
    return m_operation == "TransactGetItems" ? "BatchGetItem" : "BatchWriteItem";
}

CallOutcome DynamoDbTarget::callStore(RandomStream& random, Deadline deadline)
{
    const std::string now = operation();
    const HttpAnswer answer = ask(now, m_items.request(now, random), random, deadline);
    if (answer.status == 0) {
        return failed(answer.what);
    }
    const std::string error = errorOf(answer);
    if (error == "UnknownOperationException" && now.starts_with("Transact")) {
        if (m_hasTransactions.exchange(false)) {
            std::fprintf(stderr, "The store knows no %s; it is asked for a batch instead.\n", now.c_str());
        }
        return callStore(random, deadline);
    }
    if (error == "ResourceNotFoundException") {
        setLost();
    }
    return error.empty() ? CallOutcome{} : failed("said " + error);
}

CallOutcome DynamoDbTarget::createTable(Deadline deadline)
{
    while (!deadline.hasPassed()) {
        const HttpAnswer answer = ask("DescribeTable", m_items.tableOnly(), m_random, deadline);
        if (answer.status == 0) {
            return failed(answer.what);
        }
        std::string error = errorOf(answer);
        if (error.empty() && answer.body.find("\"TableStatus\":\"ACTIVE\"") != std::string::npos) {
            return {};
        }
        if (error == "ResourceNotFoundException") {
            error = errorOf(ask("CreateTable", m_items.newTable(), m_random, deadline));
        }
        // Another copy of the service may have been faster.
        if (!error.empty() && error != "ResourceInUseException") {
            return failed("said " + error);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return failed("has no table yet");
}

CallOutcome DynamoDbTarget::prepare(Deadline deadline)
{
    CallOutcome outcome = createTable(deadline);
    if (!outcome.ok) {
        return outcome;
    }
    const HttpAnswer last = ask("GetItem", m_items.lastItem(), m_random, deadline);
    if (last.status == 200 && last.body.find("\"Item\"") != std::string::npos) {
        return {};
    }
    for (std::int64_t next = 0; next < m_items.count();) {
        const HttpAnswer answer = ask("BatchWriteItem", m_items.nextItems(next), m_random, deadline);
        if (answer.status != 200) {
            return failed(answer.status == 0 ? answer.what : "said " + errorOf(answer));
        }
    }
    return {};
}

}  // namespace

std::unique_ptr<CallTarget> makeDynamoDbTarget(const LinkConfig& link)
{
    return std::make_unique<DynamoDbTarget>(link);
}

}  // namespace neph
