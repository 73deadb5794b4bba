#include "runtime/report/Report.h"

#include "runtime/Error.h"

#include <gtest/gtest.h>

using namespace inet;

namespace {

std::string printed(const Report &report, bool json) {
  char *text = nullptr;
  size_t size = 0;
  FILE *stream = ::open_memstream(&text, &size);
  report.print(stream, json);
  std::fclose(stream);
  std::string result(text, size);
  std::free(text);
  return result;
}

} // namespace

TEST(Report, TableAndObjectHaveTheSameFigures) {
  Report report;
  report.add("accuracy", 0.5, "accuracy", "50 %");
  report.addFigure("n", 3);
  report.addText("hint", "try more");
  report.addSeconds("solve", 0.25);
  report.addSeconds("total", 3723);
  EXPECT_EQ(printed(report, false), "accuracy  50 %\nhint      try more\ntime      solve 0.25 s, total 1:02:03\n");
  EXPECT_EQ(Report::Json::parse(printed(report, true)),
            Report::Json::parse(R"({"accuracy": 0.5, "n": 3, "seconds": {"solve": 0.25, "total": 3723}})"));
}

TEST(Report, NumbersThatAreNotFiniteAreNull) {
  Report report;
  report.addFigure("x", std::numeric_limits<double>::quiet_NaN());
  report.addFigure("name", "a\xff"); // a file name need not be UTF-8
  EXPECT_EQ(Report::Json::parse(printed(report, true))["x"], nullptr);
}

TEST(Report, AStreamThatIsFullIsAnError) {
  Report report;
  report.addText("a", "b");
  FILE *full = std::fopen("/dev/full", "w");
  EXPECT_THROW(report.print(full, false), Error);
  std::fclose(full);
}
