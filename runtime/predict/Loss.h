// What training minimises, and its gradient in the outputs.
#ifndef INET_RUNTIME_PREDICT_LOSS_H
#define INET_RUNTIME_PREDICT_LOSS_H

#include "runtime/predict/Predict.h"

namespace inet {

/// Of outputs f and targets y, both n x outputs:
///   mse       the mean over examples and outputs of (f - y)^2 / 2
///   softmax   the mean over examples of -sum_c y_c ln softmax(f)_c; y are probabilities of classes, such as onehot
///   logistic  the mean over examples and outputs of ln(1 + e^f) - y f; y is the probability, 0 to 1, of a yes
enum class Loss { mse, softmax, logistic };

/// "mse", "softmax" or "logistic".
const char *nameOf(Loss loss);

/// The gradient of a loss without the 1/n or 1/(n x outputs) of its mean: f - y, softmax(f) - y, 1 / (1 + e^-f) - y.
/// Each of them keeps its digits where an output has nearly learnt its target.
class Residual {
public:
  /// `targets`: n x outputs. Throws Error where there are none, and for targets that the loss does not know.
  Residual(Loss loss, const Eigen::Ref<const RowMatrix> &targets);

  /// The number that the mean is taken over: the examples (softmax), or examples x outputs.
  double count() const;

  /// out := the gradient at `outputs`, n x outputs.
  void compute(const Eigen::Ref<const Eigen::MatrixXd> &outputs, Eigen::Ref<Eigen::MatrixXd> out) const;

private:
  void computeSoftmax(const Eigen::Ref<const Eigen::MatrixXd> &outputs, Eigen::Ref<Eigen::MatrixXd> out) const;

  Loss loss;
  Eigen::MatrixXd y;
  std::vector<int64_t> likeliest; ///< of softmax: the class with the largest target of each example
};

} // namespace inet

#endif // INET_RUNTIME_PREDICT_LOSS_H
