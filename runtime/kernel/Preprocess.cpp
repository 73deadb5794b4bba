#include "runtime/kernel/Preprocess.h"

#include "runtime/Error.h"
#include "runtime/data/Standardize.h"
#include "runtime/kernel/Whitening.h"
#include "runtime/linalg/Blas.h"

#include <cmath>
#include <fmt/format.h>

namespace inet {
namespace {

Standardization repeated(const Standardization &channels, int64_t positions) {
  Standardization features;
  for (int64_t p = 0; p < positions; ++p) {
    features.mean.insert(features.mean.end(), channels.mean.begin(), channels.mean.end());
    features.deviation.insert(features.deviation.end(), channels.deviation.begin(), channels.deviation.end());
  }
  return features;
}

Standardization findScaling(RowSource &training, const Shape &input, const PreprocessingOptions &options,
                            std::vector<std::string> &steps) {
  const int64_t features = training.rowSize();
  if (options.scale != 1)
    steps.push_back(fmt::format("divided by {:g}", options.scale));
  if (options.standardize == Standardize::nothing)
    return {std::vector<double>(features, 0), std::vector<double>(features, options.scale)};
  const bool channels = options.standardize == Standardize::channels;
  const Standardization found = findStandardization(training, channels ? input.back() : features, options.scale);
  std::string step = channels ? "standardized by channel" : "standardized by feature";
  if (found.constant > 0)
    step += fmt::format(" ({} of {} {} the same number in the whole training set, from now on 0)", found.constant,
                        found.mean.size(), found.constant == 1 ? "is" : "are");
  steps.push_back(step);
  return channels ? repeated(found, features / input.back()) : found;
}

} // namespace

Preprocessing learnPreprocessing(RowSource &training, const Shape &input, const PreprocessingOptions &options) {
  if (options.standardize == Standardize::channels && input.size() < 2)
    throw Error(fmt::format("--standardize-channels: the network's input is {}, without channels; positions and "
                            "channels, such as [32, 32, 3], expected (see --standardize)",
                            toString(input)));
  Preprocessing result;
  if (options.scale != 1 || options.standardize != Standardize::nothing)
    result.scaling = findScaling(training, input, options, result.steps);
  if (options.zca) {
    result.whitening =
        findWhitening(training, result.scaling ? &*result.scaling : nullptr, *options.zca, options.threads);
    result.steps.push_back(fmt::format("whitened by ZCA, epsilon {:g}", *options.zca));
  }
  return result;
}

template <class T>
void decodePreprocessed(const RowSource &source, const RawRows &rows, const Preprocessing &preprocessing, T *out) {
  const Standardization *scaling = preprocessing.scaling ? &*preprocessing.scaling : nullptr;
  if (!preprocessing.whitening)
    return decodeRows(source, rows, scaling, out);
  const Whitening &whitening = *preprocessing.whitening;
  const int64_t features = source.rowSize(), size = rows.count * features;
  std::vector<double> centred(size), whitened(size);
  decodeRows(source, rows, scaling, centred.data());
  for (int64_t i = 0; i < size; ++i)
    centred[i] -= whitening.mean[i % features];
  // Rows are columns to BLAS, and the matrix is symmetric: whitened = matrix centred.
  const int d = blasInt(features, "features"), count = blasInt(rows.count, "examples");
  const double one = 1, zero = 0;
  dgemm_("N", "N", &d, &count, &d, &one, whitening.matrix.data(), &d, centred.data(), &d, &zero, whitened.data(), &d);
  for (int64_t i = 0; i < size; ++i) {
    out[i] = static_cast<T>(whitened[i]);
    if (!std::isfinite(out[i]))
      throw Error(fmt::format("{}: example {}: {:g} is too large for {} once it is whitened", source.name(),
                              source.rowInFile(rows.begin + i / features), whitened[i],
                              sizeof(T) == 4 ? "f32" : "f64"));
  }
}

template void decodePreprocessed(const RowSource &, const RawRows &, const Preprocessing &, float *);
template void decodePreprocessed(const RowSource &, const RawRows &, const Preprocessing &, double *);

} // namespace inet
