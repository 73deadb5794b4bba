#ifndef INET_RUNTIME_PREDICT_KERNELVIEW_H
#define INET_RUNTIME_PREDICT_KERNELVIEW_H

#include <Eigen/Core>
#include <cstdint>
#include <string>
#include <type_traits>

namespace inet {

/// A kernel matrix that lies elsewhere: rows x columns entries, row-major (C order), f32 or f64, `leading` entries from
/// one row to the next. Everything that is computed from it is computed in double, converted a block of rows at a time.
class KernelView {
public:
  KernelView() = default;
  KernelView(const float *data, int64_t rows, int64_t columns, int64_t leading)
      : f32(data), rowCount(rows), columnCount(columns), leadingDimension(leading) {}
  KernelView(const double *data, int64_t rows, int64_t columns, int64_t leading)
      : f64(data), rowCount(rows), columnCount(columns), leadingDimension(leading) {}

  /// Views a row-major Eigen matrix or map of float or double.
  template <class Derived>
  explicit KernelView(const Eigen::PlainObjectBase<Derived> &matrix)
      : KernelView(matrix.data(), matrix.rows(), matrix.cols(), matrix.cols()) {
    static_assert(Derived::IsRowMajor, "a kernel is row-major");
  }

  int64_t rows() const { return rowCount; }
  int64_t columns() const { return columnCount; }
  /// Whether there is a matrix at all.
  bool present() const { return columnCount > 0; }

  /// Its data where it is f64, else null.
  const double *doubles() const { return f64; }
  int64_t leading() const { return leadingDimension; }

  double operator()(int64_t row, int64_t column) const {
    return f64 ? f64[row * leadingDimension + column] : f32[row * leadingDimension + column];
  }

  /// Entries [begin, begin + count) of a row.
  void copyRow(int64_t row, int64_t begin, int64_t count, double *out) const;

  /// Rows [begin, begin + count), transposed: a columns() x count matrix, column-major.
  void copyTransposed(int64_t begin, int64_t count, Eigen::Ref<Eigen::MatrixXd> out) const;

  /// out := K b + beta out, for b columns() x k and out rows() x k. beta = 0 reads nothing of out.
  void multiply(const Eigen::Ref<const Eigen::MatrixXd> &b, double beta, Eigen::Ref<Eigen::MatrixXd> out) const;

  /// "" where every entry is finite, else the first that is not: "entry [3, 5] is nan".
  std::string describeNonFinite() const;

private:
  bool isRowFinite(int64_t row) const;

  const float *f32 = nullptr;
  const double *f64 = nullptr;
  int64_t rowCount = 0, columnCount = 0, leadingDimension = 0;
};

} // namespace inet

#endif // INET_RUNTIME_PREDICT_KERNELVIEW_H
