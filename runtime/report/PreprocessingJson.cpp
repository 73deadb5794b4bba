#include "runtime/report/PreprocessingJson.h"

#include "runtime/Error.h"

#include <fmt/format.h>

namespace inet {

Json toJson(const Preprocessing &preprocessing, int64_t features) {
  return {{"features", features},
          {"scaling", preprocessing.scaling.has_value()},
          {"zca", preprocessing.whitening ? Json(preprocessing.whitening->epsilon) : Json()},
          {"steps", preprocessing.steps}};
}

std::vector<NamedArray> arraysOf(const Preprocessing &preprocessing) {
  std::vector<NamedArray> arrays;
  const auto add = [&](const char *name, const std::vector<double> &numbers, const Shape &shape) {
    arrays.push_back({name, Dtype::f8, shape, {numbers.data()}});
  };
  if (const auto &scaling = preprocessing.scaling) {
    const int64_t features = int64_t(scaling->mean.size());
    add("scaling_mean", scaling->mean, {features});
    add("scaling_deviation", scaling->deviation, {features});
  }
  if (const auto &whitening = preprocessing.whitening) {
    const int64_t features = int64_t(whitening->mean.size());
    add("whitening_mean", whitening->mean, {features});
    add("whitening_matrix", whitening->matrix, {features, features});
  }
  return arrays;
}

Preprocessing preprocessingOf(const Json &json,
                              const std::function<std::vector<double>(const std::string &name)> &readArray) {
  Preprocessing result;
  try {
    const int64_t features = json.at("features").get<int64_t>();
    const auto read = [&](const std::string &name, int64_t count) {
      std::vector<double> numbers = readArray(name);
      if (int64_t(numbers.size()) != count)
        throw Error(fmt::format("preprocessing: {} has {} numbers; {} expected for {} features", name, numbers.size(),
                                count, features));
      return numbers;
    };
    result.steps = json.at("steps").get<std::vector<std::string>>();
    if (json.at("scaling").get<bool>())
      result.scaling = {read("scaling_mean", features), read("scaling_deviation", features)};
    if (!json.at("zca").is_null())
      result.whitening = {json.at("zca").get<double>(), read("whitening_mean", features),
                          read("whitening_matrix", features * features)};
  } catch (const Json::exception &error) {
    throw Error(fmt::format("preprocessing: {}", error.what()));
  }
  return result;
}

} // namespace inet
