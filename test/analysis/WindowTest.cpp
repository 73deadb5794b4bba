// Windows that are longer than what they slide over.

#include "compiler/dialects/Kt/Window.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

using namespace inetc;

namespace {

using Positions = std::vector<int64_t>;

// What lies under the taps of each window, from the first to the last.
std::vector<Positions> positionsUnder(const kt::WindowDimension &window, int64_t input) {
  std::vector<Positions> all;
  for (int64_t output = 0; output < window.getOutput(input); ++output) {
    Positions &under = all.emplace_back();
    for (int64_t tap = 0; tap < window.size; ++tap)
      if (int64_t position = window.getPosition(output, tap, input); position >= 0)
        under.push_back(position);
  }
  return all;
}

TEST(Window, TrimmedTapsReachNothing) {
  int64_t trimmed = 0, empty = 0;
  for (int64_t input = 1; input <= 6; ++input)
    for (int64_t size = 1; size <= 16; ++size)
      for (int64_t stride = 1; stride <= 4; ++stride)
        for (int64_t dilation : {1, 2, 3, 5, 9}) {
          kt::WindowDimension window{size, stride, dilation};
          window.padToSame(input);
          kt::WindowDimension left = window;
          double part = left.trim(input);
          auto before = positionsUnder(window, input), after = positionsUnder(left, input);
          ASSERT_EQ(before.size(), after.size());
          std::string what = std::to_string(size) + " on " + std::to_string(input) + ", stride " +
                             std::to_string(stride) + ", dilation " + std::to_string(dilation);
          EXPECT_GE(left.padLow, 0) << what;
          EXPECT_GE(left.padHigh, 0) << what;
          if (part == 0) {
            ++empty;
            for (const Positions &under : before)
              EXPECT_TRUE(under.empty()) << what;
            continue;
          }
          EXPECT_EQ(before, after) << what;
          EXPECT_EQ(part, static_cast<double>(left.size) / static_cast<double>(size)) << what;
          trimmed += part < 1;
          // one tap may stand for nothing at each end
          EXPECT_LE(left.getExtent(), 2 * input + stride + 2 * dilation) << what;
        }
  EXPECT_GT(trimmed, 500);
  EXPECT_GT(empty, 50);
}

TEST(Window, LongWindowsAreShort) {
  constexpr int64_t longest = 2147483647;
  kt::WindowDimension window{longest}, dilated{3, 1, longest}, both{longest, 1, longest};
  for (kt::WindowDimension *each : {&window, &dilated, &both})
    each->padToSame(4);
  EXPECT_EQ(window.trim(4), 7.0 / longest);
  EXPECT_EQ(window.size, 7);
  EXPECT_EQ(dilated.trim(4), 1.0 / 3);
  EXPECT_EQ(both.trim(4), 1.0 / longest);
  EXPECT_EQ(both.size, 1);
  EXPECT_EQ(both.padLow + both.padHigh, 0);
}

} // namespace
