#include "runtime/linalg/Tridiagonal.h"

#include "runtime/linalg/Blas.h"
#include "runtime/linalg/Parts.h"

#include <cassert>
#include <cmath>

namespace inet {
namespace {

constexpr int64_t kPanel = 32;
constexpr int64_t kTile = 256;
constexpr int64_t kTileColumns = 128; // a tile of a symmetric product is used twice while it is in the cache
constexpr int kOne = 1;

int sizeOf(int64_t size) { return blasInt(size, "the number of training examples"); }

/// y := alpha op(a) x + beta y by one thread.
void multiplyVector(const char *transposed, double alpha, const Eigen::Ref<const Eigen::MatrixXd> &a, const double *x,
                    double beta, double *y) {
  if (a.size() == 0)
    return; // BLAS would leave y as it is, also for beta = 0
  const int rows = sizeOf(a.rows()), columns = sizeOf(a.cols()), leading = sizeOf(a.outerStride());
  dgemv_(transposed, &rows, &columns, &alpha, a.data(), &leading, x, &kOne, &beta, y, &kOne);
}

class Reduction {
public:
  explicit Reduction(Eigen::Ref<Eigen::MatrixXd> a)
      : a_(a), n_(a.rows()), w_(n_, kPanel), inner_(kPanel), sums_(n_, (n_ + kTile - 1) / kTile) {
    result_.diagonal.resize(n_);
    result_.below.resize(std::max<int64_t>(0, n_ - 1));
    result_.factors.resize(result_.below.size());
  }

  Tridiagonal run() && {
    for (int64_t begin = 0; begin < n_; begin += kPanel) {
      const int64_t count = std::min(kPanel, n_ - begin);
      for (int64_t c = 0; c < count; ++c)
        reduceColumn(begin, c);
      updateRest(begin + count, begin, count);
      // The update of the rest read the ones that the vectors of the reflectors begin with.
      for (int64_t j = begin; j < std::min(begin + count, n_ - 1); ++j)
        a_(j + 1, j) = result_.below(j);
    }
    return std::move(result_);
  }

private:
  /// Column begin + c: A - V W^T - W V^T for the vectors V and W of the panel so far, then its reflector, then W's.
  void reduceColumn(int64_t begin, int64_t c) {
    const int64_t j = begin + c, rest = n_ - j;
    const auto v = a_.block(j, begin, rest, c);
    const auto w = w_.block(j, 0, rest, c);
    double *column = &a_(j, j);
    rowOf(w_, j, c);
    multiplyVector("N", -1, v, inner_.data(), 1, column);
    rowOf(a_.middleCols(begin, c), j, c);
    multiplyVector("N", -1, w, inner_.data(), 1, column);
    result_.diagonal(j) = a_(j, j);
    if (rest == 1)
      return;
    const int64_t below = rest - 1;
    const int size = sizeOf(below);
    double &tau = result_.factors(j);
    dlarfg_(&size, &a_(j + 1, j), &a_(std::min(j + 2, n_ - 1), j), &kOne, &tau);
    result_.below(j) = a_(j + 1, j);
    a_(j + 1, j) = 1;
    const double *reflector = &a_(j + 1, j);
    double *out = &w_(j + 1, c);
    multiplySymmetric(j + 1, reflector, out);
    const auto vBelow = a_.block(j + 1, begin, below, c);
    const auto wBelow = w_.block(j + 1, 0, below, c);
    multiplyVector("T", 1, wBelow, reflector, 0, inner_.data());
    multiplyVector("N", -1, vBelow, inner_.data(), 1, out);
    multiplyVector("T", 1, vBelow, reflector, 0, inner_.data());
    multiplyVector("N", -1, wBelow, inner_.data(), 1, out);
    Eigen::Map<Eigen::VectorXd> outVector(out, below);
    const Eigen::Map<const Eigen::VectorXd> reflectorVector(reflector, below);
    outVector *= tau;
    outVector -= tau / 2 * outVector.dot(reflectorVector) * reflectorVector;
  }

  /// inner_ := the first `count` entries of a row.
  void rowOf(const Eigen::Ref<const Eigen::MatrixXd> &matrix, int64_t row, int64_t count) {
    inner_.head(count) = matrix.row(row).head(count).transpose();
  }

  /// out := A x for the lower triangle from `begin` on. A strip of rows gives its own part of the result, and one of
  /// every row above it: these are kept apart for each strip, and added in the order of the strips.
  void multiplySymmetric(int64_t begin, const double *x, double *out) {
    const int64_t size = n_ - begin, strips = (size + kTile - 1) / kTile;
    forEachPart(size, kTile, [&](Part rows) {
      double *sums = sums_.col(rows.begin / kTile).data();
      const double one = 1, zero = 0;
      const int count = sizeOf(rows.count), leading = sizeOf(a_.outerStride());
      const double *diagonal = &a_(begin + rows.begin, begin + rows.begin);
      dsymv_("L", &count, &one, diagonal, &leading, x + rows.begin, &kOne, &zero, sums + rows.begin, &kOne);
      for (int64_t column = 0; column < rows.begin; column += kTileColumns) {
        const auto tile = a_.block(begin + rows.begin, begin + column, rows.count, kTileColumns);
        multiplyVector("N", 1, tile, x + column, 1, sums + rows.begin);
        multiplyVector("T", 1, tile, x + rows.begin, 0, sums + column);
      }
    });
    forEachPart(size, 2 * kTile, [&](Part rows) {
      auto result = Eigen::Map<Eigen::VectorXd>(out + rows.begin, rows.count);
      result.setZero();
      for (int64_t strip = rows.begin / kTile; strip < strips; ++strip) {
        const int64_t end = std::min(rows.begin + rows.count, (strip + 1) * kTile);
        result.head(end - rows.begin) += sums_.col(strip).segment(rows.begin, end - rows.begin);
      }
    });
  }

  /// The lower triangle from `first` on: A -= V W^T + W V^T, for the vectors of the panel at `begin`.
  void updateRest(int64_t first, int64_t begin, int64_t count) {
    const int k = sizeOf(count), leadingA = sizeOf(a_.outerStride()), leadingW = sizeOf(w_.outerStride());
    const double one = 1, minusOne = -1;
    forEachTile(n_ - first, kTile, n_ - first, kTile, [&](Part rows, Part columns) {
      if (rows.begin < columns.begin)
        return;
      const int m = sizeOf(rows.count), n = sizeOf(columns.count);
      const int64_t i = first + rows.begin, j = first + columns.begin;
      if (i == j) {
        dsyr2k_("L", "N", &n, &k, &minusOne, &a_(i, begin), &leadingA, &w_(i, 0), &leadingW, &one, &a_(i, i),
                &leadingA);
        return;
      }
      dgemm_("N", "T", &m, &n, &k, &minusOne, &a_(i, begin), &leadingA, &w_(j, 0), &leadingW, &one, &a_(i, j),
             &leadingA);
      dgemm_("N", "T", &m, &n, &k, &minusOne, &w_(i, 0), &leadingW, &a_(j, begin), &leadingA, &one, &a_(i, j),
             &leadingA);
    });
  }

  Eigen::Ref<Eigen::MatrixXd> a_;
  int64_t n_;
  Eigen::MatrixXd w_;     ///< n x kPanel
  Eigen::VectorXd inner_; ///< kPanel numbers
  Eigen::MatrixXd sums_;  ///< a column for each strip of rows
  Tridiagonal result_;
};

} // namespace

Tridiagonal tridiagonalize(Eigen::Ref<Eigen::MatrixXd> a) {
  assert(a.rows() == a.cols() && "only square matrices have a tridiagonal form");
  return Reduction(a).run();
}

void applyReflectors(const Eigen::Ref<const Eigen::MatrixXd> &a, const Tridiagonal &tridiagonal,
                     Eigen::Ref<Eigen::MatrixXd> c) {
  const int n = sizeOf(a.rows()), leadingA = sizeOf(a.outerStride()), leadingC = sizeOf(c.outerStride());
  forEachPart(c.cols(), kTile, [&](Part columns) {
    const int count = sizeOf(columns.count), query = -1;
    int info = 0;
    double size = 0;
    double *block = c.col(columns.begin).data();
    dormtr_("L", "L", "N", &n, &count, a.data(), &leadingA, tridiagonal.factors.data(), block, &leadingC, &size, &query,
            &info);
    Eigen::VectorXd work(static_cast<int64_t>(size));
    const int workSize = sizeOf(work.size());
    dormtr_("L", "L", "N", &n, &count, a.data(), &leadingA, tridiagonal.factors.data(), block, &leadingC, work.data(),
            &workSize, &info);
    assert(info == 0 && "dormtr fails only on wrong arguments");
  });
}

} // namespace inet
