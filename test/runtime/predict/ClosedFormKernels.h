// The kernels of small fully connected networks by their closed forms, in long double: what a compiled network would
// hand to the predictor.
#ifndef INET_TEST_RUNTIME_PREDICT_CLOSEDFORMKERNELS_H
#define INET_TEST_RUNTIME_PREDICT_CLOSEDFORMKERNELS_H

#include "runtime/predict/Predict.h"

#include <cmath>
#include <numbers>

namespace inet::testing {

enum class Nonlinearity { relu, erf };

struct Network {
  Nonlinearity nonlinearity;
  int hiddenLayers;
  long double weightStd, biasStd;
};

struct KernelPair {
  RowMatrix nngp, ntk;
};

/// The NNGP and NTK of one pair: q, q' are the variances, k and theta the pair's.
struct PairState {
  long double q, qOther, k, theta;
};

inline void applyDense(PairState &s, const Network &net) {
  const long double w2 = net.weightStd * net.weightStd, b2 = net.biasStd * net.biasStd;
  s.theta = w2 * s.theta + w2 * s.k + b2;
  s.k = w2 * s.k + b2;
  s.q = w2 * s.q + b2;
  s.qOther = w2 * s.qOther + b2;
}

/// Cho and Saul 2009, degree 1.
inline void applyRelu(PairState &s) {
  const long double pi = std::numbers::pi_v<long double>;
  const long double product = s.q * s.qOther;
  const long double sine = std::sqrt(std::max(product - s.k * s.k, 0.0L)); // times sqrt(q q')
  const long double angle = std::atan2(sine, s.k);
  s.theta *= (pi - angle) / (2 * pi);
  s.k = (sine + (pi - angle) * s.k) / (2 * pi);
  s.q /= 2;
  s.qOther /= 2;
}

/// Williams 1997, eq. 11.
inline void applyErf(PairState &s) {
  const long double pi = std::numbers::pi_v<long double>;
  const long double product = (1 + 2 * s.q) * (1 + 2 * s.qOther);
  s.theta *= 4 / (pi * std::sqrt(product - 4 * s.k * s.k));
  s.k = 2 / pi * std::asin(2 * s.k / std::sqrt(product));
  s.q = 2 / pi * std::asin(2 * s.q / (1 + 2 * s.q));
  s.qOther = 2 / pi * std::asin(2 * s.qOther / (1 + 2 * s.qOther));
}

/// dense, then hiddenLayers times (nonlinearity, dense), between the rows of x1 and of x2.
inline KernelPair computeKernels(const Network &net, const RowMatrix &x1, const RowMatrix &x2) {
  KernelPair out{RowMatrix(x1.rows(), x2.rows()), RowMatrix(x1.rows(), x2.rows())};
  const auto covariance = [](const RowMatrix &a, Eigen::Index i, const RowMatrix &b, Eigen::Index j) {
    return a.row(i).cast<long double>().dot(b.row(j).cast<long double>()) / static_cast<long double>(a.cols());
  };
  for (Eigen::Index i = 0; i < x1.rows(); ++i)
    for (Eigen::Index j = 0; j < x2.rows(); ++j) {
      PairState s{covariance(x1, i, x1, i), covariance(x2, j, x2, j), covariance(x1, i, x2, j), 0};
      applyDense(s, net);
      for (int layer = 0; layer < net.hiddenLayers; ++layer) {
        net.nonlinearity == Nonlinearity::relu ? applyRelu(s) : applyErf(s);
        applyDense(s, net);
      }
      out.nngp(i, j) = static_cast<double>(s.k);
      out.ntk(i, j) = static_cast<double>(s.theta);
    }
  return out;
}

} // namespace inet::testing

#endif // INET_TEST_RUNTIME_PREDICT_CLOSEDFORMKERNELS_H
