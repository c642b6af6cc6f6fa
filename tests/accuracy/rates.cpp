#include "tests/accuracy/rates.h"

#include <cmath>
#include <ctime>
#include <fstream>
#include <vector>

#include <fmt/format.h>

#include "sim/run.h"
#include "tests/accuracy/examples.h"

namespace neph {

namespace {

struct MonthCost {
    double rate = 0;
    double flows = 0;  ///< Processor seconds.
    double windows = 0;
    /// What running every request would take, at the speed of the windows' own engine: about 1.7 M a second.
    double inFull = 0;
};

constexpr double kRequestsASecond = 1.7e6;

// The picture, in its own units.
constexpr double kWidth = 720;
constexpr double kHeight = 420;
constexpr double kLeft = 70;
constexpr double kRight = 190;
constexpr double kTop = 30;
constexpr double kBottom = 50;

double processorSeconds()
{
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double placeOfRate(double rate)
{
    return kLeft + (std::log10(rate) - 2) / 4 * (kWidth - kLeft - kRight);
}

/// From a tenth of a second to ten million.
double placeOfSeconds(double seconds)
{
    const double share = (std::log10(std::max(0.1, seconds)) + 1) / 8;
    return kHeight - kBottom - share * (kHeight - kTop - kBottom);
}

std::string
lineOf(const std::vector<MonthCost>& points, double MonthCost::*figure, const char* colour, const char* name)
{
    std::string line =
        "<polyline fill=\"none\" stroke-width=\"2.5\" stroke=\"" + std::string(colour) + "\" points=\"";
    std::string dots;
    for (const MonthCost& point : points) {
        const double x = placeOfRate(point.rate);
        const double y = placeOfSeconds(point.*figure);
        line += fmt::format("{:.1f},{:.1f} ", x, y);
        dots += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\" fill=\"{}\"/>\n", x, y, colour);
    }
    return line + "\"/>\n" + dots +
           fmt::format(
               "<text x=\"{:.1f}\" y=\"{:.1f}\" fill=\"{}\">{}</text>\n",
               placeOfRate(points.back().rate) + 10, placeOfSeconds(points.back().*figure) + 5, colour, name);
}

std::string gridLines()
{
    std::string lines;
    for (int power = -1; power <= 7; power += 2) {
        const double y = placeOfSeconds(std::pow(10.0, power));
        lines += fmt::format(
            "<line x1=\"{}\" x2=\"{}\" y1=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"#d8dce2\"/>\n"
            "<text x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{:g} s</text>\n",
            kLeft, kWidth - kRight, y, y, kLeft - 8, y + 5, std::pow(10.0, power));
    }
    for (int power = 2; power <= 6; ++power) {
        lines += fmt::format(
            "<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{:.0f}</text>\n",
            placeOfRate(std::pow(10.0, power)), kHeight - kBottom + 20, std::pow(10.0, power));
    }
    return lines;
}

}  // namespace

void drawCostOverRates(const std::string& path, unsigned threads)
{
    std::vector<MonthCost> points;
    fmt::print(
        "| requests a second | in the month | flows, CPU s | auto 3 %, CPU s | run one by one | p99 |\n");
    fmt::print("| --: | --: | --: | --: | --: | --: |\n");
    for (const Example& month : monthsOfOneService()) {
        RunOptions options;
        options.threads = threads;
        options.affordableRequests = 0;
        options.engine = EngineChoice::Flows;
        const double start = processorSeconds();
        run(month.design, options);
        const double between = processorSeconds();
        options.engine = EngineChoice::Auto;
        const RunResult result = run(month.design, options);
        MonthCost point;
        point.rate = std::pow(10.0, 2 + static_cast<double>(points.size()));
        point.flows = between - start;
        point.windows = processorSeconds() - between;
        const ClassResult& browse = result.classes.begin()->second;
        point.inFull = static_cast<double>(browse.total) / kRequestsASecond;
        points.push_back(point);
        fmt::print(
            "| {:.0f} | {:.3g} | {:.2f} | {:.1f} | {:.3g} | {:.4g} ms ± {:.2g} % |\n", point.rate,
            static_cast<double>(browse.total), point.flows, point.windows,
            static_cast<double>(result.trust->simulated), milliseconds(browse.latency.quantile(0.99)),
            100 * result.trust->latency.at("").p99);
        std::fflush(stdout);
    }
    std::ofstream(path)
        << fmt::format(
               "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" "
               "font-family=\"sans-serif\" font-size=\"13\" fill=\"#3a4250\">\n"
               "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
               "<text x=\"{}\" y=\"18\" font-size=\"14\">A month of one service: processor seconds "
               "over requests a second</text>\n",
               kWidth, kHeight, kLeft)
        << gridLines() << lineOf(points, &MonthCost::inFull, "#9aa1ad", "every request, reckoned")
        << lineOf(points, &MonthCost::windows, "#c2571a", "auto, 3 %")
        << lineOf(points, &MonthCost::flows, "#1f6fb2", "flows") << "</svg>\n";
}

}  // namespace neph
