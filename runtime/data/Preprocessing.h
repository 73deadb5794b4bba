// What is done to the features of every example before the network sees them: plain numbers, learnt from the training
// set and applied to all sets, which can be kept beside a model (report/PreprocessingJson.h).
#ifndef INET_RUNTIME_DATA_PREPROCESSING_H
#define INET_RUNTIME_DATA_PREPROCESSING_H

#include "runtime/data/Array.h"

namespace inet {

/// x -> (x - mean) matrix, for a row x. The matrix is that of kernel/Whitening.h.
struct Whitening {
  double epsilon = 0;         ///< the regularisation that it was made with
  std::vector<double> mean;   ///< features numbers
  std::vector<double> matrix; ///< features x features, symmetric
};

/// Steps in the order in which they are applied, each absent where it is not wanted. Where both are, `whitening` is of
/// what `scaling` makes.
struct Preprocessing {
  std::optional<Standardization> scaling; ///< division by a number and standardization, in one
  std::optional<Whitening> whitening;
  std::vector<std::string> steps; ///< what all of it is, in order, for people: "divided by 255"
};

enum class Standardize { nothing, features, channels };

/// What is asked for, in the order in which it is done.
struct PreprocessingOptions {
  double scale = 1; ///< every number is divided by it
  /// To mean 0 and variance 1: each feature by its own statistics, or by those of its channel.
  Standardize standardize = Standardize::nothing;
  std::optional<double> zca = {}; ///< the epsilon of a whitening
  int threads = 1;                ///< what comes out does not depend on it
};

} // namespace inet

#endif
