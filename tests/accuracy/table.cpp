#include "tests/accuracy/table.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

namespace neph {

namespace {

constexpr const char* kFigures[] = {"mean",     "p50",        "p95",        "p99",        "p99.9",
                                    "failures", "hours' p99", "worst hour", "vCPU-hours", "bill"};

/// "12.3" with about three digits.
std::string brief(double value)
{
    const double size = std::abs(value);
    return size >= 1000 ? fmt::format("{:.0f}", value)
           : size >= 10 ? fmt::format("{:.1f}", value)
                        : fmt::format("{:.2f}", value);
}

std::string percent(double part)
{
    const double value = 100 * part;
    return std::abs(value) >= 10 ? fmt::format("{:+.0f}", value) : fmt::format("{:+.2f}", value);
}

std::string plainPercent(double part)
{
    return percent(std::abs(part)).substr(1);
}

std::string truthCell(const Judged& judged, std::size_t truths)
{
    const std::string value =
        judged.figure == "failures" ? fmt::format("{:.3f} %", 100 * judged.truth) : brief(judged.truth);
    return truths > 1 ? fmt::format("{} ±{}", value, plainPercent(judged.noise)) : value;
}

std::string guessCell(const Judged& judged)
{
    std::string cell = percent(judged.off);
    if (judged.printed) {
        cell += fmt::format(" (±{})", plainPercent(*judged.printed));
    }
    if (judged.outside > 0) {
        cell = fmt::format("**{}** {}/{} out", cell, judged.outside, judged.truths);
    }
    return cell;
}

const Judged& find(const std::vector<Judged>& all, const std::string& figure)
{
    return *std::find_if(
        all.begin(), all.end(), [&figure](const Judged& each) { return each.figure == figure; });
}

struct Worst {
    std::vector<double> off;
    double most = 0;
    std::string where = "–";
    int truths = 0;
    int outside = 0;
    bool isPrinted = false;
};

void count(const Compared& compared, const Judged& judged, Worst& worst)
{
    worst.off.push_back(std::abs(judged.off));
    if (std::abs(judged.off) >= std::abs(worst.most)) {
        worst.most = judged.off;
        worst.where = compared.example.name + (judged.of.empty() ? "" : ", " + judged.of);
    }
    if (judged.printed || judged.outside > 0) {
        worst.isPrinted = true;
        worst.truths += judged.truths;
        worst.outside += judged.outside;
    }
}

double median(std::vector<double> values)
{
    if (values.empty()) {
        return 0;
    }
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

/// "classes (9 of 63), spot (5 of 48)": where the printed errors do not hold.
std::string outsideOf(const std::vector<Compared>& all, std::size_t way)
{
    std::string text;
    for (const Compared& compared : all) {
        int truths = 0;
        int outside = 0;
        for (const Judged& judged : compared.guesses[way].judged) {
            truths += judged.printed ? judged.truths : 0;
            outside += judged.printed ? judged.outside : 0;
        }
        if (outside > 0) {
            text += fmt::format(
                "{}{} ({} of {})", text.empty() ? "" : ", ", compared.example.name, outside, truths);
        }
    }
    return text.empty() ? "none" : text;
}

std::string summaryOfWay(const std::vector<Compared>& all, std::size_t way)
{
    std::map<std::string, Worst> worst;
    for (const Compared& compared : all) {
        for (const Judged& judged : compared.guesses[way].judged) {
            count(compared, judged, worst[judged.figure]);
        }
    }
    std::string text = fmt::format(
        "\n{}\n\n| figure | half are within, % | worst, % | where | within the printed error |\n"
        "| --- | --: | --: | --- | --: |\n",
        all.front().guesses[way].way);
    int truths = 0;
    int outside = 0;
    for (const char* figure : kFigures) {
        const Worst& of = worst[figure];
        std::string within = "–";
        if (of.isPrinted) {
            within = fmt::format(
                "{} of {} ({:.0f} %)", of.truths - of.outside, of.truths,
                100.0 * (of.truths - of.outside) / of.truths);
        }
        // The band of the hours is no printed error of 95 %, so it is told but not added up.
        if (std::string(figure) != "hours' p99") {
            truths += of.truths;
            outside += of.outside;
        }
        text += fmt::format(
            "| {} | {} | {} | {} | {} |\n", figure, plainPercent(median(of.off)), percent(of.most), of.where,
            within);
    }
    if (truths > 0) {
        text += fmt::format(
            "\nWithin the printed error: {} of {} figures ({:.1f} %). Outside: {}.\n", truths - outside,
            truths, 100.0 * (truths - outside) / truths, outsideOf(all, way));
    }
    return text;
}

}  // namespace

std::string tableHead()
{
    std::string head = "| design | run |";
    std::string line = "| --- | --- |";
    for (const char* figure : kFigures) {
        head += fmt::format(" {} |", figure);
        line += " --: |";
    }
    return head + " CPU s |\n" + line + " --: |\n";
}

std::string rowsOf(const Compared& compared)
{
    const std::size_t truths = compared.truths.size();
    double seconds = 0;
    for (const Figures& truth : compared.truths) {
        seconds += truth.cpuSeconds / static_cast<double>(truths);
    }
    std::string rows = fmt::format(
        "| **{}**: {} | {:.3g} M requests, {} seed{} |", compared.example.name, compared.example.point,
        compared.truths.front().requests / 1e6, truths, truths == 1 ? "" : "s");
    const std::vector<Judged> own = judge(compared.truths, compared.truths.front());
    for (const char* figure : kFigures) {
        rows += ' ' + truthCell(find(own, figure), truths) + " |";
    }
    rows += fmt::format(" {:.1f} |\n", seconds);
    for (const Guess& guess : compared.guesses) {
        if (!guess.figures) {
            rows += fmt::format("| | {} | did not end in time |\n", guess.way);
            continue;
        }
        rows += fmt::format("| | {} |", guess.way);
        for (const char* figure : kFigures) {
            rows += ' ' + guessCell(find(guess.judged, figure)) + " |";
        }
        rows += fmt::format(" {:.2f} |\n", guess.figures->cpuSeconds);
    }
    return rows;
}

std::string summaryOf(const std::vector<Compared>& all)
{
    std::string text;
    for (std::size_t way = 0; !all.empty() && way < all.front().guesses.size(); ++way) {
        text += summaryOfWay(all, way);
    }
    return text;
}

}  // namespace neph
