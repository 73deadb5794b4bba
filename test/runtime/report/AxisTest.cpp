#include "runtime/report/Axis.h"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

using namespace inet;
using testing::ElementsAre;
using testing::IsEmpty;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
const double kNaN = std::nan("");

std::vector<std::string> labels(const Axis &axis, int most) {
  std::vector<std::string> texts;
  for (const Tick &tick : ticksOf(axis, most))
    texts.push_back(tick.label);
  return texts;
}

} // namespace

TEST(Axis, HasRoomForWhatHasAPlace) {
  const Axis axis = linearAxis("x", {{0, kNaN, 100}, {kInfinity, -kInfinity, 1e305}});
  EXPECT_DOUBLE_EQ(axis.low, -4);
  EXPECT_DOUBLE_EQ(axis.high, 104);
  EXPECT_DOUBLE_EQ(axis.share(50), 0.5);
  for (double number : {kNaN, kInfinity, 1e305})
    EXPECT_TRUE(std::isnan(axis.share(number)));
  const Axis logarithmic = logarithmicAxis("x", {{0, -1, 1, 100, kNaN}});
  EXPECT_NEAR(logarithmic.share(10), 0.5, 1e-12);
  EXPECT_TRUE(std::isnan(logarithmic.share(0)));
  EXPECT_TRUE(std::isnan(logarithmic.share(-3)));
}

TEST(Axis, IsThereWithoutNumbersAndForOne) {
  for (const std::vector<double> &numbers :
       {std::vector<double>{}, {kNaN}, {0}, {7, 7}, {-1e299}, {5e-324}, {1, 1 + 1e-15}})
    for (const Axis &axis : {linearAxis("x", {numbers}), logarithmicAxis("x", {numbers})}) {
      EXPECT_LT(axis.low, axis.high);
      EXPECT_TRUE(std::isfinite(axis.high - axis.low));
      EXPECT_GE(ticksOf(axis, 5).size(), 1u);
      EXPECT_LE(ticksOf(axis, 5).size(), 5u);
    }
}

TEST(Axis, TicksAreRoundNumbers) {
  EXPECT_THAT(labels({"", 0, 1, false}, 6), ElementsAre("0", "0.2", "0.4", "0.6", "0.8", "1.0"));
  EXPECT_THAT(labels({"", -4, 104, false}, 6), ElementsAre("0", "20", "40", "60", "80", "100"));
  EXPECT_THAT(labels({"", -0.3, 0.3, false}, 4), ElementsAre("−0.2", "0", "0.2"));
  EXPECT_THAT(labels({"", 0, 3e6, false}, 4), ElementsAre("0", "1e6", "2e6", "3e6"));
  EXPECT_THAT(labels({"", 0, 3e-7, false}, 4), ElementsAre("0", "1e−7", "2e−7", "3e−7"));
  EXPECT_THAT(labels({"", 1000.1, 1000.4, false}, 4), ElementsAre("1000.1", "1000.2", "1000.3", "1000.4"));
}

TEST(Axis, LogarithmicTicksArePowers) {
  EXPECT_THAT(labels({"", 1, 1000, true}, 5), ElementsAre("1", "10", "100", "1000"));
  EXPECT_THAT(labels({"", 0.9, 21, true}, 6), ElementsAre("1", "2", "5", "10", "20"));
  EXPECT_THAT(labels({"", 1e-9, 1e9, true}, 5), ElementsAre("10⁻⁸", "10⁻⁴", "10⁰", "10⁴", "10⁸"));
  EXPECT_THAT(labels({"", 101, 104, true}, 4), ElementsAre("101", "102", "103", "104")); // no power in between
  EXPECT_THAT(labels({"", 1e-290, 1e290, true}, 4), testing::SizeIs(testing::Le(4)));
}

TEST(Axis, NumbersForPeople) {
  EXPECT_EQ(formatNumber(0.974874), "0.9749");
  EXPECT_EQ(formatNumber(-1.234567e-7), "−1.235e−7");
  EXPECT_EQ(formatNumber(3), "3");
  EXPECT_EQ(formatNumber(kInfinity), "∞");
  EXPECT_EQ(formatNumber(kNaN), "not a number");
}
