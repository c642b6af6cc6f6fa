#include "sim/model/atomic_file.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <limits>
#include <random>
#include <sstream>

#include "sim/model/design_json.h"
#include "tests/model/model_fixtures.h"

namespace neph::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

std::string textIn(const fs::path& file)
{
    std::ifstream in(file, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

/// A folder of its own for every test.
class AFolder : public testing::Test {
protected:
    void SetUp() override
    {
        const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
        m_folder =
            fs::temp_directory_path() / ("nepho-" + std::to_string(::getpid()) + '-' + name.substr(0, 40));
        fs::create_directories(m_folder);
    }
    void TearDown() override
    {
        fs::permissions(m_folder, fs::perms::owner_all);
        fs::remove_all(m_folder);
    }

    std::string file(const std::string& name) const { return (m_folder / name).string(); }
    std::vector<std::string> names() const
    {
        std::vector<std::string> found;
        for (const fs::directory_entry& entry : fs::directory_iterator(m_folder)) {
            found.push_back(entry.path().filename().string());
        }
        return found;
    }
    void write(const std::string& name, const std::string& text) const { std::ofstream(file(name)) << text; }

    fs::path m_folder;
};

class WritingAFile : public AFolder {};

TEST_F(WritingAFile, MakesIt)
{
    ASSERT_TRUE(writeFileAtomically(file("a"), "text"));

    EXPECT_EQ(textIn(file("a")), "text");
    EXPECT_THAT(names(), ElementsAre("a"));
}

TEST_F(WritingAFile, ReplacesWhatWasThere)
{
    write("a", "a longer old text");
    ASSERT_TRUE(writeFileAtomically(file("a"), "new"));

    EXPECT_EQ(textIn(file("a")), "new");
    EXPECT_THAT(names(), ElementsAre("a"));
}

TEST_F(WritingAFile, KeepsThePreviousVersionWhereAsked)
{
    write("a", "first");
    ASSERT_TRUE(writeFileAtomically(file("a"), "second", {.keepPrevious = true}));
    ASSERT_TRUE(writeFileAtomically(file("a"), "third", {.keepPrevious = true}));

    EXPECT_EQ(textIn(file("a")), "third");
    EXPECT_EQ(textIn(file("a~")), "second");
    EXPECT_THAT(names(), UnorderedElementsAre("a", "a~"));
}

TEST_F(WritingAFile, KeepsItsPermissions)
{
    write("a", "old");
    fs::permissions(file("a"), fs::perms::owner_read | fs::perms::owner_write);
    ASSERT_TRUE(writeFileAtomically(file("a"), "new"));

    EXPECT_EQ(fs::status(file("a")).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(WritingAFile, FollowsASymbolicLink)
{
    write("real", "old");
    fs::create_symlink("real", file("link"));
    ASSERT_TRUE(writeFileAtomically(file("link"), "new"));

    EXPECT_TRUE(fs::is_symlink(file("link")));
    EXPECT_EQ(textIn(file("real")), "new");
}

TEST_F(WritingAFile, WorksWithTheLongestNames)
{
    const std::string longest = std::string(255, 'n');
    const std::string odd = "line\nbreak 🛒.nepho";

    EXPECT_TRUE(writeFileAtomically(file(longest), "text"));
    EXPECT_TRUE(writeFileAtomically(file(odd), "text", {.keepPrevious = true}));
    EXPECT_FALSE(writeFileAtomically(file(longest + 'n'), "text"));
}

TEST_F(WritingAFile, WhereAFolderStandsIsRefused)
{
    fs::create_directory(file("a"));
    const Result<Done> written = writeFileAtomically(file("a"), "text");

    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, ErrorCode::CannotWrite);
    EXPECT_THAT(written.error().what, HasSubstr("directory"));
}

TEST_F(WritingAFile, InAFolderThatIsNotThereIsRefused)
{
    EXPECT_FALSE(writeFileAtomically(file("no/such/a"), "text"));
    EXPECT_THAT(names(), IsEmpty());
}

class ReadingAFile : public AFolder {};

TEST_F(ReadingAFile, GivesItsText)
{
    write("a", std::string("zero\0byte", 9));
    const Result<std::string> text = readFile(file("a"), 9);

    ASSERT_TRUE(text);
    EXPECT_EQ(*text, std::string("zero\0byte", 9));
}

TEST_F(ReadingAFile, IsRefusedWhereThereIsNoneToRead)
{
    fs::create_directory(file("folder"));
    ASSERT_EQ(::mkfifo(file("pipe").c_str(), 0600), 0);

    for (const char* name : {"missing", "folder", "pipe"}) {
        const Result<std::string> text = readFile(file(name), 100);
        ASSERT_FALSE(text) << name;
        EXPECT_EQ(text.error().code, ErrorCode::CannotRead);
        EXPECT_THAT(text.error().what, HasSubstr(name));
    }
}

TEST_F(ReadingAFile, Of200MegabytesIsRefusedAtOnce)
{
    write("big", "");
    fs::resize_file(file("big"), 200'000'000);
    const std::clock_t start = std::clock();
    const LoadedDesign loaded = loadDesign(file("big"));
    const std::clock_t taken = std::clock() - start;

    EXPECT_FALSE(loaded.readable);
    EXPECT_THAT(
        textOf(loaded.diagnostics), AllOf(HasSubstr("200000000 bytes"), HasSubstr("at most 67108864")));
    EXPECT_LT(taken, CLOCKS_PER_SEC / 10);
}

class SavingADesign : public AFolder {};

TEST_F(SavingADesign, AndLoadingItGivesTheSame)
{
    ASSERT_TRUE(saveDesign(shopDesign(), file("shop.nepho")));
    const LoadedDesign loaded = loadDesign(file("shop.nepho"));

    EXPECT_THAT(loaded.diagnostics, IsEmpty());
    EXPECT_EQ(loaded.design, shopDesign());
}

TEST_F(SavingADesign, ThatCouldNotBeReadAgainLeavesTheFileAlone)
{
    write("shop.nepho", "old");
    Design design = shopDesign();
    design.runSeconds = std::numeric_limits<double>::quiet_NaN();
    const Result<Done> saved = saveDesign(design, file("shop.nepho"));

    ASSERT_FALSE(saved);
    EXPECT_THAT(saved.error().what, HasSubstr("/runSeconds"));
    EXPECT_EQ(textIn(file("shop.nepho")), "old");
    EXPECT_THAT(names(), ElementsAre("shop.nepho"));
}

TEST(LoadingADesign, ThatIsNotThereNamesTheFile)
{
    const LoadedDesign loaded = loadDesign("/no/such/file.nepho");

    EXPECT_FALSE(loaded.readable);
    ASSERT_EQ(loaded.diagnostics.size(), 1u);
    EXPECT_EQ(loaded.diagnostics[0].pointer, "/no/such/file.nepho");
    EXPECT_THAT(loaded.diagnostics[0].what, HasSubstr("No such file"));
}

/// Says that it has synced. A killed process loses nothing that was written, so these tests need not wait for
/// a disk.
int syncNothing(int)
{
    return 0;
}

const FileOps& quickOps()
{
    static const FileOps quick = [] {
        FileOps ops = FileOps::posix();
        ops.fsync = syncNothing;
        return ops;
    }();
    return quick;
}

/// The operations of the system with a fault: the n-th of them, and perhaps all that follow, fail.
struct FaultyDisk {
    static inline int s_operations = 0;
    static inline int s_failing = 0;
    static inline int s_reason = 0;
    static inline bool s_forEver = false;

    static void arm(int failing, int reason, bool forEver)
    {
        s_operations = 0;
        s_failing = failing;
        s_reason = reason;
        s_forEver = forEver;
    }
    static bool fails()
    {
        ++s_operations;
        const bool failing = s_operations == s_failing || (s_forEver && s_operations > s_failing);
        if (failing) {
            errno = s_reason;
        }
        return failing;
    }
    static const FileOps& ops()
    {
        static const FileOps faulty{
            [](const char* path, int flags, unsigned mode) {
                return fails() ? -1 : ::open(path, flags, mode);
            },
            // Half of the bytes, to have more than one write to fail in.
            [](int file, const void* bytes, std::size_t count) {
                return fails() ? ssize_t{-1} : ::write(file, bytes, count > 400 ? count / 2 : count);
            },
            [](int file) { return fails() ? -1 : syncNothing(file); },
            [](int file) {
                ::close(file);
                return fails() ? -1 : 0;
            },
            [](const char* from, const char* to) { return fails() ? -1 : ::link(from, to); },
            [](const char* from, const char* to) { return fails() ? -1 : ::rename(from, to); },
            [](const char* path) { return fails() ? -1 : ::unlink(path); },
        };
        return faulty;
    }
};

struct DiskFault {
    const char* name;
    int reason;
    bool forEver;
};

class ASaveWhoseDiskFails : public AFolder, public testing::WithParamInterface<DiskFault> {};

TEST_P(ASaveWhoseDiskFails, LeavesTheOldDesignOrTheNewOneAndALaterSaveWorks)
{
    const Design before = shopDesign();
    Design after = shopDesign();
    after.name = "Changed";
    const std::string path = file("shop.nepho");
    int refusals = 0;
    for (int failing = 1;; ++failing) {
        ASSERT_TRUE(saveDesign(before, path, quickOps()));
        FaultyDisk::arm(failing, GetParam().reason, GetParam().forEver);
        const Result<Done> saved = saveDesign(after, path, FaultyDisk::ops());

        const std::string text = textIn(path);
        ASSERT_TRUE(text == writeDesign(before) || text == writeDesign(after)) << "operation " << failing;
        if (saved) {
            ASSERT_EQ(text, writeDesign(after));
        } else {
            ++refusals;
            ASSERT_EQ(saved.error().code, ErrorCode::CannotWrite);
            ASSERT_THAT(saved.error().what, HasSubstr(std::strerror(GetParam().reason)));
        }
        if (FaultyDisk::s_operations < failing) {
            break;
        }
        ASSERT_TRUE(saveDesign(after, path, quickOps()));
        ASSERT_EQ(loadDesign(path).design, after);
    }
    EXPECT_GE(refusals, 8);
}

// clang-format off
INSTANTIATE_TEST_SUITE_P(Disk, ASaveWhoseDiskFails, testing::Values(
    DiskFault{"OnceFull",             ENOSPC, false}, DiskFault{"FullForEver",        ENOSPC, true},
    DiskFault{"OnceBroken",           EIO,    false}, DiskFault{"BrokenForEver",      EIO,    true},
    DiskFault{"OnceForbidden",        EACCES, false}, DiskFault{"ForbiddenForEver",   EACCES, true},
    DiskFault{"OnceReadOnly",         EROFS,  false}, DiskFault{"ReadOnlyForEver",    EROFS,  true},
    DiskFault{"OnceOverQuota",        EDQUOT, false}, DiskFault{"OverQuotaForEver",   EDQUOT, true}),
    [](const auto& example) { return example.param.name; });
// clang-format on

class AProgramKilledWhileSaving : public AFolder {};

TEST_F(AProgramKilledWhileSaving, LeavesAWholeFile)
{
    const std::string path = file("shop.nepho");
    Design small = shopDesign();
    Design large = shopDesign();
    for (int i = 0; i < 300; ++i) {
        large.nodes.push_back(nodeOf("table-" + std::to_string(i), "demo.table"));
    }
    const std::string smallText = writeDesign(small);
    const std::string largeText = writeDesign(large);
    ASSERT_TRUE(saveDesign(small, path));

    std::mt19937 random(11);
    int sawSmall = 0;
    for (int kill = 0; kill < 200; ++kill) {
        const pid_t child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            for (;;) {
                static_cast<void>(
                    writeFileAtomically(path, largeText, {.keepPrevious = true, .ops = quickOps()}));
                static_cast<void>(
                    writeFileAtomically(path, smallText, {.keepPrevious = true, .ops = quickOps()}));
            }
        }
        ::usleep(static_cast<useconds_t>(500 + random() % 9500));
        ::kill(child, SIGKILL);
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);

        const std::string text = textIn(path);
        ASSERT_TRUE(text == smallText || text == largeText)
            << "kill " << kill << ", " << text.size() << " bytes";
        sawSmall += text == smallText ? 1 : 0;
        if (fs::exists(path + '~')) {
            const std::string backup = textIn(path + '~');
            ASSERT_TRUE(backup == smallText || backup == largeText) << "kill " << kill;
        }
    }
    EXPECT_GT(sawSmall, 10);
    EXPECT_LT(sawSmall, 190);
}

}  // namespace
}  // namespace neph::test
