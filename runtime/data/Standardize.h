#ifndef INET_RUNTIME_DATA_STANDARDIZE_H
#define INET_RUNTIME_DATA_STANDARDIZE_H

#include "runtime/data/Array.h"

namespace inet {

/// Mean and population standard deviation of each of rowSize features, in one pass (Welford 1962). A feature that is
/// the same in every row has the deviation 1, so that it becomes 0 in the training set. Throws Error for values that
/// are not finite.
Standardization findStandardization(RowSource &source);

/// The same of rows x columns numbers in memory.
Standardization findStandardization(const std::vector<double> &values, int64_t columns);

} // namespace inet

#endif
