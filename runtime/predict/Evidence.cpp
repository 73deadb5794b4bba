#include "runtime/predict/Evidence.h"

#include "runtime/linalg/TiledBlas.h"

#include <cmath>
#include <limits>
#include <numbers>

namespace inet {

double logMarginalLikelihood(const Spectrum &spectrum, const Eigen::Ref<const Eigen::MatrixXd> &rotated, double noise) {
  const Eigen::ArrayXd values = spectrum.values().array() + noise;
  if (!(values.minCoeff() > 0))
    return -std::numeric_limits<double>::infinity();
  const double outputs = static_cast<double>(rotated.cols()), n = static_cast<double>(spectrum.size());
  const double squares = (rotated.array().square().colwise() / values).sum();
  return -(squares + outputs * (values.log().sum() + n * std::log(2 * std::numbers::pi))) / 2;
}

LeaveOneOut leaveOneOut(const Spectrum &spectrum, const Eigen::Ref<const RowMatrix> &y,
                        const Eigen::Ref<const Eigen::MatrixXd> &rotated, double noise) {
  const Eigen::ArrayXd inverse = (spectrum.values().array() + noise).inverse();
  const Eigen::MatrixXd alpha = spectrum.combine(inverse, rotated);
  Eigen::ArrayXd inverseDiagonal = Eigen::ArrayXd::Zero(spectrum.size());
  for (int64_t k = 0; k < spectrum.size(); ++k)
    inverseDiagonal += spectrum.vectors().col(k).array().square() * inverse(k);
  LeaveOneOut found;
  found.mean = y - (alpha.array().colwise() / inverseDiagonal).matrix();
  found.variance = inverseDiagonal.inverse() - noise;
  return found;
}

double Predictor::logMarginalLikelihood() {
  solve();
  const double outputs = static_cast<double>(y.cols()), n = static_cast<double>(y.rows());
  Eigen::MatrixXd half = y; // |L^-1 y|^2 = y^T A^-1 y
  runTiled(options.threads, [&] { cholesky->solveLower(half); });
  return -(half.squaredNorm() + outputs * (cholesky->logDeterminant() + n * std::log(2 * std::numbers::pi))) / 2;
}

LeaveOneOut Predictor::leaveOneOut() {
  solve();
  LeaveOneOut found;
  runTiled(options.threads, [&] { found = leaveOneOutTiled(); });
  return found;
}

LeaveOneOut Predictor::leaveOneOutTiled() {
  const int64_t n = y.rows(), block = 256;
  const Eigen::MatrixXd alpha = applyDecay(std::numeric_limits<double>::infinity(), Eigen::MatrixXd(y));
  const bool ofNtk = options.kernel == PredictKernel::ntk && options.covariance != Covariance::none;
  Eigen::VectorXd inverseDiagonal(n);
  LeaveOneOut found;
  if (ofNtk) {
    found.variance.resize(n);
    for (int64_t begin = 0; begin < n; begin += block) {
      const int64_t count = std::min(block, n - begin);
      Eigen::MatrixXd columns = Eigen::MatrixXd::Zero(n, count), product(n, count); // of A^-1, and K times them
      columns.middleRows(begin, count).diagonal().setOnes();
      cholesky->solve(columns);
      train.nngp.multiply(columns, 0, product);
      inverseDiagonal.segment(begin, count) = columns.middleRows(begin, count).diagonal();
      found.variance.segment(begin, count) = columns.cwiseProduct(product).colwise().sum().transpose();
    }
    found.variance.array() /= inverseDiagonal.array().square();
  } else {
    inverseDiagonal = cholesky->inverseDiagonal();
    if (options.covariance != Covariance::none)
      found.variance = inverseDiagonal.array().inverse() - regularization;
  }
  found.mean = y - (alpha.array().colwise() / inverseDiagonal.array()).matrix();
  return found;
}

} // namespace inet
