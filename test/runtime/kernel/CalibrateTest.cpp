#include "runtime/kernel/Calibrate.h"
#include "test/runtime/HandWrittenKernel.h"

#include <chrono>
#include <gtest/gtest.h>
#include <thread>

using namespace inet;
using namespace inet::test;

// A kernel that takes four rows together, and as long for fewer: the time is that of a full step.
TEST(Calibrate, CountsTheRowsThatGoTogether) {
  static constexpr auto pause = std::chrono::milliseconds(150);
  InetKernel kernel = handWrittenProgram(INET_F32).kernels[0];
  ASSERT_EQ(kernel.row_step, 4);
  kernel.block = [](const InetTile *tile) {
    ASSERT_EQ(tile->row_end - tile->row_begin, 4);
    std::this_thread::sleep_for(pause);
  };
  double perEntry = 0.15 / (4 * kernel.lanes);
  SecondsPerEntry found = measureSecondsPerEntry(kernel, kFeatures);
  EXPECT_TRUE(found.measured);
  EXPECT_GE(found.seconds, perEntry);
  EXPECT_LT(found.seconds, 2 * perEntry);
}

// What would take minutes is not run at all.
TEST(Calibrate, GuessesWhatWouldTakeLong) {
  InetKernel kernel = handWrittenProgram(INET_F32).kernels[0];
  kernel.flops_per_pair = 1e12;
  kernel.prepared_bytes_per_example = int64_t{1} << 50;
  kernel.block = [](const InetTile *) { FAIL(); };
  SecondsPerEntry found = measureSecondsPerEntry(kernel, kFeatures);
  EXPECT_FALSE(found.measured);
  EXPECT_DOUBLE_EQ(found.seconds, 500.0 / kernel.lanes);
}
