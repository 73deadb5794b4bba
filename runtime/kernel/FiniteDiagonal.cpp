#include "runtime/kernel/FiniteDiagonal.h"

#include "runtime/Error.h"
#include "runtime/kernel/Variant.h"

#include <cmath>
#include <fmt/format.h>

namespace inet {

void requireFiniteDiagonal(const RowSource &x, const InetKernel &kernel, uint32_t result,
                           std::span<const double> diagonal) {
  for (size_t i = 0; i < diagonal.size(); ++i)
    if (!std::isfinite(diagonal[i]))
      throw Error(fmt::format("{}: example {}: its {} with itself is {} in {}; its values are too large (see "
                              "--standardize)",
                              x.name(), x.rowInFile(int64_t(i)), resultNames(result),
                              std::isnan(diagonal[i]) ? "nan" : "inf", precisionName(kernel)));
}

void requireFiniteDiagonal(const RowSource &x, const InetKernel &kernel, const KernelMatrix &matrix) {
  std::vector<double> diagonal(matrix.rows);
  auto check = [&](const Buffer &numbers, Dtype dtype, uint32_t result) {
    if (!numbers.data())
      return;
    for (int64_t i = 0; i < matrix.rows; ++i) {
      int64_t entry = i * (matrix.columns + 1);
      diagonal[i] = dtype == Dtype::f4 ? double(numbers.as<float>()[entry]) : numbers.as<double>()[entry];
    }
    requireFiniteDiagonal(x, kernel, result, diagonal);
  };
  check(matrix.nngp, matrix.nngpDtype, INET_NNGP);
  check(matrix.ntk, matrix.ntkDtype, INET_NTK);
}

} // namespace inet
