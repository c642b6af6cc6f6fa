// Another service, which is this same program: its answer is as long as the link says.
#include "assets/containers/workload/call_target.h"
#include "assets/containers/workload/http_client.h"

namespace neph {

namespace {

class HttpTarget final : public CallTarget {
public:
    explicit HttpTarget(const LinkConfig& link)
        : m_client(link.host, link.port), m_requestBytes(static_cast<std::uint64_t>(link.requestKiB * 1024)),
          m_query("&responseBytes=" + std::to_string(static_cast<std::uint64_t>(link.responseKiB * 1024)))
    {
    }

    CallOutcome attempt(const std::string& requestClass, RandomStream& random, Deadline deadline) override
    {
        HttpRequest request;
        request.target = "/work?class=" + requestClass + m_query;
        request.padding = m_requestBytes;
        const HttpAnswer answer = m_client.post(request, random, deadline);
        if (answer.status == 0) {
            return failed(answer.what);
        }
        return answer.status < 400 ? CallOutcome{} : failed("answered " + std::to_string(answer.status));
    }

private:
    HttpClient m_client;
    std::uint64_t m_requestBytes;
    std::string m_query;
};

}  // namespace

std::unique_ptr<CallTarget> makeHttpTarget(const LinkConfig& link)
{
    return std::make_unique<HttpTarget>(link);
}

}  // namespace neph
