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

/// The errors of a mean, RoundingError::mean, that an advised and an automatic diag_reg allow.
static constexpr double advisedRounding = 0.01, chosenRounding = 0.001;

void Predictor::solve() {
  runTiled(options.threads, [&] { solveTiled(); });
}

void Predictor::solveTiled() {
  chooseDiagReg();
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
  if (spectrum)
    return;
  const int64_t n = y.rows();
  const bool inPlace = train.overwrite && !wantsCholesky();
  SquareBuffer buffer = inPlace ? SquareBuffer(train.overwrite, n) : SquareBuffer(n);
  if (!inPlace)
    loadTrainKernel(buffer.matrix(), 0);
  requireFinite(buffer.matrix());
  spectrum.emplace(std::move(buffer), train.singlePrecision);
  rotatedTargets = spectrum->rotate(Eigen::MatrixXd(y));
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

void Predictor::setDiagReg(double diagReg) {
  options.diagReg = diagReg;
  regularization = diagReg * (options.diagRegAbsolute ? 1 : diagonal.mean());
}

void Predictor::chooseDiagReg() {
  if (!options.diagRegAuto)
    return;
  const std::optional<double> found = findDiagRegTiled(chosenRounding);
  if (!found)
    throw Error(
        fmt::format("the {} of the training set: no diag_reg up to 1,000 times the mean of its diagonal ({:.3g}) "
                    "keeps the rounding of its entries out of the predictions",
                    kernelName(), diagonal.mean()));
  setDiagReg(*found);
  options.diagRegAuto = false;
}

double Predictor::roundingInF64() const {
  return roundingOf(false, y.rows()) / roundingOf(train.singlePrecision, y.rows());
}

/// RoundingError::mean for the training set, whose weights have norm 1 at most.
double Predictor::meanRounding(const Eigen::Ref<const Eigen::MatrixXd> &alpha) const {
  const Eigen::VectorXd roots = diagonal.cwiseMax(0).cwiseSqrt();
  return 3 * roundingOf(train.singlePrecision, y.rows()) * amplification(alpha, y, roots) *
         std::sqrt(2 * std::max(diagonal.mean(), 0.0));
}

double Predictor::trainingRounding() {
  Eigen::MatrixXd solved;
  runTiled(options.threads, [&] {
    solveTiled();
    solved = solvedTargets();
  });
  double largest = 0;
  for (size_t k = 0; k < options.times.size(); ++k)
    largest = std::max(largest, meanRounding(solved.middleCols(static_cast<int64_t>(k) * y.cols(), y.cols())));
  return largest;
}

std::optional<double> Predictor::findDiagReg(double bound) {
  std::optional<double> found;
  runTiled(options.threads, [&] { found = findDiagRegTiled(bound); });
  return found;
}

std::optional<double> Predictor::findDiagRegTiled(double bound) {
  const int64_t n = y.rows();
  const double unit = options.diagRegAbsolute ? 1 : diagonal.mean();
  if (!(unit > 0))
    return std::nullopt;
  if (!spectrum && !factorBuffer)
    factorBuffer = train.overwrite ? SquareBuffer(train.overwrite, n) : SquareBuffer(n);
  if (!spectrum)
    cholesky.reset();
  const auto candidate = [](int step) {
    const int decade = step >= 0 ? step / 3 : -((2 - step) / 3);
    constexpr std::array<double, 3> mantissas = {1, 2, 5};
    // Parsed, not multiplied: 1e-9 is then the number that a user types.
    return std::strtod(fmt::format("{}e{}", mantissas[step - 3 * decade], decade).c_str(), nullptr);
  };
  const auto suffices = [&](int step) {
    if (spectrum) {
      const Eigen::ArrayXd values = spectrum->values().array() + candidate(step) * unit;
      return meanRounding(spectrum->combine(values.inverse(), rotatedTargets)) <= bound;
    }
    loadTrainKernel(factorBuffer.matrix(), candidate(step) * unit);
    const Cholesky factor(factorBuffer.matrix());
    if (factor.failingMinor() != 0)
      return false;
    Eigen::MatrixXd alpha = y;
    factor.solve(alpha);
    return meanRounding(alpha) <= bound;
  };
  const double scale = options.diagRegAbsolute && diagonal.mean() > 0 ? diagonal.mean() : 1;
  const int decades = static_cast<int>(std::floor(std::log10(scale)));
  const int roundingDecade = train.singlePrecision ? -7 : -16;
  // By bisection, since a larger one always does too. Nothing below the rounding of the entries: what is solved with so
  // little would be their noise.
  int insufficient = 3 * (decades + roundingDecade) - 1; // not tried, and never the answer
  int sufficient = 3 * (decades + 3);                    // with 1,000 times the mean diagonal a kernel means nothing
  std::optional<double> found;
  if (suffices(sufficient)) {
    while (sufficient - insufficient > 1) {
      const int middle = insufficient + (sufficient - insufficient) / 2;
      (suffices(middle) ? sufficient : insufficient) = middle;
    }
    found = candidate(sufficient);
  }
  if (!spectrum && train.overwrite)
    loadTrainKernel(factorBuffer.matrix(), 0); // whole again
  return found;
}

void Predictor::reportIndefinite(int64_t failingMinor) {
  const int64_t n = y.rows();
  loadTrainKernel(factorBuffer.matrix(), 0);
  requireFinite(factorBuffer.matrix());

  // Not "indefinite": rounding alone may have left nothing of a pivot that is 0.
  std::string message = fmt::format("the {} of the training set with this diag_reg is not positive definite to the "
                                    "rounding of its factorisation: nothing is left of pivot {} of {}",
                                    kernelName(), failingMinor, n);
  std::optional<double> eigenvalue, sufficient;
  if (n <= maximumExplainedEigenvalue) {
    loadTrainKernel(factorBuffer.matrix(), regularization);
    eigenvalue = smallestEigenvalue(factorBuffer.matrix());
    message += fmt::format(" (smallest eigenvalue {:.3g}, mean of the diagonal {:.3g})", *eigenvalue, diagonal.mean());
  }
  if (n <= maximumExplainedDiagReg)
    sufficient = findDiagRegTiled(advisedRounding);
  if (sufficient)
    message += fmt::format("; --diag-reg {}{} would do, with means that are off by 1% at most", *sufficient,
                           options.diagRegAbsolute ? " (absolute)" : "");
  else if (diagonal.mean() > 0)
    message += "; use a larger diag_reg";
  else
    message +=
        fmt::format("; the mean of its diagonal is {:.3g}, so only an absolute diag_reg would do", diagonal.mean());
  throw NotPositiveDefinite(message, failingMinor, eigenvalue, sufficient);
}

/// f(tau) b, for n x k numbers.
Eigen::MatrixXd Predictor::applyDecay(double time, const Eigen::Ref<const Eigen::MatrixXd> &b) const {
  if (!std::isinf(time))
    return spectrum->combine(decayWeights(regularized(), scaledTime(time)), spectrum->rotate(b));
  Eigen::MatrixXd solved = b;
  cholesky->solve(solved);
  return solved;
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
      columns = spectrum->combine(decayWeights(regularized(), scaledTime(options.times[k])), rotatedTargets);
    }
  }
  return solved;
}

} // namespace inet
