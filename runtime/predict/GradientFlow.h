// Training by gradient flow on any loss, from any initial outputs, with and without momentum.
//
// With Theta the kernel of the training set plus its regularisation, f its outputs and g = dL/df (Lee et al. 2019,
// arXiv:1902.06720, eqs. 4-6), outputs follow, at the learning rate eta,
//
//   f' = -eta Theta g                               without momentum
//   f'' = -eta Theta g - (1 - momentum) f'          with it, from f' = 0
//
// the second being the limit of heavy-ball steps v <- momentum v - eta grad, w <- w + v, of which time counts the
// steps: gradient_descent of Neural Tangents 0.6.5. Either is f(t) = f(0) - Theta G(t) with G' = eta g, or G'' = eta g
// - (1 - momentum) G', so that G, n x outputs numbers, is all that a test set needs: its outputs are f_test(0) - K_td
// G.
//
// Of the mean square error everything is in closed form, by one eigendecomposition: in the direction of an eigenvalue
// lambda the part 1 - phi of f(0) - y is learnt, phi being exp(-eta t lambda / N) or the decay of a damped oscillator,
// and G = (1 - phi) / lambda. Other losses are integrated: Dormand and Prince's method of order 5 with steps that are
// chosen by its error (Boost.Odeint).
#ifndef INET_RUNTIME_PREDICT_GRADIENTFLOW_H
#define INET_RUNTIME_PREDICT_GRADIENTFLOW_H

#include "runtime/predict/Loss.h"

#include <functional>

namespace inet {

struct FlowOptions {
  Loss loss = Loss::mse;
  /// From 0 to below 1. 0 is descent without momentum, an equation of first order; the peer's momentum = 0 is the
  /// second one above with a friction of 1, whose outputs lag behind.
  double momentum = 0;
  /// Of each step, relative to the outputs and to 1 (of mse: to the largest |f(0) - y|). Fast directions forget the
  /// errors of earlier steps: outputs of 300 and 1,000 digits were off by less than it at all times.
  double tolerance = 1e-9;
  /// A step takes six products of Theta with an n x outputs matrix, and an explicit method cannot take steps above
  /// about 3.3 / (eta x largest eigenvalue x curvature of the mean loss). That curvature, up to 1/2n of softmax and
  /// 1/4N of logistic, falls with 1/t as examples are learnt, so that steps grow with t: 1,000 digits of MNIST under a
  /// relu network (condition 8,000) take 200 steps to t = 100, 640 to 1e4 and 930 to 1e6, 2 ms a product on one busy
  /// core. Equal inputs of different classes are never learnt, and steps do not grow then.
  int64_t maximumSteps = 100000;
  /// Whether the kernel's entries were computed in f32, as in TrainKernels.
  bool singlePrecision = false;
  /// Of mse, too: integrates what has a closed form.
  bool integrate = false;
  /// Called after each step with its number and its time, where it is not empty.
  std::function<void(int64_t step, double time)> onStep;

  /// Whether this is more than a Predictor offers.
  bool beyondPredictor() const { return loss != Loss::mse || momentum != 0; }
};

/// Throws Error where momentum, tolerance or steps make no sense, or where a time is infinite and the loss is a
/// cross-entropy: its outputs grow for ever (as ln t where the kernel can fit the targets).
void checkFlowOptions(const FlowOptions &flow, const PredictOptions &options);

/// One training set. Throws Error for shapes, options and targets, for what is not finite, and where a flow takes more
/// than maximumSteps; of mse at infinite time where the kernel has no inverse.
class GradientFlow {
public:
  /// `kernel`: n x n, exactly symmetric; it must outlive solve(). `targets`: n x outputs, as the loss knows them.
  /// `initial`: f(0), n x outputs; with no rows: all 0. Of `options` the covariance is ignored.
  GradientFlow(const KernelView &kernel, const Eigen::Ref<const RowMatrix> &targets, const PredictOptions &options,
               const FlowOptions &flow, const RowMatrix &initial = {});

  /// Finds f and G at all times, once. The other functions call it where they need it.
  void solve();

  /// f at each time: n x outputs. With a regularisation testOutputs of the same examples are others: those of the
  /// kernel without it.
  const std::vector<RowMatrix> &trainOutputs();

  /// The outputs of m test examples at each time, m x outputs. `kernel`: m x n, of test and training examples;
  /// `initial`: their outputs at time 0; with no rows: all 0.
  std::vector<RowMatrix> testOutputs(const KernelView &kernel, const RowMatrix &initial = {});

  /// What was added to the diagonal of the kernel, an absolute number.
  double noise() const { return regularization; }
  /// The largest eigenvalue of the kernel without regularisation, where it was solved in closed form.
  std::optional<double> largestEigenvalue() const { return largest; }
  /// Steps that the integration tried; 0 where there was none.
  int64_t steps() const { return tried; }

private:
  const char *kernelName() const { return options.kernel == PredictKernel::nngp ? "nngp" : "ntk"; }
  /// Of the largest possible double where the product overflows.
  double scaled(double time, double unit) const;
  void checkShapes() const;
  void solveTiled();
  void solveEigen();
  void integrate();
  [[noreturn]] void reportSteps(double wanted, double reached) const;

  KernelView kernel;
  RowMatrix y, start;
  PredictOptions options;
  FlowOptions flow;
  Residual residual;
  double meanDiagonal = 0, regularization = 0;
  std::optional<double> largest;
  int64_t tried = 0;
  bool solved = false;
  std::vector<RowMatrix> outputs;         ///< for each time
  std::vector<Eigen::MatrixXd> integrals; ///< G, for each time
};

/// Bytes that a GradientFlow and its predictions of m examples need beside the kernels, at most.
double flowBytes(int64_t trainCount, int64_t testCount, int64_t outputs, const PredictOptions &options,
                 const FlowOptions &flow);

/// 1 - phi(time) of a damped oscillator phi'' = -stiffness phi - friction phi' from phi = 1 at rest. All of them are >=
/// 0, friction and stiffness not both 0; time may be infinite. To about 1e-11 of itself.
double oscillatorProgress(double stiffness, double friction, double time);

} // namespace inet

#endif // INET_RUNTIME_PREDICT_GRADIENTFLOW_H
