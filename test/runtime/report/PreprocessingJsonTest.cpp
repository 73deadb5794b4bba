// A preprocessing in JSON and arrays is the same again.
#include "runtime/report/PreprocessingJson.h"
#include "test/runtime/ExpectError.h"

#include <map>

using namespace inet;

namespace {

Preprocessing both() {
  Preprocessing preprocessing;
  preprocessing.scaling = {{0.1, -5e-324}, {1.0 / 3, 1e300}};
  preprocessing.whitening = {0.1, {1, 2}, {1, 0.25, 0.25, 4}};
  preprocessing.steps = {"standardized by feature", "whitened by ZCA, epsilon 0.1"};
  return preprocessing;
}

std::map<std::string, std::vector<double>> numbersOf(const Preprocessing &preprocessing) {
  std::map<std::string, std::vector<double>> numbers;
  for (const NamedArray &array : arraysOf(preprocessing)) {
    const double *values = static_cast<const double *>(array.pieces.front());
    numbers[array.name].assign(values, values + countOf(array.shape));
  }
  return numbers;
}

Preprocessing throughText(const Preprocessing &preprocessing) {
  auto numbers = numbersOf(preprocessing);
  return preprocessingOf(Json::parse(formatJson(toJson(preprocessing, 2))),
                         [&](const std::string &name) { return numbers.at(name); });
}

} // namespace

TEST(PreprocessingJson, ComesBackAsItWas) {
  const Preprocessing want = both(), got = throughText(want);
  EXPECT_EQ(got.scaling->mean, want.scaling->mean);
  EXPECT_EQ(got.scaling->deviation, want.scaling->deviation);
  EXPECT_EQ(got.whitening->epsilon, want.whitening->epsilon);
  EXPECT_EQ(got.whitening->mean, want.whitening->mean);
  EXPECT_EQ(got.whitening->matrix, want.whitening->matrix);
  EXPECT_EQ(got.steps, want.steps);
  const Preprocessing nothing = throughText({});
  EXPECT_FALSE(nothing.scaling || nothing.whitening);
  EXPECT_TRUE(nothing.steps.empty() && arraysOf(nothing).empty());
}

TEST(PreprocessingJson, WhatIsMissingIsSaid) {
  auto numbers = numbersOf(both());
  const auto read = [&](const std::string &name) { return numbers[name]; };
  numbers["whitening_matrix"].pop_back();
  EXPECT_ERROR(preprocessingOf(toJson(both(), 2), read),
               "preprocessing: whitening_matrix has 3 numbers; 4 expected for 2 features");
  EXPECT_ERROR(preprocessingOf(Json::object(), read), "preprocessing: ");
  Json wrong = toJson(both(), 2);
  wrong["steps"] = 7;
  EXPECT_ERROR(preprocessingOf(wrong, read), "preprocessing: ");
}
