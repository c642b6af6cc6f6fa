#include "tests/workload/running_workload.h"

#include <sstream>

#include <curl/curl.h>
#include <gtest/gtest.h>

namespace neph {

namespace {

std::size_t append(char* data, std::size_t size, std::size_t count, void* text)
{
    static_cast<std::string*>(text)->append(data, size * count);
    return size * count;
}

std::string quiet(nlohmann::json config)
{
    const nlohmann::json defaults = {
        {"address", "127.0.0.1"}, {"port", 0}, {"cpuMs", 0}, {"healthCpuMs", 0}, {"workers", 8}};
    for (const auto& [key, value] : defaults.items()) {
        if (!config.contains(key)) {
            config[key] = value;
        }
    }
    return config.dump();
}

nlohmann::json withLink(nlohmann::json config, const nlohmann::json& link)
{
    config["links"] = nlohmann::json::array({link});
    return config;
}

}  // namespace

double Answered::timing(const std::string& part) const
{
    const std::size_t at = headers.find(part + ";dur=");
    return at == std::string::npos ? -1 : std::stod(headers.substr(at + part.size() + 5));
}

HttpConnection::HttpConnection() : m_handle(curl_easy_init()) {}

HttpConnection::~HttpConnection()
{
    curl_easy_cleanup(m_handle);
}

Answered HttpConnection::get(const std::string& url)
{
    return perform(url, nullptr);
}

Answered HttpConnection::post(const std::string& url, const std::string& body)
{
    return perform(url, &body);
}

Answered HttpConnection::perform(const std::string& url, const std::string* body)
{
    Answered answered;
    curl_easy_reset(m_handle);  // Keeps the connection.
    curl_easy_setopt(m_handle, CURLOPT_URL, url.c_str());
    curl_easy_setopt(m_handle, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(m_handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(m_handle, CURLOPT_TIMEOUT, 60L);
    curl_easy_setopt(m_handle, CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(m_handle, CURLOPT_WRITEDATA, &answered.body);
    curl_easy_setopt(m_handle, CURLOPT_HEADERFUNCTION, append);
    curl_easy_setopt(m_handle, CURLOPT_HEADERDATA, &answered.headers);
    if (body != nullptr) {
        curl_easy_setopt(m_handle, CURLOPT_POSTFIELDS, body->c_str());
        curl_easy_setopt(m_handle, CURLOPT_POSTFIELDSIZE, static_cast<long>(body->size()));
    }
    long status = 0;
    if (curl_easy_perform(m_handle) == CURLE_OK) {
        curl_easy_getinfo(m_handle, CURLINFO_RESPONSE_CODE, &status);
    }
    answered.status = static_cast<int>(status);
    return answered;
}

RunningWorkload::RunningWorkload(nlohmann::json config)
    : m_process({NEPH_WORKLOAD_PROGRAM}, {{"NEPH_WORKLOAD", quiet(std::move(config))}})
{
    const std::string before = "listening on 127.0.0.1:";
    EXPECT_TRUE(m_process.says(before)) << m_process.errors();
    EXPECT_TRUE(eventually([&] { return m_process.output().ends_with('\n'); }));
    const std::string output = m_process.output();
    m_port = std::stoi(output.substr(output.find(before) + before.size()));
}

std::string RunningWorkload::url(const std::string& path) const
{
    return "http://127.0.0.1:" + std::to_string(m_port) + path;
}

Answered RunningWorkload::get(const std::string& path) const
{
    return HttpConnection().get(url(path));
}

Answered RunningWorkload::post(const std::string& path, const std::string& body) const
{
    return HttpConnection().post(url(path), body);
}

std::future<Answered> RunningWorkload::getLater(const std::string& path) const
{
    return std::async(std::launch::async, [this, path] { return get(path); });
}

void RunningWorkload::control(const nlohmann::json& order) const
{
    const Answered answered = post("/control", order.dump());
    EXPECT_EQ(answered.status, 200) << answered.body;
}

double RunningWorkload::metric(const std::string& nameAndLabels) const
{
    std::istringstream lines(get("/metrics").body);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with(nameAndLabels + ' ')) {
            return std::stod(line.substr(nameAndLabels.size() + 1));
        }
    }
    return -1;
}

bool RunningWorkload::holds(int requests) const
{
    return eventually([&] { return metric("neph_in_flight") == requests; });
}

nlohmann::json linkTo(const std::string& name, const std::string& protocol, int port)
{
    return {{"to", name}, {"protocol", protocol}, {"host", "127.0.0.1"}, {"port", port}};
}

HeldWorkload::HeldWorkload(nlohmann::json config)
    : m_behind(nlohmann::json{{"service", "behind"}}),
      m_service(withLink(std::move(config), linkTo("behind", "http", m_behind.port())))
{
}

void HeldWorkload::hold(std::chrono::milliseconds time) const
{
    m_service.control({{"disturb", {{"to", "behind"}, {"addedMs", time.count()}}}});
}

}  // namespace neph
