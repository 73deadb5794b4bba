// Learning what is done to features, and doing it to rows as they are read.
#ifndef INET_RUNTIME_KERNEL_PREPROCESS_H
#define INET_RUNTIME_KERNEL_PREPROCESS_H

#include "runtime/data/Preprocessing.h"

namespace inet {

/// Reads `training`, once for each kind of statistics and twice for a whitening. `input`: the shape of the network's
/// input, channels last. Throws Error where statistics do not exist (findStandardization, findWhitening), and where
/// channels are asked for of an input without positions.
Preprocessing learnPreprocessing(RowSource &training, const Shape &input, const PreprocessingOptions &options);

/// decodeRows, and all steps: count * rowSize numbers at `out`. With a whitening, call it where BLAS runs in one thread
/// (BlasThreads). Throws Error for the first value that is not finite, or does not fit in T once it is preprocessed.
template <class T>
void decodePreprocessed(const RowSource &source, const RawRows &rows, const Preprocessing &preprocessing, T *out);

} // namespace inet

#endif
