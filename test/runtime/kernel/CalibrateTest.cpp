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
  double measured = measureSecondsPerEntry(kernel, kFeatures);
  EXPECT_GE(measured, perEntry);
  EXPECT_LT(measured, 2 * perEntry);
}
