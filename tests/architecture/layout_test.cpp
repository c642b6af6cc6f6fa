#include <filesystem>
#include <map>
#include <regex>
#include <set>

#include "tests/architecture/source_tree.h"

namespace neph {
namespace {

namespace fs = std::filesystem;

const std::set<std::string> kUpToPlan = {"base", "kernel", "model", "metrics", "cost", "plan"};

std::set<std::string> with(std::set<std::string> folders, const std::set<std::string>& more)
{
    folders.insert(more.begin(), more.end());
    return folders;
}

/// What each folder of sim/ may include, besides itself: design.md section 2.
const std::map<std::string, std::set<std::string>> kMayInclude = {
    {"base", {}},
    {"kernel", {"base"}},
    {"model", {"base"}},
    {"metrics", {"base", "kernel", "model"}},
    {"interchange", {"base", "kernel", "model", "metrics"}},
    {"cost", {"base", "model", "metrics"}},
    {"plan", {"base", "kernel", "model", "metrics", "cost"}},
    {"engine", kUpToPlan},
    {"traffic", kUpToPlan},
    {"cloud", with(kUpToPlan, {"engine", "traffic"})},
    {"services", with(kUpToPlan, {"engine", "traffic", "cloud"})},
    {"local", with(kUpToPlan, {"engine", "traffic", "cloud", "interchange"})},
};

struct Include {
    std::size_t line;
    std::string path;
};

std::vector<Include> includesOf(const SourceFile& file)
{
    static const std::regex include(R"re(^\s*#include\s+[<"]([^>"]+)[>"])re");
    std::vector<Include> found;
    for (const SourceLine& line : file.lines) {
        std::smatch match;
        // Regular expressions are slow; most lines need none.
        if (line.text.find("#include") != std::string::npos && std::regex_search(line.text, match, include)) {
            found.push_back({line.number, match[1]});
        }
    }
    return found;
}

bool isQt(const std::string& path)
{
    return (path.size() > 1 && path[0] == 'Q' && std::isupper(static_cast<unsigned char>(path[1])) != 0) ||
           path.starts_with("Qt") || path.starts_with("qcustomplot");
}

/// "model" of "sim/model/design.h"; empty for files of sim/ itself.
std::string layerOf(const std::string& path)
{
    const std::size_t end = path.find('/', 4);
    return path.starts_with("sim/") && end != std::string::npos ? path.substr(4, end - 4) : std::string();
}

TEST(Architecture, EveryFolderOfTheEngineIncludesOnlyWhatLiesBelowIt)
{
    for (const SourceFile& file : sourceFiles({"sim"})) {
        const std::string own = layerOf(file.path);
        if (own.empty()) {
            continue;  // run.cpp and its kind: the door, which stands on all of it.
        }
        ASSERT_TRUE(kMayInclude.contains(own))
            << file.path << " lies in a folder that has no place in the order";
        for (const Include& include : includesOf(file)) {
            const std::string layer = layerOf(include.path);
            EXPECT_FALSE(include.path.starts_with("app/")) << placeOf(file, include.line);
            // The lab stands above run.h: it runs the simulation beside what it measures.
            EXPECT_FALSE(own != "local" && include.path.starts_with("sim/") && layer.empty())
                << placeOf(file, include.line) << " must not include " << include.path;
            EXPECT_TRUE(layer.empty() || layer == own || kMayInclude.at(own).contains(layer))
                << placeOf(file, include.line) << " must not include " << include.path;
        }
    }
}

TEST(Architecture, NoServiceHasAHeaderOrIncludesAnother)
{
    for (const SourceFile& file : sourceFiles({"sim/services"})) {
        EXPECT_TRUE(file.isCpp) << file.path;
        for (const Include& include : includesOf(file)) {
            EXPECT_NE(layerOf(include.path), "services") << placeOf(file, include.line);
        }
    }
}

TEST(Architecture, EngineAndCommandLineKnowNoQt)
{
    for (const SourceFile& file : sourceFiles({"sim", "app/cli"})) {
        for (const Include& include : includesOf(file)) {
            EXPECT_FALSE(isQt(include.path)) << placeOf(file, include.line) << " includes " << include.path;
            EXPECT_FALSE(include.path.starts_with("app/desktop")) << placeOf(file, include.line);
        }
    }
}

TEST(Architecture, NothingIsIncludedTwiceInAFile)
{
    for (const SourceFile& file : sourceFiles({"sim", "app", "tests", "assets"})) {
        std::set<std::string> seen;
        for (const Include& include : includesOf(file)) {
            EXPECT_TRUE(include.path.ends_with(".inc") || seen.insert(include.path).second)
                << placeOf(file, include.line) << " includes " << include.path << " again";
        }
    }
}

TEST(Files, AreAtMost600LinesLongAndTestsAtMost800)
{
    for (const SourceFile& file : sourceFiles({"sim", "app", "tests", "assets"})) {
        EXPECT_LE(file.lines.size(), file.path.starts_with("tests/") ? 800u : 600u) << file.path;
    }
}

TEST(Functions, AreAtMost70LinesLong)
{
    for (const SourceFile& file : sourceFiles({"sim", "app", "tests", "assets"})) {
        for (const FunctionSpan& function : functionsOf(file)) {
            EXPECT_LE(function.lines, 70u) << placeOf(file, function.firstLine);
        }
    }
}

// g++ 12.2 destroys the temporaries of an awaiting expression twice, refuses braced lists in it, and
// miscompiles `if (co_await ...)`. A whole statement, or the value of one new local, is safe.
TEST(Coroutines, AwaitInPlainStatementsOnly)
{
    // Not the declaration of an awaitable: `operator co_await()`.
    static const std::regex await(R"(\bco_await\b(?!\())");
    static const std::regex plain(R"(^\s*((const )?[\w:<>]+[&*]? \w+ = )?co_await [^?{}\[]*;\s*$)");
    for (const SourceFile& file : sourceFiles({"sim", "app", "tests", "assets"})) {
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            const std::string& code = file.lines[i].code;
            if (code.find("co_await") == std::string::npos || !std::regex_search(code, await)) {
                continue;
            }
            std::string statement = file.lines[i].code;
            for (std::size_t j = i + 1; statement.find(';') == std::string::npos && j < file.lines.size();
                 ++j) {
                statement += file.lines[j].code;
            }
            // A name at the end of the line before belongs to it: `const Outcome outcome =\n co_await ...`.
            if (i > 0 && file.lines[i - 1].code.ends_with(" =")) {
                statement = file.lines[i - 1].code + ' ' + statement.substr(statement.find_first_not_of(' '));
            }
            EXPECT_TRUE(std::regex_match(statement, plain))
                << placeOf(file, i + 1) << ": " << file.lines[i].text;
        }
    }
}

TEST(Sources, PromiseNothingForLater)
{
    // In two halves, so that this file does not find itself.
    const std::string promises[] = {
        "TO"
        "DO",
        "FIX"
        "ME"};
    for (const SourceFile& file : sourceFiles({"sim", "app", "tests", "assets"})) {
        for (const SourceLine& line : file.lines) {
            for (const std::string& promise : promises) {
                EXPECT_EQ(line.text.find(promise), std::string::npos) << placeOf(file, line.number);
            }
        }
    }
}

TEST(Folders, EachSayWhatLivesInThem)
{
    for (const char* root : {"sim", "app", "tests", "assets"}) {
        EXPECT_TRUE(fs::exists(fs::path(NEPH_SOURCE_DIR) / root / "README.md") || std::string(root) == "sim")
            << root;
    }
    std::set<std::string> folders;
    for (const SourceFile& file : sourceFiles({"sim", "app"})) {
        folders.insert(fs::path(file.path).parent_path().string());
    }
    for (const std::string& folder : folders) {
        // A family of services and a part of the window are told by the README above them.
        const fs::path here = fs::path(NEPH_SOURCE_DIR) / folder;
        EXPECT_TRUE(
            folder == "sim" || fs::exists(here / "README.md") || fs::exists(here.parent_path() / "README.md"))
            << folder << " has no README.md";
    }
}

TEST(Tests, AreEachInAProgram)
{
    const std::string listed = textOf("tests/CMakeLists.txt");
    for (const SourceFile& file : sourceFiles({"tests"})) {
        if (!file.path.ends_with("_test.cpp")) {
            continue;
        }
        const std::string folder = file.folder.substr(file.folder.find('/') + 1);
        const bool hasOwnList = fs::exists(fs::path(NEPH_SOURCE_DIR) / "tests" / folder / "CMakeLists.txt");
        EXPECT_TRUE(hasOwnList || listed.find("neph_test(" + folder + " ") != std::string::npos) << file.path;
    }
}

}  // namespace
}  // namespace neph
