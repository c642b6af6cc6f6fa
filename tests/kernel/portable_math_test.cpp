#include "sim/kernel/portable_math.h"

#include <cmath>
#include <limits>

#include <boost/math/distributions/normal.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace neph {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

double relativeError(double value, double reference)
{
    return std::abs(value - reference) / std::abs(reference);
}

TEST(PortableExp, AgreesWithTheLibrary)
{
    double worst = 0;
    for (double x = -707; x < 709; x += 0.00317) {
        worst = std::max(worst, relativeError(portableExp(x), std::exp(x)));
    }
    EXPECT_LT(worst, 1e-15);
}

TEST(PortableExp, IsExactAtZero)
{
    EXPECT_EQ(portableExp(0.0), 1.0);
}

TEST(PortableExp, EndsInZeroAndInfinity)
{
    EXPECT_EQ(portableExp(-1000.0), 0.0);
    EXPECT_EQ(portableExp(-kInfinity), 0.0);
    EXPECT_EQ(portableExp(1000.0), kInfinity);
    EXPECT_TRUE(std::isnan(portableExp(std::nan(""))));
}

TEST(PortableLog, AgreesWithTheLibrary)
{
    double worst = 0;
    for (double x = 1e-300; x < 1e300; x *= 1.00731) {
        worst = std::max(worst, relativeError(portableLog(x), std::log(x)));
    }
    EXPECT_LT(worst, 1e-15);
}

TEST(PortableLog, AgreesWithTheLibraryNearOne)
{
    double worst = 0;
    for (double x = 0.5; x < 2; x += 0.000037) {
        worst = std::max(worst, relativeError(portableLog(x), std::log(x)));
    }
    EXPECT_LT(worst, 1e-15);
}

TEST(PortableLog, ReadsDenormals)
{
    EXPECT_LT(relativeError(portableLog(5e-324), std::log(5e-324)), 1e-15);
}

TEST(PortableLog, HasNoValueBelowZero)
{
    EXPECT_EQ(portableLog(1.0), 0.0);
    EXPECT_EQ(portableLog(0.0), -kInfinity);
    EXPECT_EQ(portableLog(kInfinity), kInfinity);
    EXPECT_TRUE(std::isnan(portableLog(-1.0)));
    EXPECT_TRUE(std::isnan(portableLog(std::nan(""))));
}

TEST(PortablePow, AgreesWithTheLibrary)
{
    for (const double x : {1e-6, 0.3, 0.99, 1.5, 20.0, 1e6}) {
        for (double y = -20; y <= 20; y += 0.37) {
            const double bound = 1e-15 * (10 + std::abs(y * std::log(x)));
            EXPECT_LT(relativeError(portablePow(x, y), std::pow(x, y)), bound) << x << " to the power " << y;
        }
    }
}

TEST(PortablePow, IsDefinedAtZero)
{
    EXPECT_EQ(portablePow(0, 2.0), 0.0);
    EXPECT_EQ(portablePow(0, 0.0), 1.0);
    EXPECT_EQ(portablePow(0, -1.0), kInfinity);
    EXPECT_TRUE(std::isnan(portablePow(-1.0, 0.5)));
}

TEST(PortableNormalQuantile, InvertsTheNormalDistribution)
{
    const boost::math::normal law;
    for (const double p :
         {1e-300, 1e-20, 1e-12, 1e-6, 0.001, 0.074, 0.076, 0.3, 0.51, 0.9249, 0.93, 0.999, 1 - 1e-9}) {
        EXPECT_NEAR(portableNormalQuantile(p), quantile(law, p), 1e-13 * (1 + std::abs(quantile(law, p))))
            << p;
    }
    EXPECT_EQ(portableNormalQuantile(0.5), 0.0);
}

}  // namespace
}  // namespace neph
