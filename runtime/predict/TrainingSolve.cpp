// The part of a Predictor that depends on the training set alone: factors, eigenvectors, and why there are none.
#include "runtime/Error.h"
#include "runtime/linalg/Eigendecomposition.h"
#include "runtime/linalg/Multiply.h"
#include "runtime/linalg/Parts.h"
#include "runtime/linalg/TiledBlas.h"
#include "runtime/predict/Predict.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <fmt/format.h>
#include <string>

namespace inet {

/// Up to these sizes a failure is explained with the smallest eigenvalue (some seconds) and with a diag_reg that will
/// do (about six factorisations).
static constexpr int64_t maximumExplainedEigenvalue = 2048;
static constexpr int64_t maximumExplainedDiagReg = 8192;

void Predictor::solve() {
  runTiled(options.threads, [&] { solveTiled(); });
}

void Predictor::solveTiled() {
  // Eigenvectors first: where the Cholesky factor overwrites the kernel, they still find it whole.
  if (wantsEigenvectors())
    findEigenvectors();
  if (wantsCholesky())
    factorize();
}

/// The lower triangle of the training kernel, with `shift` added to its diagonal.
void Predictor::loadTrainKernel(Eigen::Map<Eigen::MatrixXd> out, double shift) const {
  const int64_t n = y.rows();
  if (out.data() == train.overwrite) {
    // A factorisation destroys the lower triangle and the diagonal; the other triangle has the same numbers.
    forEachPart(n, 16, [&](Part columns) {
      for (int64_t j = columns.begin; j < columns.begin + columns.count; ++j)
        out.col(j).tail(n - j - 1) = out.row(j).tail(n - j - 1).transpose();
    });
  } else {
    // On all threads: the first touch of n x n numbers by one costs a tenth of what the factorisation takes on two.
    forEachPart(n, 16, [&](Part columns) {
      for (int64_t j = columns.begin; j < columns.begin + columns.count; ++j)
        trainKernel().copyRow(j, j, n - j, &out(j, j));
    });
  }
  out.diagonal() = diagonal.array() + shift;
}

/// Throws where the lower triangle has a NaN or an infinity.
void Predictor::requireFinite(const Eigen::Map<Eigen::MatrixXd> &kernel) const {
  for (int64_t j = 0; j < kernel.cols(); ++j)
    for (int64_t i = j; i < kernel.rows(); ++i)
      if (!std::isfinite(kernel(i, j)))
        throw Error(fmt::format("the {} of the training set: entry [{}, {}] is {}", kernelName(), j, i, kernel(i, j)));
}

void Predictor::findEigenvectors() {
  if (solvedEigen)
    return;
  const int64_t n = y.rows();
  const bool inPlace = train.overwrite && !wantsCholesky();
  eigenvectorBuffer = inPlace ? SquareBuffer(train.overwrite, n) : SquareBuffer(n);
  Eigen::Map<Eigen::MatrixXd> vectors = eigenvectorBuffer.matrix();
  if (inPlace)
    vectors.diagonal().array() += regularization;
  else
    loadTrainKernel(vectors, regularization);
  requireFinite(vectors);
  eigenvalues = eigendecompose(vectors).cwiseMax(0);
  rotatedTargets.resize(n, y.cols());
  multiplyTransposed(vectors, Eigen::MatrixXd(y), 0, rotatedTargets);
  solvedEigen = true;
}

void Predictor::factorize() {
  if (cholesky)
    return;
  const int64_t n = y.rows();
  factorBuffer = train.overwrite ? SquareBuffer(train.overwrite, n) : SquareBuffer(n);
  Eigen::Map<Eigen::MatrixXd> factor = factorBuffer.matrix();
  if (train.overwrite)
    factor.diagonal().array() += regularization;
  else
    loadTrainKernel(factor, regularization);
  Cholesky attempt(factor);
  if (attempt.failingMinor())
    reportIndefinite(attempt.failingMinor());
  cholesky.emplace(attempt);
}

/// The smallest of 1, 2, 5 times a power of ten, relative to the mean diagonal or absolute, with which the
/// factorisation goes through; by bisection, since a larger one always does too. Nothing below the rounding error of
/// the kernel's entries: what is solved with so little would be their noise.
std::optional<double> Predictor::findSufficientDiagReg() {
  const double unit = options.diagRegAbsolute ? 1 : diagonal.mean();
  if (!(unit > 0))
    return std::nullopt;
  const auto candidate = [](int step) {
    const int decade = step >= 0 ? step / 3 : -((2 - step) / 3);
    constexpr std::array<double, 3> mantissas = {1, 2, 5};
    // Parsed, not multiplied: 1e-9 is then the number that a user types.
    return std::strtod(fmt::format("{}e{}", mantissas[step - 3 * decade], decade).c_str(), nullptr);
  };
  const auto suffices = [&](int step) {
    loadTrainKernel(factorBuffer.matrix(), candidate(step) * unit);
    return Cholesky(factorBuffer.matrix()).failingMinor() == 0;
  };
  const double scale = options.diagRegAbsolute && diagonal.mean() > 0 ? diagonal.mean() : 1;
  const int decades = static_cast<int>(std::floor(std::log10(scale)));
  const int roundingDecade = train.singlePrecision ? -7 : -16;
  int insufficient = 3 * (decades + roundingDecade) - 1; // not tried, and never the answer
  int sufficient = 3 * (decades + 3);                    // with 1,000 times the mean diagonal a kernel means nothing
  if (!suffices(sufficient))
    return std::nullopt;
  while (sufficient - insufficient > 1) {
    const int middle = insufficient + (sufficient - insufficient) / 2;
    (suffices(middle) ? sufficient : insufficient) = middle;
  }
  return candidate(sufficient);
}

void Predictor::reportIndefinite(int64_t failingMinor) {
  const int64_t n = y.rows();
  loadTrainKernel(factorBuffer.matrix(), 0);
  requireFinite(factorBuffer.matrix());

  std::string message = fmt::format("the {} of the training set with this diag_reg is not positive definite: leading "
                                    "minor {} of {} is not positive",
                                    kernelName(), failingMinor, n);
  std::optional<double> eigenvalue, sufficient;
  if (n <= maximumExplainedEigenvalue) {
    loadTrainKernel(factorBuffer.matrix(), regularization);
    eigenvalue = smallestEigenvalue(factorBuffer.matrix());
    message += fmt::format(", the smallest eigenvalue is {:.3g}", *eigenvalue);
  }
  if (n <= maximumExplainedDiagReg)
    sufficient = findSufficientDiagReg();
  if (sufficient)
    message += fmt::format("; --diag-reg {}{} would do", *sufficient, options.diagRegAbsolute ? " (absolute)" : "");
  else if (diagonal.mean() > 0)
    message += "; use a larger diag_reg";
  else
    message +=
        fmt::format("; the mean of its diagonal is {:.3g}, so only an absolute diag_reg would do", diagonal.mean());
  throw NotPositiveDefinite(message, failingMinor, eigenvalue, sufficient);
}

/// (1 - exp(-tau lambda / N)) / lambda for each eigenvalue; tau / N is given. For a direction that the kernel does not
/// know (lambda = 0, where K_td V is 0 too) the weight is arbitrary, and 0 brings in no rounding error.
Eigen::VectorXd Predictor::decay(double tau) const {
  return eigenvalues.unaryExpr([tau](double value) { return value > 0 ? -std::expm1(-value * tau) / value : 0; });
}

/// f(tau) y for each time: n x (times * outputs).
Eigen::MatrixXd Predictor::solvedTargets() {
  const int64_t outputs = y.cols();
  Eigen::MatrixXd solved(y.rows(), static_cast<int64_t>(options.times.size()) * outputs);
  for (size_t k = 0; k < options.times.size(); ++k) {
    auto columns = solved.middleCols(static_cast<int64_t>(k) * outputs, outputs);
    if (std::isinf(options.times[k])) {
      columns = y;
      cholesky->solve(columns);
    } else {
      multiply(eigenvectorBuffer.matrix(), decay(scaledTime(options.times[k])).asDiagonal() * rotatedTargets, 0,
               columns);
    }
  }
  return solved;
}

} // namespace inet
