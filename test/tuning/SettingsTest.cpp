#include "compiler/tuning/Settings.h"
#include "test/runtime/ExpectError.h"

#include <gmock/gmock.h>

using namespace inetc;
using testing::ElementsAre;

TEST(TunedParameter, ValuesBetweenCommas) {
  TunedParameter depth = parseTunedParameter("depth=1, 2,3");
  EXPECT_EQ(depth.name, "depth");
  EXPECT_THAT(depth.values, ElementsAre("1", "2", "3"));
  EXPECT_THAT(parseTunedParameter("window=[3, 3],[5,5]").values, ElementsAre("[3, 3]", "[5,5]"));
  EXPECT_THAT(parseTunedParameter("w_std=sqrt(2),max(1,2)").values, ElementsAre("sqrt(2)", "max(1,2)"));
}

TEST(TunedParameter, RangesHaveTheirEnds) {
  EXPECT_THAT(parseTunedParameter("w=1.0..2.0:5").values, ElementsAre("1.0", "1.25", "1.5", "1.75", "2.0"));
  EXPECT_THAT(parseTunedParameter("d=1..4:4").values, ElementsAre("1", "2", "3", "4"));
  EXPECT_THAT(parseTunedParameter("w=0.1..0.3:3").values, ElementsAre("0.1", "0.2", "0.3"));
  EXPECT_THAT(parseTunedParameter("b=1e-3..1:4:log").values, ElementsAre("1e-3", "0.01", "0.1", "1"));
  EXPECT_THAT(parseTunedParameter("b=0,-1..1:3,7").values, ElementsAre("0", "-1", "0", "1", "7"));
}

TEST(TunedParameter, SaysWhatIsWrong) {
  EXPECT_ERROR(parseTunedParameter("depth"), "-D: expected NAME=VALUES, found 'depth'");
  EXPECT_ERROR(parseTunedParameter("d=1,,2"), "-D d: '1,,2' found; a value on each side of a comma expected");
  EXPECT_ERROR(parseTunedParameter("d="), "-D d: '' found");
  EXPECT_ERROR(parseTunedParameter("d=1..3"), "-D d: '1..3' found; a range with a number of values, A..B:COUNT");
  EXPECT_ERROR(parseTunedParameter("d=1..x:3"), "-D d: '1..x:3' found; numbers on both sides of '..' expected");
  for (const char *count : {"1", "2.5", "x", "10001", "3:lin"})
    EXPECT_ERROR(parseTunedParameter(std::string("d=1..3:") + count), "a whole number from 2 to 10000");
  EXPECT_ERROR(parseTunedParameter("d=0..3:3:log"), "-D d: '0..3:3:log' found; numbers above 0 expected");
}

TEST(Decades, FromOneEndToTheOther) {
  EXPECT_THAT(parseDecades("--diag-reg", "1e-3..1"), ElementsAre(1e-3, 1e-2, 1e-1, 1));
  EXPECT_THAT(parseDecades("--diag-reg", "2e-8..1e-6"), ElementsAre(2e-8, 2e-7));
  EXPECT_THAT(parseDecades("--diag-reg", "0.5,3"), ElementsAre(0.5, 3));
  for (const char *wrong : {"0..1", "1..0.1", "x", "-1", "", "1,", "inf"})
    EXPECT_ERROR(parseDecades("--diag-reg", wrong), "--diag-reg: '");
}

TEST(Settings, AreAllCombinations) {
  std::vector<TunedSetting> settings =
      listSettings({parseTunedParameter("a=1,2"), parseTunedParameter("b=x"), parseTunedParameter("c=3,4")});
  std::vector<std::string> texts;
  for (const TunedSetting &setting : settings)
    texts.push_back(describe(setting));
  EXPECT_THAT(texts, ElementsAre("a=1 b=x c=3", "a=1 b=x c=4", "a=2 b=x c=3", "a=2 b=x c=4"));
  EXPECT_EQ(describe(listSettings({}).front()), "the defaults");
  EXPECT_EQ(listSettings({parseTunedParameter("a=1,2"), parseTunedParameter("a=3")}).size(), 1u); // the last holds
  EXPECT_ERROR(listSettings({parseTunedParameter("a=0..1:1000"), parseTunedParameter("b=0..1:101")}),
               "-D b: its 101 values make more than 100000 settings");
}
