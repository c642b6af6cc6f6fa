#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/local/calibration.h"
#include "tests/local/scratch_folder.h"
#include "tests/support/drawing.h"

namespace neph {
namespace {

using testing::HasSubstr;

Calibration sample()
{
    Calibration calibration;
    calibration.date = "2026-11-25T18:00:00Z";
    calibration.machine = "a machine";
    calibration.engine = "an engine";
    calibration.design = "Shop";
    calibration.values = {
        {"aws.ecs.fargate_service", "+cpuMs", "cpuOverheadMs", 0.5},
        {"aws.ecs.fargate_service", "fact:lifecycle.containerStartSeconds", "startSeconds", 0.25},
        {"aws.alb", "latencyMs", "gatewayMs", 0.4},
        {"a.kind.of.tomorrow", "latencyMs", "gatewayMs", 7}};
    return calibration;
}

double numberOf(const Design& design, const std::string& node, const std::string& key)
{
    return design.node(node)->properties.at(key).get<double>();
}

TEST(ACalibration, IsReadAsItWasWritten)
{
    const Result<Calibration> read = readCalibration(toJson(sample()));
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_EQ(read->design, "Shop");
    EXPECT_EQ(read->machine, "a machine");
    ASSERT_EQ(read->values.size(), 4U);
    EXPECT_EQ(read->values[1].reference, "fact:lifecycle.containerStartSeconds");
    EXPECT_EQ(read->values[1].value, 0.25);
    EXPECT_EQ(toJson(*read), toJson(sample()));
}

TEST(ACalibration, AddsToPropertiesOrTakesTheirPlace)
{
    const Design before = Drawing::shop().set("web", "cpuMs", 8).design();
    const Design after = calibrated(before, Catalog::builtIn(), sample());
    EXPECT_DOUBLE_EQ(numberOf(after, "web", "cpuMs"), 8.5);
    EXPECT_DOUBLE_EQ(numberOf(after, "lb", "latencyMs"), 0.4);
    EXPECT_EQ(after.nodes.size(), before.nodes.size());
}

TEST(ACalibration, NeverLeavesTheBoundsOfAProperty)
{
    Calibration calibration = sample();
    calibration.values[2].value = -3;
    const Design after = calibrated(Drawing::shop().design(), Catalog::builtIn(), calibration);
    EXPECT_GE(
        numberOf(after, "lb", "latencyMs"),
        Catalog::builtIn().find("aws.alb")->property("latencyMs")->min.value());
}

TEST(ACalibration, TakesThePlaceOfFactsInTheCatalogAlone)
{
    const Catalog catalog = calibrated(Catalog::builtIn(), sample());
    const KindSpec* service = catalog.find("aws.ecs.fargate_service");
    ASSERT_NE(service, nullptr);
    EXPECT_EQ(service->fact("lifecycle.containerStartSeconds").get<double>(), 0.25);
    EXPECT_NE(
        Catalog::builtIn().find("aws.ecs.fargate_service")->fact("lifecycle.containerStartSeconds"), 0.25);
    EXPECT_EQ(catalog.kinds().size(), Catalog::builtIn().kinds().size())
        << "what is not known is passed over";
}

TEST(ACalibration, SaysInWordsWhatIsMeasuredAndThatTheRestIsNot)
{
    EXPECT_THAT(sample().inWords(), HasSubstr("aws.alb latencyMs = 0.4"));
    EXPECT_THAT(sample().inWords(), HasSubstr("Everything else is a default."));
    EXPECT_THAT(Calibration().inWords(), HasSubstr("Nothing is calibrated"));
}

TEST(ACalibrationThatIsNoUse, IsRefusedWithItsPlaceAndAWayOn)
{
    for (const auto& [text, where] :
         {std::pair("", "calibration"), std::pair("[1]", "calibration"), std::pair("{}", "/format"),
          std::pair(R"({"format":"nephoscope-calibration","values":{}})", "/format"),
          std::pair(R"({"format":"nephoscope-calibration","values":[{"kind":"a"}]})", "/values/0")}) {
        const Result<Calibration> read = readCalibration(text);
        ASSERT_FALSE(read) << text;
        EXPECT_EQ(read.error().where, where) << text;
        EXPECT_THAT(read.error().what, HasSubstr("nepho lab calibrate")) << text;
    }
}

class TheCalibrationOfThisMachine : public testing::Test {
protected:
    void SetUp() override { setenv("XDG_STATE_HOME", m_folder.path().c_str(), 1); }
    void TearDown() override { unsetenv("XDG_STATE_HOME"); }
    ScratchFolder m_folder;
};

TEST_F(TheCalibrationOfThisMachine, IsEmptyUntilSomebodyMeasures)
{
    const Result<Calibration> none = calibrationOfThisMachine();
    ASSERT_TRUE(none) << none.error().what;
    EXPECT_TRUE(none->isEmpty());
}

TEST_F(TheCalibrationOfThisMachine, IsReadFromItsFileAndABrokenOneIsNamed)
{
    const Result<std::string> path = calibrationPath();
    ASSERT_TRUE(path);
    const std::string inFolder = path->substr(m_folder.path().size() + 1);
    m_folder.write(inFolder, toJson(sample()));
    const Result<Calibration> read = calibrationOfThisMachine();
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_EQ(read->values.size(), 4U);

    m_folder.write(inFolder, "{");
    const Result<Calibration> broken = calibrationOfThisMachine();
    ASSERT_FALSE(broken);
    EXPECT_THAT(broken.error().what, HasSubstr(*path));
    EXPECT_FALSE(readCalibrationFile(m_folder.path("nothing.json")));
}

}  // namespace
}  // namespace neph
