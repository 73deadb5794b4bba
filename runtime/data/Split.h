// Dividing one labelled set into a training, a validation and a test set.
#ifndef INET_RUNTIME_DATA_SPLIT_H
#define INET_RUNTIME_DATA_SPLIT_H

#include "runtime/data/Labels.h"

namespace inet {

struct SplitOptions {
  /// Of the training and the test set, or of the training, the validation and the test set: whole, above 0, together
  /// 100.
  std::vector<int64_t> percent;
  uint64_t seed = 0;
};

/// "70/15/15" -> {70, 15, 15}. Throws Error where it is not two or three whole numbers above 0 that add up to 100.
std::vector<int64_t> parsePercents(const std::string &text);
/// "70/15/15"
std::string toString(const SplitOptions &options);

/// The shuffle of Fisher and Yates, from the last value to the first, with numbers of std::mt19937_64, which the C++
/// standard defines; one of k values is the remainder by k of the first number below the largest multiple of k. So it
/// is the same on every machine and with every library.
void shuffle(std::vector<int64_t> &values, uint64_t seed);

/// The rows of each part, ascending; every row is in one of them. Of a classification each class is divided by itself:
/// a part has at least one example of it, and otherwise its percentage of them to within one; what rounding leaves goes
/// where most is missing of all classes so far. Throws Error where a class, or a regression, has fewer examples than
/// there are parts.
std::vector<std::vector<int64_t>> splitRows(const Labels &labels, const TargetCoding &coding,
                                            const SplitOptions &options);

} // namespace inet

#endif
