// The flow of losses without a closed form.
#include "runtime/predict/GradientFlow.h"

#include <algorithm>
#include <boost/numeric/odeint/stepper/controlled_runge_kutta.hpp>
#include <boost/numeric/odeint/stepper/generation.hpp>
#include <boost/numeric/odeint/stepper/runge_kutta_dopri5.hpp>
#include <cmath>
#include <fmt/format.h>
#include <numeric>

namespace inet {
namespace {

namespace odeint = boost::numeric::odeint;

using State = std::vector<double>;
using Block = Eigen::Map<Eigen::MatrixXd>;
using ConstBlock = Eigen::Map<const Eigen::MatrixXd>;

/// The equation in units that make numbers near 1 of it: with d the mean diagonal of Theta the time is eta d t / count,
/// or the root of eta d / count times t with momentum. The state is f and Gamma = d G, with momentum their velocities
/// too: n x outputs numbers each. Both are in units of the outputs.
class FlowEquation {
public:
  FlowEquation(const KernelView &kernel, double shift, const Residual &residual, int64_t outputs, double unit,
               std::optional<double> friction)
      : kernel(kernel), shift(shift), residual(residual), rows(kernel.rows()), outputs(outputs), unit(unit),
        friction(friction), slope(rows, outputs), force(rows, outputs) {}

  size_t blocks() const { return friction ? 4 : 2; }
  Block block(State &state, int64_t index) const { return {state.data() + index * rows * outputs, rows, outputs}; }
  ConstBlock block(const State &state, int64_t index) const {
    return {state.data() + index * rows * outputs, rows, outputs};
  }

  void operator()(const State &state, State &change, double) {
    residual.compute(block(state, 0), slope);
    const Eigen::MatrixXd scaled = slope / unit;
    force = shift * scaled;
    kernel.multiply(scaled, 1, force);
    if (!friction) {
      block(change, 0) = -force;
      block(change, 1) = slope;
      return;
    }
    block(change, 0) = block(state, 2);
    block(change, 1) = block(state, 3);
    block(change, 2) = -force - *friction * block(state, 2);
    block(change, 3) = slope - *friction * block(state, 3);
  }

private:
  const KernelView &kernel;
  double shift;
  const Residual &residual;
  int64_t rows, outputs;
  double unit;
  std::optional<double> friction;
  Eigen::MatrixXd slope, force;
};

bool allFinite(const State &state) {
  return Eigen::Map<const Eigen::VectorXd>(state.data(), static_cast<int64_t>(state.size())).allFinite();
}

} // namespace

void GradientFlow::reportSteps(double wanted, double reached) const {
  throw Error(fmt::format(
      "the flow of the loss {} to time {:g} takes more than {} steps, in which it reached time {:.4g}: steps are as "
      "short as the fastest direction of the {} needs; use an earlier time, fewer examples, or a diag_reg",
      nameOf(flow.loss), wanted, flow.maximumSteps, reached, kernelName()));
}

void GradientFlow::integrate() {
  const int64_t n = y.rows(), count = y.cols();
  const double unit = meanDiagonal + regularization;
  outputs.assign(options.times.size(), start);
  integrals.assign(options.times.size(), Eigen::MatrixXd::Zero(n, count));
  if (unit == 0) // a kernel of zeros learns nothing
    return;
  const bool momentum = flow.momentum > 0;
  const double squareRate = std::clamp(unit / residual.count() * options.learningRate,
                                       std::numeric_limits<double>::min(), std::numeric_limits<double>::max());
  const double rate = momentum ? std::sqrt(squareRate) : squareRate;
  FlowEquation equation(kernel, regularization, residual, count, unit,
                        momentum ? std::optional((1 - flow.momentum) / rate) : std::nullopt);
  State state(equation.blocks() * static_cast<size_t>(n * count), 0.0);
  equation.block(state, 0) = start;

  const double size = flow.loss == Loss::mse ? (start - y).cwiseAbs().maxCoeff() : 1;
  auto stepper = odeint::make_controlled<odeint::runge_kutta_dopri5<State>>(flow.tolerance * (size > 0 ? size : 1),
                                                                            flow.tolerance);
  std::vector<size_t> ascending(options.times.size());
  std::iota(ascending.begin(), ascending.end(), 0);
  std::stable_sort(ascending.begin(), ascending.end(),
                   [&](size_t a, size_t b) { return options.times[a] < options.times[b]; });
  double time = 0, step = 1 / static_cast<double>(n); // the largest eigenvalue is at most n in these units
  for (size_t k : ascending) {
    const double end = scaled(options.times[k], rate);
    while (time < end) {
      if (tried == flow.maximumSteps)
        reportSteps(options.times[k], time / rate);
      ++tried;
      const bool shortened = end - time < step;
      double length = shortened ? end - time : step;
      const bool accepted = stepper.try_step(std::ref(equation), state, time, length) == odeint::success;
      if (accepted && !allFinite(state)) // the error of a nan is a nan, which is not too large
        throw Error(fmt::format("the outputs at time {:.4g} are not finite: the kernel, the targets or the initial "
                                "outputs are too large",
                                time / rate));
      step = accepted && shortened ? std::max(step, length) : length;
      if (flow.onStep)
        flow.onStep(tried, time / rate);
    }
    outputs[k] = equation.block(std::as_const(state), 0);
    integrals[k] = equation.block(std::as_const(state), 1) / unit;
  }
}

} // namespace inet
