// Images made of what is installed here, run on a real engine and asked by real clients.
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "sim/local/package_image.h"
#include "tests/local/live_engine.h"

namespace neph::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

RecipePlaces places()
{
    RecipePlaces here;
    here.recipes = std::string(NEPH_SOURCE_DIR) + "/assets/containers";
    here.folders["bin"] = std::string(NEPH_BINARY_DIR) + "/bin";
    const char* dynalite = std::getenv("NEPH_DYNALITE");
    here.folders["dynalite"] = dynalite ? dynalite : std::string(NEPH_SOURCE_DIR) + "/build/dynalite";
    return here;
}

class AnImageOfPackages : public WithARealEngine {
protected:
    /// Makes the image and starts it with its port published; empty where it was skipped.
    struct Server {
        std::string id;
        std::uint16_t port = 0;
    };

    std::optional<PackageImage> image(const std::string& name, std::string& whyNot)
    {
        Result<Recipe> recipe = readRecipe(name, places());
        EXPECT_TRUE(recipe) << recipe.error().what;
        const auto start = std::chrono::steady_clock::now();
        Result<PackageImage> made = packageImage(engine(), *recipe, places(), LiveEngine::get().labels());
        if (!made) {
            EXPECT_EQ(made.error().code, ErrorCode::NotFound) << made.error().what;
            whyNot = made.error().what;
            return std::nullopt;
        }
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
        std::cerr << fmt::format(
            "  {}: {:.1f} MB in {:.1f} s{}\n", made->tag, static_cast<double>(made->bytes) / 1e6,
            took.count(), made->wasThere ? " (was there)" : "");
        return *made;
    }

    Server serve(ContainerSpec spec, const Recipe& recipe)
    {
        const std::string net = named("net");
        static_cast<void>(engine().createNetwork(net, false, LiveEngine::get().labels()));
        spec.name = named(recipe.name);
        spec.labels = LiveEngine::get().labels();
        spec.networks = {{net, {recipe.name}}};
        spec.ports = {{recipe.port, 0}};
        for (const std::string& path : recipe.volumes) {
            const std::string volume = named(recipe.name + "-data");
            static_cast<void>(engine().createVolume(volume, LiveEngine::get().labels()));
            spec.mounts.push_back({volume, path});
        }
        Server server;
        const auto start = std::chrono::steady_clock::now();
        server.id = started(spec);
        Result<ContainerState> state = engine().inspect(server.id);
        EXPECT_TRUE(state) << state.error().what;
        server.port = state ? state->ports[recipe.port] : 0;
        const std::string probe = recipe.health == Recipe::Health::Http
                                      ? fmt::format(
                                            "curl -s -o /dev/null --max-time 5 http://127.0.0.1:{}{}",
                                            server.port, recipe.healthPath)
                                      : fmt::format("bash -c 'exec 3<>/dev/tcp/127.0.0.1/{}'", server.port);
        bool isUp = false;
        for (int wait = 0; wait < 600 && !isUp; ++wait) {
            isUp = run(probe).code == 0;
            if (!isUp) {
                std::this_thread::sleep_for(std::chrono::milliseconds(50));
                state = engine().inspect(server.id);
                if (state && !state->isRunning()) {
                    break;
                }
            }
        }
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
        std::cerr << fmt::format("  {} answers after {:.1f} s\n", recipe.name, took.count());
        Result<std::string> log = engine().logs(server.id);
        EXPECT_TRUE(isUp) << (log ? *log : log.error().what);
        Result<std::string> inspect = engine().inspectJson(server.id);
        Result<std::vector<Difference>> found = differences(spec, info(), inspect ? *inspect : "");
        EXPECT_TRUE(found) << found.error().what;
        EXPECT_THAT(found ? toText(*found) : "", IsEmpty());
        return server;
    }
};

#define NEPH_SKIP_WITHOUT(image, whyNot)                                                                     \
    if (!(image)) {                                                                                          \
        std::cerr << "**** NOT tested: " << (whyNot) << '\n';                                                \
        GTEST_SKIP() << (whyNot);                                                                            \
    }

TEST_F(AnImageOfPackages, RunsHaproxy)
{
    std::string whyNot;
    const std::optional<PackageImage> made = image("haproxy", whyNot);
    NEPH_SKIP_WITHOUT(made, whyNot);
    Result<Recipe> recipe = readRecipe("haproxy", places());
    const Server server = serve(specOf(*recipe, made->id), *recipe);
    EXPECT_EQ(run(fmt::format("curl -s http://127.0.0.1:{}/", server.port)).output, "ready");
}

TEST_F(AnImageOfPackages, IsNotMadeTwice)
{
    std::string whyNot;
    const std::optional<PackageImage> first = image("haproxy", whyNot);
    NEPH_SKIP_WITHOUT(first, whyNot);
    const std::optional<PackageImage> second = image("haproxy", whyNot);
    ASSERT_TRUE(second);
    EXPECT_TRUE(second->wasThere);
    EXPECT_EQ(second->id, first->id);
}

TEST_F(AnImageOfPackages, RunsRedis)
{
    std::string whyNot;
    const std::optional<PackageImage> made = image("redis", whyNot);
    NEPH_SKIP_WITHOUT(made, whyNot);
    Result<Recipe> recipe = readRecipe("redis", places());
    const Server server = serve(specOf(*recipe, made->id), *recipe);
    const std::string client = fmt::format("redis-cli -h 127.0.0.1 -p {} ", server.port);
    EXPECT_EQ(run(client + "set key value").output, "OK\n");
    EXPECT_EQ(run(client + "get key").output, "value\n");
}

TEST_F(AnImageOfPackages, RunsPostgresqlAndKeepsItsTables)
{
    std::string whyNot;
    const std::optional<PackageImage> made = image("postgresql", whyNot);
    NEPH_SKIP_WITHOUT(made, whyNot);
    Result<Recipe> recipe = readRecipe("postgresql", places());
    ContainerSpec spec = specOf(*recipe, made->id);
    spec.environment["NEPH_FILE_1"] = "/tmp/password 0600\nsecret of a test\n";
    const auto sql = [](std::uint16_t port, const std::string& password, const std::string& words) {
        const std::string command = fmt::format(
            "PGPASSWORD='{}' psql -h 127.0.0.1 -p {} -U postgres -Atc \"{}\"", password, port, words);
        Ran ran = run(command);
        for (int wait = 0; wait < 100 && ran.output.find("starting up") != std::string::npos; ++wait) {
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
            ran = run(command);
        }
        return ran;
    };
    Server server = serve(spec, *recipe);
    EXPECT_NE(sql(server.port, "wrong", "select 1").code, 0) << "a wrong password is refused";
    const Ran made1 =
        sql(server.port, "secret of a test", "create table t(a int); insert into t values (42)");
    EXPECT_EQ(made1.code, 0) << made1.output;
    ASSERT_TRUE(engine().stop(server.id, std::chrono::seconds(20)));
    EXPECT_THAT(*engine().logs(server.id), HasSubstr("received fast shutdown request"));
    ASSERT_TRUE(engine().remove(server.id));
    server = serve(spec, *recipe);
    EXPECT_EQ(sql(server.port, "secret of a test", "select a from t").output, "42\n");
}

TEST_F(AnImageOfPackages, RunsDynaliteAndKeepsItsTables)
{
    std::string whyNot;
    const std::optional<PackageImage> made = image("dynalite", whyNot);
    NEPH_SKIP_WITHOUT(made, whyNot + " (npm install --prefix build/dynalite dynalite@4.0.0)");
    Result<Recipe> recipe = readRecipe("dynalite", places());
    Server server = serve(specOf(*recipe, made->id), *recipe);
    const auto aws = [&server](const std::string& words) {
        return run(fmt::format(
            "AWS_ACCESS_KEY_ID=a AWS_SECRET_ACCESS_KEY=b AWS_PAGER= aws --region us-east-1 --endpoint-url "
            "http://127.0.0.1:{} dynamodb {}",
            server.port, words));
    };
    if (!isInstalled("aws")) {
        GTEST_SKIP() << "apt-get install awscli";
    }
    const Ran table =
        aws("create-table --table-name things --attribute-definitions AttributeName=k,AttributeType=S "
            "--key-schema AttributeName=k,KeyType=HASH --billing-mode PAY_PER_REQUEST");
    ASSERT_EQ(table.code, 0) << table.output;
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    const Ran put = aws(R"(put-item --table-name things --item '{"k":{"S":"a"},"v":{"N":"7"}}')");
    ASSERT_EQ(put.code, 0) << put.output;
    ASSERT_TRUE(engine().stop(server.id, std::chrono::seconds(5)));
    ASSERT_TRUE(engine().remove(server.id));
    server = serve(specOf(*recipe, made->id), *recipe);
    EXPECT_THAT(aws(R"(get-item --table-name things --key '{"k":{"S":"a"}}')").output, HasSubstr("\"7\""));
}

TEST_F(AnImageOfPackages, HoldsOurOwnProgramOfTheWorkload)
{
    std::string whyNot;
    const std::optional<PackageImage> made = image("workload", whyNot);
    NEPH_SKIP_WITHOUT(made, whyNot);
    EXPECT_THAT(made->id, testing::StartsWith("sha256:"));
    EXPECT_LT(made->bytes, 60'000'000) << "it is started by the dozen";
}

class ARegistry : public AnImageOfPackages {
protected:
    /// Starts a registry, pushes the probe, forgets it and pulls it again.
    void pushAndPull(const ContainerSpec& spec, const Recipe& recipe, const RegistryLogin& login)
    {
        const Server server = serve(spec, recipe);
        const std::string name = fmt::format("127.0.0.1:{}/lab/probe", server.port);
        const std::string image = probeImage();
        ASSERT_TRUE(engine().tagImage(image, name + ":1"));
        if (!login.user.empty()) {
            Result<std::string> refused = engine().pushImage(name + ":1", {}, true);
            ASSERT_FALSE(refused) << "a registry with a login took a push without";
            std::cerr << "  refused: " << refused.error().what << '\n';
        }
        Result<std::string> pushed = engine().pushImage(name + ":1", login, true);
        ASSERT_TRUE(pushed) << pushed.error().what;
        EXPECT_THAT(*pushed, testing::StartsWith(name + "@sha256:"));
        ASSERT_TRUE(engine().removeImage(name + ":1"));
        Result<std::string> pulled = engine().pullImage(*pushed, login, true);
        ASSERT_TRUE(pulled) << pulled.error().what;
        EXPECT_EQ(*pulled, *pushed) << "by digest";
        Result<std::string> tagged = engine().pullImage(name + ":1", login, true);
        ASSERT_TRUE(tagged) << tagged.error().what;
        EXPECT_EQ(*tagged, *pushed) << "by tag";

        ContainerSpec run = probe("from-the-registry", {"hello"});
        run.image = *pulled;
        const std::string id = started(run);
        EXPECT_TRUE(says(id, "hello"));
        Result<std::vector<Difference>> found = differences(run, info(), *engine().inspectJson(id));
        ASSERT_TRUE(found);
        EXPECT_THAT(toText(*found), IsEmpty());
        EXPECT_TRUE(engine().remove(id));
        static_cast<void>(engine().removeImage(name + ":1"));
        static_cast<void>(engine().removeImage(*pulled));
    }
};

TEST_F(ARegistry, TakesAndGivesImagesByTagAndByDigest)
{
    std::string whyNot;
    const std::optional<PackageImage> made = image("docker-registry", whyNot);
    NEPH_SKIP_WITHOUT(made, whyNot);
    Result<Recipe> recipe = readRecipe("docker-registry", places());
    pushAndPull(specOf(*recipe, made->id), *recipe, {});
}

TEST_F(ARegistry, WithALoginRefusesWhoeverHasNone)
{
    std::string whyNot;
    const std::optional<PackageImage> made = image("docker-registry", whyNot);
    NEPH_SKIP_WITHOUT(made, whyNot);
    if (!isInstalled("htpasswd")) {
        GTEST_SKIP() << "apt-get install apache2-utils";
    }
    Result<Recipe> recipe = readRecipe("docker-registry", places());
    ContainerSpec spec = specOf(*recipe, made->id);
    spec.environment["NEPH_FILE_2"] = "/tmp/htpasswd\n" + run("htpasswd -nbB student 'pass:word'").output;
    spec.environment["REGISTRY_AUTH"] = "htpasswd";
    spec.environment["REGISTRY_AUTH_HTPASSWD_REALM"] = "lab";
    spec.environment["REGISTRY_AUTH_HTPASSWD_PATH"] = "/tmp/htpasswd";
    pushAndPull(spec, *recipe, {"student", "pass:word"});
}

// Nothing of the above may go anywhere but loopback without TLS.
TEST(ARegistryElsewhere, IsNeverSpokenToWithoutTls)
{
    ContainerEngine engine("/nowhere/engine.sock");
    Result<std::string> pushed = engine.pushImage("registry.example/a:1", {}, true);
    ASSERT_FALSE(pushed);
    EXPECT_THAT(pushed.error().what, HasSubstr("127.0.0.1"));
    EXPECT_FALSE(engine.pullImage("registry.example/a:1", {}, true));
}

TEST(ARecipe, SaysWhatToInstallWhereItsPackagesAreMissing)
{
    const TestFolder folder;
    std::filesystem::create_directories(folder / "thing");
    std::ofstream(folder / "thing/recipe.json")
        << R"({"name":"thing","packages":["thing-server","thing-data"],"image":"docker.io/library/thing:1",
               "programs":["/usr/bin/no-such-thing"]})";
    RecipePlaces here;
    here.recipes = folder.path();
    Result<Recipe> recipe = readRecipe("thing", here);
    ASSERT_TRUE(recipe) << recipe.error().what;
    Result<std::int64_t> tar = writeImageTar(*recipe, here, folder / "image.tar");
    ASSERT_FALSE(tar);
    EXPECT_THAT(tar.error().what, HasSubstr("apt-get install thing-server thing-data"));
    EXPECT_THAT(tar.error().what, HasSubstr("docker.io/library/thing:1"));
}

TEST(ARecipe, WithAnUnknownFieldIsRefused)
{
    const TestFolder folder;
    std::filesystem::create_directories(folder / "thing");
    std::ofstream(folder / "thing/recipe.json") << R"({"name":"thing","prorgams":[]})";
    RecipePlaces here;
    here.recipes = folder.path();
    Result<Recipe> recipe = readRecipe("thing", here);
    ASSERT_FALSE(recipe);
    EXPECT_THAT(recipe.error().what, HasSubstr("prorgams"));
}

// The same files make the same bytes, whenever and by whomever the tar is written.
TEST(ARecipe, MakesTheSameTarTwice)
{
    const TestFolder folder;
    std::filesystem::create_directories(folder / "thing");
    std::ofstream(folder / "thing/recipe.json")
        << R"({"name":"thing","programs":["/bin/ls"],"volumes":["/data"]})";
    RecipePlaces here;
    here.recipes = folder.path();
    Result<Recipe> recipe = readRecipe("thing", here);
    ASSERT_TRUE(recipe);
    ASSERT_TRUE(writeImageTar(*recipe, here, folder / "one.tar"));
    ASSERT_TRUE(writeImageTar(*recipe, here, folder / "two.tar"));
    EXPECT_EQ(run("cmp '" + (folder / "one.tar") + "' '" + (folder / "two.tar") + "'").code, 0);
    const std::string list = run("tar tvf '" + (folder / "one.tar") + "'").output;
    EXPECT_THAT(list, HasSubstr("ld-linux"));
    EXPECT_THAT(list, HasSubstr("libc.so.6"));
    EXPECT_THAT(list, HasSubstr("drwx------ 65534/65534"));
}

// An extension may need a library that the server does not: every file of every image must find all of its
// own.
TEST(ARecipe, BringsEveryLibraryThatItsFilesNeed)
{
    const TestFolder folder;
    std::filesystem::create_directories(folder / "thing/parts");
    std::filesystem::copy("/bin/ls", folder / "thing/parts/ls");
    std::filesystem::copy(std::filesystem::read_symlink("/proc/self/exe"), folder / "thing/parts/test");
    std::ofstream(folder / "thing/recipe.json")
        << R"({"name":"thing","folders":[{"from":"@/parts","to":"/parts"}]})";
    RecipePlaces here;
    here.recipes = folder.path();
    Result<Recipe> recipe = readRecipe("thing", here);
    ASSERT_TRUE(recipe);
    ASSERT_TRUE(writeImageTar(*recipe, here, folder / "image.tar"));
    const std::string list = run("tar tf '" + (folder / "image.tar") + "'").output;
    for (const char* program : {"ls", "test"}) {
        const std::string needs = run("ldd '" + (folder / "thing/parts") + '/' + program +
                                      "' | sed -n 's/.*=> .*\\/\\([^ ]*\\) .*/\\1/p'")
                                      .output;
        EXPECT_THAT(needs, HasSubstr("libc.so.6"));
        std::istringstream lines(needs);
        for (std::string library; std::getline(lines, library);) {
            EXPECT_THAT(list, HasSubstr(library)) << program;
        }
    }
}

TEST(ARecipe, ThatShipsCanBeRead)
{
    for (const auto& one : std::filesystem::directory_iterator(places().recipes)) {
        if (std::filesystem::exists(one.path() / "recipe.json")) {
            Result<Recipe> recipe = readRecipe(one.path().filename().string(), places());
            ASSERT_TRUE(recipe) << recipe.error().what;
            EXPECT_EQ(recipe->name, one.path().filename().string());
            EXPECT_FALSE(recipe->command.empty());
            EXPECT_NE(recipe->port, 0);
        }
    }
}

}  // namespace
}  // namespace neph::test
