// What is asked of an engine, and how its answer is compared with it: reliability of the limits we show.
// The first answer was recorded from Podman 4.3.1 (cgroups 1), the second is what Docker 20.10 documents
// (Docker Engine API v1.41, ContainerInspect); both without what nobody compares.
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "sim/local/hardening.h"

namespace neph::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kPodman = R"({
    "Id": "1cb5fae040b8", "Path": "/run/podman-init", "Args": ["--", "/prog"], "Name": "/wc1",
    "HostConfig": {
        "Binds": ["data:/data:rw,rprivate,nosuid,nodev,rbind"],
        "LogConfig": {"Type": "json-file", "Config": null},
        "NetworkMode": "bridge",
        "PortBindings": {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "46021"}]},
        "RestartPolicy": {"Name": "no", "MaximumRetryCount": 0}, "AutoRemove": false,
        "CapAdd": [],
        "CapDrop": ["AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE",
            "NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"],
        "IpcMode": "shareable", "PidMode": "private", "UTSMode": "private", "UsernsMode": "",
        "Privileged": false, "ReadonlyRootfs": true, "SecurityOpt": ["no-new-privileges"],
        "Tmpfs": {"/run": "rw,noexec,nosuid,nodev,size=64m,rprivate,tmpcopyup",
            "/tmp": "rw,noexec,nosuid,nodev,size=64m,rprivate,tmpcopyup",
            "/var/tmp": "rw,noexec,nosuid,nodev,size=64m,rprivate,tmpcopyup"},
        "Runtime": "oci", "Memory": 134217728, "MemorySwap": 134217728, "NanoCpus": 0, "CpuPeriod": 5000,
        "CpuQuota": 5000, "CpusetCpus": "1", "Devices": [], "PidsLimit": 256, "Init": true,
        "Ulimits": [{"Name": "RLIMIT_NOFILE", "Hard": 1024, "Soft": 1024},
            {"Name": "RLIMIT_NPROC", "Hard": 4096, "Soft": 4096}]
    },
    "Mounts": [{"Type": "volume", "Name": "data", "Source": "/var/lib/containers/storage/volumes/data/_data",
        "Destination": "/data", "RW": true}],
    "Config": {"User": "65534:65534", "Env": ["container=podman", "A=b", "PATH=/bin", "HOSTNAME=1cb5fae040b8"],
        "Labels": {"io.nephoscope.owner": "test"}, "StopTimeout": 10},
    "NetworkSettings": {"Ports": {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "46021"}]},
        "Networks": {"net": {"Aliases": ["x", "1cb5fae040b8"], "IPAddress": "10.89.2.2"}}}
})";

constexpr const char* kDocker = R"({
    "Id": "ba033ac4401106a3b513bc9d639eee123ad78ca3616b921167cd74b20e25ed39", "Name": "/wc1",
    "HostConfig": {
        "Binds": null,
        "LogConfig": {"Type": "json-file", "Config": {"max-size": "1m"}},
        "NetworkMode": "net",
        "PortBindings": {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": ""}]},
        "RestartPolicy": {"Name": "no", "MaximumRetryCount": 0}, "AutoRemove": false,
        "CapAdd": null, "CapDrop": ["ALL"],
        "IpcMode": "private", "PidMode": "", "UTSMode": "", "UsernsMode": "",
        "Privileged": false, "ReadonlyRootfs": true, "SecurityOpt": ["no-new-privileges"],
        "Tmpfs": {"/run": "rw,noexec,nosuid,nodev,size=64m", "/tmp": "rw,noexec,nosuid,nodev,size=64m",
            "/var/tmp": "rw,noexec,nosuid,nodev,size=64m"},
        "Mounts": [{"Type": "volume", "Source": "data", "Target": "/data"}],
        "Runtime": "runc", "Memory": 134217728, "MemorySwap": 134217728, "NanoCpus": 0, "CpuPeriod": 5000,
        "CpuQuota": 5000, "CpusetCpus": "1", "Devices": [], "PidsLimit": 256, "Init": true,
        "Ulimits": [{"Name": "nofile", "Hard": 1024, "Soft": 1024}, {"Name": "nproc", "Hard": 4096, "Soft": 4096}]
    },
    "Mounts": [{"Type": "volume", "Name": "data", "Source": "/var/lib/docker/volumes/data/_data",
        "Destination": "/data", "Driver": "local", "Mode": "z", "RW": true, "Propagation": ""}],
    "Config": {"User": "65534:65534", "Env": ["A=b", "PATH=/usr/bin"],
        "Labels": {"io.nephoscope.owner": "test", "from.the.image": "1"}, "StopTimeout": 10},
    "NetworkSettings": {"Ports": {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "49153"}], "443/tcp": null},
        "Networks": {"net": {"Aliases": ["x"], "IPAddress": "172.20.0.2"}}}
})";

ContainerSpec asked()
{
    ContainerSpec spec;
    spec.name = "wc1";
    spec.image = "sha256:1";
    spec.environment = {{"A", "b"}};
    spec.labels = {{"io.nephoscope.owner", "test"}};
    spec.cpus = "1";
    spec.ports = {{80, 0}};
    spec.mounts = {{"data", "/data"}};
    spec.networks = {{"net", {"x"}}};
    return spec;
}

EngineInfo engineOf(const char* inspect)
{
    EngineInfo info;
    info.name = inspect == kPodman ? "Podman Engine" : "Docker Engine";
    info.apiVersion = "1.41";
    info.runtime = "runc";
    info.limitsCpu = true;
    info.limitsMemory = true;
    return info;
}

class AnAnswer : public testing::TestWithParam<const char*> {};

TEST_P(AnAnswer, ThatIsAsAskedHasNoDifferences)
{
    Result<std::vector<Difference>> found = differences(asked(), engineOf(GetParam()), GetParam());
    ASSERT_TRUE(found) << found.error().what;
    EXPECT_THAT(toText(*found), IsEmpty());
}

/// One thing that is wrong, and the field that must be named.
struct Wrong {
    const char* pointer;
    const char* value;
    const char* field;
    bool isLimit;
};

constexpr Wrong kWrongs[] = {
    {"/Config/User", R"("root")", "Config.User", false},
    {"/Config/User", R"("")", "Config.User", false},
    {"/Config/Labels/io.nephoscope.owner", R"("other")", "Config.Labels", false},
    {"/Config/Env", R"(["A=c"])", "Config.Env.A", false},
    {"/Config/StopTimeout", "0", "Config.StopTimeout", false},
    {"/HostConfig/ReadonlyRootfs", "false", "HostConfig.ReadonlyRootfs", false},
    {"/HostConfig/Privileged", "true", "HostConfig.Privileged", false},
    {"/HostConfig/Tmpfs", R"({"/tmp":"rw"})", "HostConfig.Tmpfs", false},
    {"/HostConfig/Tmpfs", "null", "HostConfig.Tmpfs", false},
    {"/HostConfig/Tmpfs/~1run", R"("rw,rprivate,nosuid,nodev,tmpcopyup")", "HostConfig.Tmpfs./run.noexec",
     false},
    {"/HostConfig/CapDrop", "null", "HostConfig.CapDrop", false},
    {"/HostConfig/CapDrop", R"(["CHOWN"])", "HostConfig.CapDrop.SETUID", false},
    {"/HostConfig/CapAdd", R"(["CAP_SYS_ADMIN"])", "HostConfig.CapAdd.SYS_ADMIN", false},
    {"/HostConfig/SecurityOpt", "null", "HostConfig.SecurityOpt", false},
    {"/HostConfig/SecurityOpt", R"(["no-new-privileges","seccomp=unconfined"])", "HostConfig.SecurityOpt",
     false},
    {"/HostConfig/PidMode", R"("host")", "HostConfig.PidMode", false},
    {"/HostConfig/IpcMode", R"("host")", "HostConfig.IpcMode", false},
    {"/HostConfig/UTSMode", R"("host")", "HostConfig.UTSMode", false},
    {"/HostConfig/UsernsMode", R"("host")", "HostConfig.UsernsMode", false},
    {"/HostConfig/Devices", R"([{"PathOnHost":"/dev/sda"}])", "HostConfig.Devices", false},
    {"/HostConfig/PidsLimit", "0", "HostConfig.PidsLimit", true},
    {"/HostConfig/PidsLimit", "null", "HostConfig.PidsLimit", true},
    {"/HostConfig/Memory", "0", "HostConfig.Memory", true},
    {"/HostConfig/MemorySwap", "-1", "HostConfig.MemorySwap", true},
    {"/HostConfig/CpuQuota", "0", "HostConfig.CpuQuota", true},
    {"/HostConfig/CpuPeriod", "100000", "HostConfig.CpuQuota", true},
    {"/HostConfig/CpusetCpus", R"("")", "HostConfig.CpusetCpus", true},
    {"/HostConfig/Ulimits", "null", "HostConfig.Ulimits.nofile", false},
    {"/HostConfig/NetworkMode", R"("host")", "HostConfig.NetworkMode", false},
    {"/HostConfig/NetworkMode", R"("container:abc")", "HostConfig.NetworkMode", false},
    {"/HostConfig/RestartPolicy/Name", R"("always")", "HostConfig.RestartPolicy", false},
    {"/HostConfig/AutoRemove", "true", "HostConfig.AutoRemove", false},
    {"/HostConfig/Init", "false", "HostConfig.Init", false},
    {"/HostConfig/Init", "null", "HostConfig.Init", false},
    {"/NetworkSettings/Networks", R"({"bridge":{}})", "NetworkSettings.Networks", false},
    {"/NetworkSettings/Networks/other", "{}", "NetworkSettings.Networks", false},
    {"/NetworkSettings/Ports/80~1tcp/0/HostIp", R"("0.0.0.0")", "NetworkSettings.Ports.80/tcp", false},
    {"/NetworkSettings/Ports", "{}", "NetworkSettings.Ports.80/tcp", false},
    {"/NetworkSettings/Ports/22~1tcp", R"([{"HostIp":"127.0.0.1","HostPort":"22"}])",
     "NetworkSettings.Ports.22", false},
    {"/Mounts", "[]", "Mounts./data", false},
    {"/Mounts/0/Name", R"("other")", "Mounts./data", false},
    {"/Mounts/1", R"({"Type":"bind","Source":"/","Destination":"/host"})", "Mounts./host", false},
};

TEST_P(AnAnswer, ThatIsWrongInOneThingNamesIt)
{
    for (const Wrong& wrong : kWrongs) {
        json inspect = json::parse(GetParam());
        inspect[json::json_pointer(wrong.pointer)] = json::parse(wrong.value);
        Result<std::vector<Difference>> found = differences(asked(), engineOf(GetParam()), inspect.dump());
        ASSERT_TRUE(found) << wrong.pointer << ": " << found.error().what;
        ASSERT_FALSE(found->empty()) << wrong.pointer << " = " << wrong.value;
        EXPECT_THAT(toText(*found), HasSubstr(wrong.field));
        EXPECT_EQ(found->front().isLimit, wrong.isLimit) << wrong.pointer;
    }
}

TEST_P(AnAnswer, OfAnotherShapeIsAnErrorOrADifference)
{
    const json whole = json::parse(GetParam());
    for (const char* part : {"HostConfig", "Config", "NetworkSettings", "Mounts"}) {
        for (const char* value : {"7", "\"text\"", "[7]", R"({"a":7})"}) {
            json inspect = whole;
            inspect[part] = json::parse(value);
            Result<std::vector<Difference>> found =
                differences(asked(), engineOf(GetParam()), inspect.dump());
            EXPECT_TRUE(!found || !found->empty()) << part << " = " << value;
        }
    }
}

// C9: Podman without root on cgroups 1 takes limits and does not keep them.
TEST_P(AnAnswer, OfAnEngineThatCannotLimitSaysSo)
{
    EngineInfo info = engineOf(GetParam());
    info.limitsCpu = false;
    info.limitsMemory = false;
    Result<std::vector<Difference>> found = differences(asked(), info, GetParam());
    ASSERT_TRUE(found);
    ASSERT_EQ(found->size(), 2U);
    EXPECT_TRUE(found->front().isLimit);
    EXPECT_THAT(toText(*found), HasSubstr("cannot enforce"));
}

INSTANTIATE_TEST_SUITE_P(Of, AnAnswer, testing::Values(kPodman, kDocker), [](const auto& example) {
    return example.param == kPodman ? "Podman" : "Docker";
});

TEST(ACreateBody, AsksForEveryLimit)
{
    const json body = json::parse(createBody(asked(), engineOf(kDocker)));
    const json& host = body["HostConfig"];
    EXPECT_EQ(host["CapDrop"], json({"ALL"}));
    EXPECT_EQ(host["ReadonlyRootfs"], true);
    EXPECT_EQ(host["Init"], true);
    EXPECT_EQ(host["LogConfig"]["Type"], "json-file");
    EXPECT_EQ(host["Runtime"], "runc");
    EXPECT_EQ(host["PortBindings"]["80/tcp"][0]["HostIp"], "127.0.0.1");
    EXPECT_EQ(host["Ulimits"].size(), 2U);
    EXPECT_FALSE(body.contains("Cmd")) << "the image's own";
}

TEST(ACreateBody, FollowsTheEngine)
{
    EXPECT_EQ(
        json::parse(createBody(asked(), engineOf(kPodman)))["HostConfig"]["LogConfig"]["Type"], "k8s-file");
    ContainerSpec spec = asked();
    spec.networks.push_back({"second", {}});
    const auto networks = [&spec](const EngineInfo& info) {
        return json::parse(createBody(spec, info))["NetworkingConfig"]["EndpointsConfig"].size() * 10 +
               laterNetworks(spec, info).size();
    };
    EXPECT_EQ(networks(engineOf(kPodman)), 20U);
    EXPECT_EQ(networks(engineOf(kDocker)), 11U) << "Docker before API 1.44 takes one";
    EngineInfo newer = engineOf(kDocker);
    newer.apiVersion = "1.47";
    EXPECT_EQ(networks(newer), 20U);
}

// The kernel takes no quota below a millisecond.
TEST(ACreateBody, HasAQuotaThatTheKernelTakes)
{
    for (const std::int64_t milliCpus : {1, 10, 62, 100, 199, 200, 250, 1000, 4000}) {
        ContainerSpec spec = asked();
        spec.milliCpus = milliCpus;
        const json host = json::parse(createBody(spec, engineOf(kPodman)))["HostConfig"];
        const double quota = host["CpuQuota"].get<double>();
        const double period = host["CpuPeriod"].get<double>();
        EXPECT_GE(quota, 1000);
        EXPECT_LE(period, 1'000'000);
        EXPECT_NEAR(
            quota / period * 1000, static_cast<double>(milliCpus), 0.01 * static_cast<double>(milliCpus));
    }
}

TEST(ACreateBody, TakesBytesThatAreNoText)
{
    ContainerSpec spec = asked();
    spec.environment["BYTES"] = "\xff\xfe";
    EXPECT_FALSE(json::parse(createBody(spec, engineOf(kPodman))).empty());
}

}  // namespace
}  // namespace neph::test
