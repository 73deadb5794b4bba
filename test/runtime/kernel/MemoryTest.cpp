#include "runtime/kernel/Memory.h"

#include "runtime/kernel/Progress.h"
#include "test/runtime/ExpectError.h"

#include <thread>

using namespace inet;

TEST(Memory, BuffersAreAlignedAndZero) {
  for (int64_t bytes : {int64_t(0), int64_t(1), int64_t(5000), int64_t(3) << 20, (int64_t(9) << 20) + 5}) {
    Buffer buffer(bytes);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(buffer.data()) % 64, 0u);
    if (bytes >= 4 << 20) {
      EXPECT_EQ(reinterpret_cast<uintptr_t>(buffer.data()) % (2 << 20), 0u);
    }
    for (int64_t i = 0; i < bytes; i += 997)
      ASSERT_EQ(buffer.as<char>()[i], 0);
    if (bytes > 0)
      buffer.as<char>()[bytes - 1] = 1;
  }
}

TEST(Memory, MovesLeaveNothingBehind) {
  Buffer first(100), second;
  void *data = first.data();
  second = std::move(first);
  EXPECT_EQ(second.data(), data);
  EXPECT_EQ(first.data(), nullptr); // NOLINT: what the move left is the point
}

TEST(Memory, AvailableIsPlausible) {
  EXPECT_GT(availableMemory(), 1e7);
  EXPECT_LT(availableMemory(), 1e15); // something was read
}

TEST(Memory, TooMuchIsSaidInGigabytes) {
  EXPECT_NO_THROW(requireMemory("the kernel", 1e6, ""));
  EXPECT_ERROR(requireMemory("the kernel of 1000000 x 1000000 examples", 8e15, "results 8e15 bytes"),
               "the kernel of 1000000 x 1000000 examples needs 8000000.0 GB of memory (results 8e15 bytes), ");
  EXPECT_EQ(formatBytes(3e5), "0.3 MB");
  EXPECT_EQ(formatBytes(74.5e9), "74.5 GB");
}

namespace {

std::string printed(ProgressStyle::Kind kind) {
  char *text = nullptr;
  size_t size = 0;
  FILE *stream = ::open_memstream(&text, &size);
  {
    Progress progress({kind, stream, std::chrono::milliseconds(1)}, "kernel", 1000, "entries");
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    progress.add(250);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    progress.add(250);
  }
  std::fclose(stream);
  std::string result(text, size);
  std::free(text);
  return result;
}

} // namespace

TEST(Progress, LinesInALog) {
  EXPECT_THAT(printed(ProgressStyle::Kind::lines),
              testing::MatchesRegex("kernel  25% 250 entries, [^\n]*/s, 0:00 left\nkernel  50% 500 entries, [^\n]*\n"));
}

TEST(Progress, ABarOnATerminalThatIsWipedInTheEnd) {
  std::string bar = printed(ProgressStyle::Kind::bar);
  EXPECT_THAT(bar, testing::HasSubstr("\rkernel  50% [============            ] 500 entries"));
  EXPECT_THAT(bar, testing::EndsWith("\r\x1b[K"));
  EXPECT_EQ(bar.find('\n'), std::string::npos);
}

TEST(Progress, SaysHowFastAndHowLong) {
  Progress progress(ProgressStyle::none(), "kernel", 4e9, "entries");
  EXPECT_EQ(progress.line(1e9, 10), "kernel  25% 1 G entries, 100 M entries/s, 0:30 left");
  EXPECT_EQ(progress.line(1e6, 10), "kernel   0% 1 M entries, 100 k entries/s, 11:06:30 left");
}
