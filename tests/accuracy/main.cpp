// neph_accuracy: holds flows and sampled windows against the run of every request. See README.md.
#include <atomic>
#include <cstdio>
#include <fstream>
#include <thread>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "sim/model/design_json.h"
#include "tests/accuracy/rates.h"
#include "tests/accuracy/table.h"
#include "tests/accuracy/truth_store.h"

namespace neph {

namespace {

constexpr double kNoLimit = 1e6;  // Seconds.

struct Wanted {
    std::vector<std::string> filters;
    unsigned threads = 1;
    double mostSeconds = 300;
    int seeds = 0;  ///< 0: as the example says.
    bool withTight = false;
    bool isFresh = false;
    bool isCachedOnly = false;
    bool isTruthOnly = false;
    bool isList = false;
    std::string cache = NEPH_ACCURACY_CACHE;
    std::string writeTo;
    std::string rates;
    std::vector<std::string> files;
};

/// Designs of the caller's own. Files that cannot be read are left out, with a word about it.
std::vector<Example> fromFiles(const std::vector<std::string>& files)
{
    std::vector<Example> all;
    for (const std::string& path : files) {
        std::ifstream file(path);
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        const LoadedDesign loaded = readDesign(text);
        if (!loaded.readable) {
            fmt::print(stderr, "{} cannot be read\n", path);
            continue;
        }
        all.push_back({std::filesystem::path(path).stem().string(), loaded.design.name, loaded.design, 1});
        all.back().design.name = all.back().name;
    }
    return all;
}

std::vector<Example> chosen(const Wanted& wanted)
{
    if (!wanted.files.empty()) {
        return fromFiles(wanted.files);
    }
    std::vector<Example> all = pathsOfServices();
    const std::vector<Example> more = oneServiceAllDay();
    all.insert(all.end(), more.begin(), more.end());
    std::erase_if(all, [&wanted](const Example& example) {
        const auto matches = [&example](const std::string& filter) {
            return example.name.find(filter) != std::string::npos;
        };
        return !wanted.filters.empty() && std::none_of(wanted.filters.begin(), wanted.filters.end(), matches);
    });
    for (Example& example : all) {
        example.truths = wanted.seeds > 0 ? wanted.seeds : example.truths;
    }
    return all;
}

void write(const std::vector<Example>& examples, const std::string& folder)
{
    std::filesystem::create_directories(folder);
    for (const Example& example : examples) {
        std::ofstream(std::filesystem::path(folder) / (example.name + ".nepho"))
            << writeDesign(example.design);
    }
}

/// Runs every request of all examples where that has not been done, `threads` at a time.
void fillStore(const std::vector<Example>& examples, const Wanted& wanted, const TruthStore& store)
{
    struct Job {
        const Example* example;
        std::uint64_t seed;
    };
    std::vector<Job> jobs;
    for (const Example& example : examples) {
        for (std::uint64_t seed = 1; seed <= static_cast<std::uint64_t>(example.truths); ++seed) {
            if (wanted.isFresh || !store.find(example.design, seed)) {
                jobs.push_back({&example, seed});
            }
        }
    }
    std::atomic<std::size_t> next{0};
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < wanted.threads; ++i) {
        threads.emplace_back([&] {
            for (std::size_t k = next++; k < jobs.size(); k = next++) {
                const Job& job = jobs[k];
                const Figures figures =
                    *figuresOfRun(job.example->design, EngineChoice::Requests, job.seed, kNoLimit);
                store.keep(job.example->design, job.seed, figures);
                fmt::print(
                    stderr, "{} seed {}: {:.1f} M requests in {:.0f} s of CPU, {} of {} runs begun\n",
                    job.example->name, job.seed, figures.requests / 1e6, figures.cpuSeconds,
                    std::min<std::size_t>(next, jobs.size()), jobs.size());
            }
        });
    }
}

std::vector<Figures> truthsOf(const Example& example, const TruthStore& store)
{
    std::vector<Figures> truths;
    for (std::uint64_t seed = 1; seed <= static_cast<std::uint64_t>(example.truths); ++seed) {
        if (std::optional<Figures> found = store.find(example.design, seed)) {
            truths.push_back(std::move(*found));
        }
    }
    return truths;
}

Compared compare(const Example& example, std::vector<Figures> truths, const Wanted& wanted)
{
    Compared compared{example, std::move(truths), {}};
    const auto add = [&compared](const char* way, const std::optional<Figures>& figures) {
        Guess guess{way, figures, {}};
        if (figures) {
            guess.judged = judge(compared.truths, *figures);
        }
        compared.guesses.push_back(std::move(guess));
    };
    const auto windows = [&](double tolerance) {
        return figuresOfWindows(example.design, tolerance, 1, wanted.threads, wanted.mostSeconds);
    };
    add("flows, off by %", figuresOfRun(example.design, EngineChoice::Flows, 1, wanted.mostSeconds));
    add("auto 3 %, off by % (printed)", windows(0.03));
    if (wanted.withTight) {
        add("auto 1 %, off by % (printed)", windows(0.01));
    }
    return compared;
}

int work(const Wanted& wanted)
{
    if (!wanted.rates.empty()) {
        drawCostOverRates(wanted.rates, wanted.threads);
        return 0;
    }
    const std::vector<Example> examples = chosen(wanted);
    if (wanted.isList) {
        for (const Example& example : examples) {
            fmt::print("{:<22} {}\n", example.name, example.point);
        }
        return 0;
    }
    if (!wanted.writeTo.empty()) {
        write(examples, wanted.writeTo);
        return 0;
    }
    const TruthStore store(wanted.cache);
    if (!wanted.isCachedOnly) {
        fillStore(examples, wanted, store);
    }
    if (wanted.isTruthOnly) {
        return 0;
    }
    fmt::print("{}", tableHead());
    std::vector<Compared> all;
    for (const Example& example : examples) {
        std::vector<Figures> truths = truthsOf(example, store);
        if (truths.empty()) {
            continue;
        }
        all.push_back(compare(example, std::move(truths), wanted));
        fmt::print("{}", rowsOf(all.back()));
        std::fflush(stdout);
    }
    fmt::print("{}", summaryOf(all));
    return 0;
}

}  // namespace

}  // namespace neph

int main(int argc, char** argv)
{
    neph::Wanted wanted;
    CLI::App app{"Holds flows and sampled windows against the run of every request."};
    app.add_option("--filter", wanted.filters, "Only designs whose name contains one of these");
    app.add_option("--threads", wanted.threads, "Runs and windows at a time")->check(CLI::Range(1, 256));
    app.add_option("--seeds", wanted.seeds, "Runs of every request for each design");
    app.add_option("--most-seconds", wanted.mostSeconds, "Give up a run of flows or windows after so long");
    app.add_flag("--tight", wanted.withTight, "Sample to 1 % as well");
    app.add_flag("--fresh", wanted.isFresh, "Run every request again, though it has been done");
    app.add_flag("--cached", wanted.isCachedOnly, "Only designs of which every request has been run");
    app.add_flag("--truth", wanted.isTruthOnly, "Only run every request, where it has not been done");
    app.add_flag("--list", wanted.isList, "Only say which designs there are");
    app.add_option("--cache", wanted.cache, "Folder of the runs of every request");
    app.add_option("--write", wanted.writeTo, "Only write the designs into this folder");
    app.add_option("--rates", wanted.rates, "Only draw what a month costs over rates, as SVG into this file");
    app.add_option("--design", wanted.files, "Files with designs to compare, in place of our own");
    CLI11_PARSE(app, argc, argv);
    return neph::work(wanted);
}
