// Options, shapes and the closed form of the mean square error. The integration is in FlowIntegration.cpp.
#include "runtime/predict/GradientFlow.h"

#include "runtime/linalg/TiledBlas.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace inet {

void checkFlowOptions(const FlowOptions &flow, const PredictOptions &options) {
  if (!(flow.momentum >= 0 && flow.momentum < 1))
    throw Error(fmt::format("the momentum is {}, expected a number from 0 to below 1", flow.momentum));
  if (!(flow.tolerance > 0 && flow.tolerance < 1))
    throw Error(fmt::format("the tolerance is {}, expected a number above 0 and below 1", flow.tolerance));
  if (flow.maximumSteps < 1)
    throw Error(fmt::format("at most {} steps found, expected at least one", flow.maximumSteps));
  if (options.diagRegAuto)
    throw Error("diag_reg auto found, expected a number: none is looked for with momentum or a cross-entropy");
  checkTraining(options);
  for (double time : options.times) {
    if (!(time >= 0))
      throw Error(fmt::format("a time is {}, expected a number >= 0{}", time, flow.loss == Loss::mse ? " or inf" : ""));
    if (std::isinf(time) && flow.loss != Loss::mse)
      throw Error(fmt::format("a time is inf, expected finite ones for the loss {}: training has no end, since outputs "
                              "grow without bound where the kernel can fit the targets",
                              nameOf(flow.loss)));
    if (std::isinf(time) && flow.integrate)
      throw Error("a time is inf, expected finite ones to integrate to");
  }
}

double flowBytes(int64_t trainCount, int64_t testCount, int64_t outputs, const PredictOptions &options,
                 const FlowOptions &flow) {
  const double n = static_cast<double>(trainCount), targets = n * static_cast<double>(outputs);
  const double times = static_cast<double>(options.times.size());
  // Eigenvectors and the workspace in which they are found; or the state, its seven slopes and what the stepper keeps.
  const bool eigen = flow.loss == Loss::mse && !flow.integrate;
  const double solve = eigen ? 3 * n * n : 14.0 * (flow.momentum > 0 ? 4 : 2) * targets;
  const double results = 2 * times * static_cast<double>(testCount) * static_cast<double>(outputs);
  return sizeof(double) * (solve + 256 * n + (3 * times + 8) * targets + results);
}

GradientFlow::GradientFlow(const KernelView &kernel, const Eigen::Ref<const RowMatrix> &targets,
                           const PredictOptions &options, const FlowOptions &flow, const RowMatrix &initial)
    : kernel(kernel), y(targets), start(initial), options(options), flow(flow), residual(flow.loss, targets) {
  checkFlowOptions(flow, options);
  if (start.rows() == 0)
    start = RowMatrix::Zero(y.rows(), y.cols());
  checkShapes();
  Eigen::VectorXd diagonal(y.rows());
  for (int64_t i = 0; i < y.rows(); ++i)
    diagonal(i) = kernel(i, i);
  meanDiagonal = diagonal.mean();
  if (!(meanDiagonal >= 0) || std::isinf(meanDiagonal))
    throw Error(fmt::format("the {} of the training set: the mean of its diagonal is {}, expected a finite number >= 0",
                            kernelName(), meanDiagonal));
  regularization = options.diagReg * (options.diagRegAbsolute ? 1 : meanDiagonal);
}

void GradientFlow::checkShapes() const {
  const int64_t n = y.rows();
  if (!kernel.present())
    throw Error(fmt::format("the {} of the training set is missing", kernelName()));
  if (kernel.rows() != n || kernel.columns() != n)
    throw Error(fmt::format("the {} of the training set is {} x {}, expected {} x {}", kernelName(), kernel.rows(),
                            kernel.columns(), n, n));
  if (start.rows() != n || start.cols() != y.cols())
    throw Error(
        fmt::format("the initial outputs are {} x {}, expected {} x {}", start.rows(), start.cols(), n, y.cols()));
  if (!start.allFinite())
    throw Error("the initial outputs of the training set are not all finite");
}

double GradientFlow::scaled(double time, double unit) const {
  return time == 0 ? 0 : std::min(time * unit, std::numeric_limits<double>::max());
}

void GradientFlow::solve() {
  if (!solved)
    runTiled(options.threads, [&] { solveTiled(); });
  solved = true;
}

void GradientFlow::solveTiled() {
  if (const std::string found = kernel.describeNonFinite(); !found.empty())
    throw Error(fmt::format("the {} of the training set: {}", kernelName(), found));
  if (flow.loss == Loss::mse && !flow.integrate)
    solveEigen();
  else
    integrate();
  for (size_t k = 0; k < outputs.size(); ++k)
    if (!outputs[k].allFinite() || !integrals[k].allFinite())
      throw Error(fmt::format("the outputs at time {:g} are not finite: the kernel, the targets or the initial outputs "
                              "are too large",
                              options.times[k]));
}

void GradientFlow::solveEigen() {
  const int64_t n = y.rows();
  SquareBuffer buffer(n);
  Eigen::Map<Eigen::MatrixXd> vectors = buffer.matrix();
  for (int64_t j = 0; j < n; ++j)
    kernel.copyRow(j, j, n - j, &vectors(j, j));
  const Spectrum spectrum(std::move(buffer), flow.singlePrecision);
  largest = spectrum.values()(n - 1);
  const Eigen::VectorXd values = spectrum.values().array() + regularization;
  const Eigen::MatrixXd rotated = spectrum.rotate(Eigen::MatrixXd(start - y));

  const double unit = options.learningRate / residual.count();
  for (double time : options.times) {
    if (std::isinf(time) && !(values(0) > 0))
      throw Error(fmt::format("the {} of the training set is singular to its rounding: {} of {} eigenvalues are 0; "
                              "infinite time needs a diag_reg",
                              kernelName(), spectrum.zeros(), n));
    // As in a Predictor nothing is learnt in a direction that the kernel does not know.
    const Eigen::VectorXd learned = values.unaryExpr([&](double value) {
      if (!(value > 0))
        return 0.0;
      if (flow.momentum == 0)
        return -std::expm1(-scaled(scaled(time, unit), value));
      return oscillatorProgress(scaled(value, unit), 1 - flow.momentum, time);
    });
    const Eigen::VectorXd weight = (values.array() > 0).select(learned.array() / values.array(), 0);
    outputs.emplace_back(start - spectrum.combine(learned, rotated));
    integrals.push_back(spectrum.combine(weight, rotated));
  }
}

const std::vector<RowMatrix> &GradientFlow::trainOutputs() {
  solve();
  return outputs;
}

std::vector<RowMatrix> GradientFlow::testOutputs(const KernelView &testTrain, const RowMatrix &initial) {
  const int64_t m = testTrain.rows(), count = y.cols();
  if (!testTrain.present() || testTrain.columns() != y.rows())
    throw Error(fmt::format("the {} of test and training set is {} x {}, expected {} columns", kernelName(), m,
                            testTrain.columns(), y.rows()));
  if (initial.rows() != 0 && (initial.rows() != m || initial.cols() != count))
    throw Error(fmt::format("the initial outputs of the test set are {} x {}, expected {} x {}", initial.rows(),
                            initial.cols(), m, count));
  solve();
  const int64_t times = static_cast<int64_t>(integrals.size());
  Eigen::MatrixXd all(y.rows(), times * count), changes(m, times * count); // the kernel is read once
  for (int64_t k = 0; k < times; ++k)
    all.middleCols(k * count, count) = integrals[k];
  runTiled(options.threads, [&] { testTrain.multiply(all, 0, changes); });
  std::vector<RowMatrix> result;
  for (int64_t k = 0; k < times; ++k) {
    RowMatrix out = -changes.middleCols(k * count, count);
    if (initial.rows() != 0)
      out += initial;
    if (!out.allFinite()) {
      const std::string found = testTrain.describeNonFinite();
      throw Error(found.empty() ? "the outputs of the test set are not finite: the kernel or the targets are too large"
                                : fmt::format("the {} of test and training set: {}", kernelName(), found));
    }
    result.push_back(std::move(out));
  }
  return result;
}

double oscillatorProgress(double stiffness, double friction, double time) {
  if (time == 0 || stiffness == 0)
    return 0;
  const double half = friction / 2, discriminant = half * half - stiffness;
  // phi = 1 - s t^2 / 2 + c s t^3 / 6 - s (c^2 - s) t^4 / 24: the forms below subtract numbers near 1.
  if (std::max(friction, std::sqrt(stiffness)) * time < 1e-4) {
    const double square = stiffness * time * time;
    return square / 2 * (1 - friction * time / 3 + (friction * friction * time * time - square) / 12);
  }
  if (discriminant >= 0) {
    // Overdamped: exp(-slow t) (1 + slow q), q = (1 - exp(-2 r t)) / 2r, slow = half - r without its cancellation.
    const double r = std::sqrt(discriminant), slow = stiffness / (half + r);
    if (slow * time > 800)
      return 1;
    const double q = r > 0 ? -std::expm1(-2 * r * time) / (2 * r) : time;
    return -std::expm1(-slow * time) * (1 + slow * q) - slow * q;
  }
  if (half * time > 800)
    return 1;
  const double r = std::sqrt(-discriminant), angle = r * time, decay = std::exp(-half * time);
  // 1 - e^-u (cos a + u sin(a) / a), u = half t
  const double sine = std::sin(angle / 2);
  return -std::expm1(-half * time) + decay * (2 * sine * sine - half * std::sin(angle) / r);
}

} // namespace inet
