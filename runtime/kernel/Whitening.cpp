#include "runtime/kernel/Whitening.h"

#include "runtime/Error.h"
#include "runtime/kernel/Memory.h"
#include "runtime/linalg/Eigendecomposition.h"
#include "runtime/linalg/TiledBlas.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>

namespace inet {
namespace {

/// So many that their products are quick, and a megabyte at least.
int64_t rowsOfBlock(const RowSource &source) {
  return std::min(source.rows(), std::max<int64_t>(256, (1 << 20) / (8 * source.rowSize())));
}

/// Calls use(rows) for all rows in order, some at a time, each a column of a features x count matrix.
template <class Use> void forEachBlock(RowSource &source, const Standardization *scaling, const Use &use) {
  const int64_t features = source.rowSize(), block = rowsOfBlock(source);
  Eigen::MatrixXd rows(features, block);
  RawRows raw;
  source.rewind();
  for (int64_t begin = 0; begin < source.rows(); begin += block) {
    const int64_t count = std::min(block, source.rows() - begin);
    source.fetch(count, raw);
    decodeRows(source, raw, scaling, rows.data());
    use(rows.leftCols(count));
  }
}

struct Center {
  Eigen::VectorXd mean;
  double unit = 0; ///< a power of two, about the largest distance from the mean; 0 where all examples are the same
};

Center findCenter(RowSource &source, const Standardization *scaling) {
  Center center{Eigen::VectorXd::Zero(source.rowSize())};
  double largest = 0;
  int64_t seen = 0;
  forEachBlock(source, scaling, [&](const auto &rows) {
    for (int64_t r = 0; r < rows.cols(); ++r) {
      if (++seen == 1) {
        center.mean = rows.col(r); // as it is, so that a constant feature has exactly no variance
        continue;
      }
      const Eigen::VectorXd difference = rows.col(r) - center.mean;
      center.mean += difference / double(seen);
      largest = std::max(largest, difference.cwiseAbs().maxCoeff());
    }
  });
  if (!std::isfinite(largest) || !center.mean.allFinite())
    throw Error(fmt::format("{}: the differences of its examples are too large for f64 (see --scale)", source.name()));
  if (largest > 0)
    center.unit = std::exp2(std::ilogb(largest));
  return center;
}

/// The examples about their mean, in units.
template <class Use>
void forEachCentredBlock(RowSource &source, const Standardization *scaling, const Center &center, const Use &use) {
  forEachBlock(source, scaling, [&](auto rows) { use((rows.colwise() - center.mean) / center.unit); });
}

/// epsilon mean(S), checked: `variances` ascend, and are all that are not 0.
double regularisation(const std::string &name, Eigen::VectorXd &variances, int64_t features, double epsilon) {
  variances = variances.cwiseMax(0); // rounding makes some of none negative
  const double mean = variances.sum() / double(features), added = epsilon * mean;
  const double smallest = variances.size() < features ? 0 : variances(0);
  // Eigenvalues are right to about this.
  const double rounding = double(features) * std::numeric_limits<double>::epsilon() * variances(variances.size() - 1);
  if (smallest + added < rounding)
    throw Error(fmt::format("--zca: {:g} found; at least {:.1g} expected for {}: in some directions its examples do "
                            "not differ, as far as f64 can tell",
                            epsilon, 2 * rounding / mean, name));
  return added;
}

void mirrorLowerTriangle(Eigen::Map<Eigen::MatrixXd> matrix) {
  for (int64_t j = 0; j < matrix.cols(); ++j)
    matrix.col(j).head(j) = matrix.row(j).head(j).transpose();
}

using Square = Eigen::Map<Eigen::MatrixXd>;

/// Of features x features: U (S + r)^-1/2 U^T as the square of U (S + r)^-1/4.
void whitenByCovariance(RowSource &source, const Standardization *scaling, const Center &center, double epsilon,
                        Square matrix) {
  const int64_t features = source.rowSize();
  Buffer storage(features * features * int64_t(sizeof(double)));
  Square vectors(storage.as<double>(), features, features);
  forEachCentredBlock(source, scaling, center, [&](const Eigen::MatrixXd &rows) {
    tiledSquare(1 / double(source.rows()), rows, Transposed::no, 1, vectors);
  });
  Eigen::VectorXd variances = eigendecompose(vectors);
  const double added = regularisation(source.name(), variances, features, epsilon);
  for (int64_t i = 0; i < features; ++i)
    vectors.col(i) *= std::pow(variances(i) + added, -0.25);
  tiledSquare(1, vectors, Transposed::no, 0, matrix);
}

/// With fewer examples z_i than features, U S U^T = Z Z^T / n has the vectors Z q_i / sqrt(n s_i) for those q_i of
/// Z^T Z / n, and others without variance, which are all divided by sqrt(r):
///   U (S + r)^-1/2 U^T = r^-1/2 I - sum_i g_i Z q_i q_i^T Z^T / n,
///   g_i = (r^-1/2 - (s_i + r)^-1/2) / s_i = 1 / (sqrt(r) sqrt(s_i + r) (sqrt(r) + sqrt(s_i + r))).
void whitenByInnerProducts(RowSource &source, const Standardization *scaling, const Center &center, double epsilon,
                           Square matrix) {
  const int64_t features = source.rowSize(), n = source.rows();
  Eigen::MatrixXd examples(features, n), vectors(n, n);
  int64_t next = 0;
  forEachCentredBlock(source, scaling, center, [&](const Eigen::MatrixXd &rows) {
    examples.middleCols(next, rows.cols()) = rows;
    next += rows.cols();
  });
  tiledSquare(1 / double(n), examples, Transposed::yes, 0, vectors);
  Eigen::VectorXd variances = eigendecompose(Square(vectors.data(), n, n));
  const double r = regularisation(source.name(), variances, features, epsilon), root = std::sqrt(r);
  for (int64_t i = 0; i < n; ++i) {
    const double both = std::sqrt(variances(i) + r);
    vectors.col(i) *= std::sqrt(1 / (root * both * (root + both) * double(n)));
  }
  Eigen::MatrixXd directions(features, n);
  tiledProduct(1, examples, Transposed::no, vectors, Transposed::no, 0, directions);
  tiledSquare(-1, directions, Transposed::no, 0, matrix);
  matrix.diagonal().array() += 1 / root;
}

} // namespace

Whitening findWhitening(RowSource &source, const Standardization *scaling, double epsilon, int threads) {
  const int64_t features = source.rowSize(), n = source.rows();
  const bool few = 2 * n <= features;
  const double d = double(features), block = 3 * d * double(rowsOfBlock(source));
  const double work = few ? 2 * d * double(n) + 3 * double(n) * double(n) : 3 * d * d;
  requireMemory(fmt::format("--zca of {} features", features), (d * d + work + block) * sizeof(double),
                fmt::format("{} for its matrix, {} to find it", formatBytes(d * d * sizeof(double)),
                            formatBytes((work + block) * sizeof(double))));
  const Center center = findCenter(source, scaling);
  if (center.unit == 0)
    throw Error(fmt::format("{}: no feature differs in its {} example{}: nothing to whiten (--zca)", source.name(), n,
                            n == 1 ? "" : "s"));
  Whitening whitening;
  whitening.epsilon = epsilon;
  whitening.mean.assign(center.mean.begin(), center.mean.end());
  whitening.matrix.resize(features * features);
  Square matrix(whitening.matrix.data(), features, features);
  runTiled(threads, [&] {
    if (few)
      whitenByInnerProducts(source, scaling, center, epsilon, matrix);
    else
      whitenByCovariance(source, scaling, center, epsilon, matrix);
  });
  mirrorLowerTriangle(matrix);
  matrix /= center.unit;
  if (!matrix.allFinite())
    throw Error(fmt::format("{}: the differences of its examples are too small to be whitened in f64 (see --scale)",
                            source.name()));
  return whitening;
}

} // namespace inet
