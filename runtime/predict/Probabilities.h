// Probabilities of classes from a predictive Gaussian: the mean of the softmax of what it draws.
#ifndef INET_RUNTIME_PREDICT_PROBABILITIES_H
#define INET_RUNTIME_PREDICT_PROBABILITIES_H

#include "runtime/predict/Predict.h"

#include <Eigen/Core>
#include <cstdint>
#include <string>
#include <vector>

namespace inet {

struct ProbabilityOptions {
  double temperature = 1; ///< > 0: outputs are divided by it
  /// Draws for each example where there are more than two classes: half of them from a generator that is seeded by
  /// `seed` and the index of the example, the others their mirror images about the mean.
  int samples = 512;
  uint64_t seed = 1;
  int threads = 1; ///< what comes out does not depend on it
};

/// ln E[1 / (1 + exp(-x))] of x ~ N(mean, deviation^2), to about 13 digits for a deviation up to 100 and 1e-3 beyond,
/// however small the expectation is. By the trapezoidal rule on the 20 standard deviations about the largest value of
/// the integrand, which is analytic with poles at +-i pi: the error falls as exp(-2 pi^2 / step) (Trefethen and
/// Weideman 2014, theorem 5.1).
double logMeanLogistic(double mean, double deviation);

/// ln E[softmax(f / temperature)] for independent f_c ~ N(mean_c, variance_c), m x classes numbers, none of them
/// infinite. `mean`: m x classes; `variance`: m numbers that the classes share, or m x classes, those below 0 count as
/// 0; empty: all are 0. Of two classes the logistic function of their difference by logMeanLogistic, of more the mean
/// over samples. Throws Error for wrong shapes and a temperature that is not above 0.
RowMatrix logProbabilities(const Eigen::Ref<const RowMatrix> &mean, const Eigen::Ref<const RowMatrix> &variance,
                           const ProbabilityOptions &options);

/// Of each example only that of its class, from 0.
Eigen::VectorXd logProbabilitiesOfClasses(const Eigen::Ref<const RowMatrix> &mean,
                                          const Eigen::Ref<const RowMatrix> &variance,
                                          const std::vector<int64_t> &classes, const ProbabilityOptions &options);

/// The temperature, from 1e-3 to 1e3, with which `classes` are most probable, to 1e-3 of itself: the best of a grid of
/// powers of 2, refined by golden sections (Guo et al. 2017, section 4.2). At most 128 samples.
double fitTemperature(const Eigen::Ref<const RowMatrix> &mean, const Eigen::Ref<const RowMatrix> &variance,
                      const std::vector<int64_t> &classes, const ProbabilityOptions &options);

/// How they were made, for people: "softmax, mean of 512 samples of the predictive Gaussian (seed 1)".
std::string describeProbabilities(int64_t classes, bool hasVariance, const ProbabilityOptions &options);

} // namespace inet

#endif // INET_RUNTIME_PREDICT_PROBABILITIES_H
