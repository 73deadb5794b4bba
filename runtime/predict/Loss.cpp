#include "runtime/predict/Loss.h"

#include "runtime/predict/ClassScores.h"

#include <cmath>
#include <fmt/format.h>

namespace inet {

const char *nameOf(Loss loss) {
  switch (loss) {
  case Loss::mse:
    return "mse";
  case Loss::softmax:
    return "softmax";
  case Loss::logistic:
    return "logistic";
  }
  return "unknown";
}

static void checkTargets(Loss loss, const Eigen::Ref<const RowMatrix> &y) {
  if (y.size() == 0)
    throw Error(fmt::format("the targets are {} x {}, expected at least one row and one column", y.rows(), y.cols()));
  for (int64_t i = 0; i < y.rows(); ++i) {
    for (int64_t c = 0; c < y.cols(); ++c) {
      if (!std::isfinite(y(i, c)))
        throw Error(fmt::format("target [{}, {}] is {}, expected a finite number", i, c, y(i, c)));
      if (loss != Loss::mse && !(y(i, c) >= 0 && y(i, c) <= 1))
        throw Error(fmt::format("target [{}, {}] is {}, expected a probability from 0 to 1 for the loss {}", i, c,
                                y(i, c), nameOf(loss)));
    }
    // Onehot targets sum to 1 exactly; probabilities that were written with some digits nearly.
    if (const double sum = y.row(i).sum(); loss == Loss::softmax && std::abs(sum - 1) > 1e-6)
      throw Error(
          fmt::format("the targets of example {} sum to {}, expected probabilities of classes that sum to 1", i, sum));
  }
}

Residual::Residual(Loss loss, const Eigen::Ref<const RowMatrix> &targets) : loss(loss), y(targets) {
  checkTargets(loss, targets);
  if (loss == Loss::softmax) {
    y.array().colwise() /= y.rowwise().sum().eval().array();
    likeliest = largestOfRows(targets);
  }
}

double Residual::count() const { return static_cast<double>(loss == Loss::softmax ? y.rows() : y.size()); }

void Residual::compute(const Eigen::Ref<const Eigen::MatrixXd> &outputs, Eigen::Ref<Eigen::MatrixXd> out) const {
  switch (loss) {
  case Loss::mse:
    out = outputs - y;
    return;
  case Loss::softmax:
    computeSoftmax(outputs, out);
    return;
  case Loss::logistic:
    // (1 - y) p - y (1 - p): where y is 0 or 1 nothing is subtracted.
    out = (1 - y.array()) / (1 + (-outputs.array()).exp()) - y.array() / (1 + outputs.array().exp());
    return;
  }
}

void Residual::computeSoftmax(const Eigen::Ref<const Eigen::MatrixXd> &outputs, Eigen::Ref<Eigen::MatrixXd> out) const {
  out = outputs.colwise() - outputs.rowwise().maxCoeff();
  out = out.array().exp();
  const Eigen::ArrayXd sums = out.rowwise().sum();
  out.array().colwise() /= sums;
  out -= y;
  // p - 1 of the class that an example has lost its digits once p is nearly 1; the others sum to it.
  for (int64_t i = 0; i < out.rows(); ++i) {
    double others = 0;
    for (int64_t c = 0; c < out.cols(); ++c)
      if (c != likeliest[i])
        others += out(i, c);
    out(i, likeliest[i]) = -others;
  }
}

} // namespace inet
