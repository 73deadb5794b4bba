#include "runtime/predict/KernelView.h"

#include "runtime/data/Finite.h"
#include "runtime/linalg/Multiply.h"
#include "runtime/linalg/Parts.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <fmt/format.h>

namespace inet {

void KernelView::copyRow(int64_t row, int64_t begin, int64_t count, double *out) const {
  const int64_t offset = row * leadingDimension + begin;
  if (f64)
    std::copy_n(f64 + offset, count, out);
  else
    std::copy_n(f32 + offset, count, out);
}

void KernelView::copyTransposed(int64_t begin, int64_t count, Eigen::Ref<Eigen::MatrixXd> out) const {
  assert(out.rows() == columnCount && out.cols() == count && begin + count <= rowCount && "shapes are the caller's");
  for (int64_t i = 0; i < count; ++i)
    copyRow(begin + i, 0, columnCount, out.col(i).data());
}

void KernelView::multiply(const Eigen::Ref<const Eigen::MatrixXd> &b, double beta,
                          Eigen::Ref<Eigen::MatrixXd> out) const {
  assert(b.rows() == columnCount && out.rows() == rowCount && out.cols() == b.cols() && "shapes are the caller's");
  if (b.cols() == 0 || rowCount == 0)
    return;
  if (f64) {
    const Eigen::Map<const Eigen::MatrixXd, 0, Eigen::OuterStride<>> transposed(f64, columnCount, rowCount,
                                                                                Eigen::OuterStride<>(leadingDimension));
    multiplyTransposed(transposed, b, beta, out);
    return;
  }
  // 256 rows at a time: enough for BLAS to run at its speed, little memory beside the kernel.
  constexpr int64_t blockRows = 256;
  Eigen::MatrixXd rows(columnCount, std::min(blockRows, rowCount));
  for (int64_t begin = 0; begin < rowCount; begin += blockRows) {
    const int64_t count = std::min(blockRows, rowCount - begin);
    forEachPart(count, 16, [&](Part part) {
      copyTransposed(begin + part.begin, part.count, rows.middleCols(part.begin, part.count));
    });
    multiplyTransposed(rows.leftCols(count), b, beta, out.middleRows(begin, count));
  }
}

bool KernelView::isRowFinite(int64_t row) const {
  int64_t begin = row * leadingDimension;
  return f64 ? areFinite(f64 + begin, columnCount) : areFinite(f32 + begin, columnCount);
}

std::string KernelView::describeNonFinite() const {
  for (int64_t i = 0; i < rowCount; ++i) {
    if (isRowFinite(i))
      continue;
    for (int64_t j = 0; j < columnCount; ++j)
      if (const double value = (*this)(i, j); !std::isfinite(value))
        return fmt::format("entry [{}, {}] is {}", i, j, value);
  }
  return "";
}

} // namespace inet
