#ifndef INET_RUNTIME_DATA_STANDARDIZE_H
#define INET_RUNTIME_DATA_STANDARDIZE_H

#include "runtime/data/Array.h"

namespace inet {

/// Mean and population standard deviation of each of rowSize features, in one pass (Welford 1962). A feature that is
/// the same in every row has the deviation 1, so that it becomes 0 in the training set. Squares may leave the range of
/// doubles. Throws Error for values that are not finite, and for a deviation that is no normal double.
Standardization findStandardization(RowSource &source);

/// The same of `columns` channels, which lie side by side in every position of a row. A constant one has the deviation
/// `unit`: that of numbers which are divided by it.
Standardization findStandardization(RowSource &source, int64_t columns, double unit = 1);

/// The same of rows x columns numbers in memory; `name` goes into messages.
Standardization findStandardization(const std::string &name, const std::vector<double> &values, int64_t columns);

/// (value - mean) / deviation; infinite only where that is too large for a double, not where the difference is.
double standardized(double value, double mean, double deviation);

} // namespace inet

#endif
