#include "runtime/predict/Probabilities.h"

#include "runtime/Error.h"
#include "runtime/linalg/Parts.h"
#include "runtime/linalg/Workers.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numbers>
#include <random>

namespace inet {
namespace {

/// Calls work(part) for parts of [0, count) on so many threads.
template <class Work> void inParallel(int64_t count, int threads, const Work &work) {
  Workers(std::max(1, threads)).run([&] { forEachPart(count, 64, work); });
}

/// ln E softmax(f), f_c ~ N(mean_c, deviation_c^2), of one example.
class SampledSoftmax {
public:
  SampledSoftmax(int64_t classes, const ProbabilityOptions &options)
      : seed_(options.seed), noise_(std::max(1, (options.samples + 1) / 2), classes),
        draws_(2 * noise_.rows(), classes) {}

  void compute(const Eigen::ArrayXd &mean, const Eigen::ArrayXd &deviation, int64_t example, Eigen::ArrayXd &out) {
    if ((deviation == 0).all()) {
      const double largest = mean.maxCoeff();
      out = mean - largest - std::log((mean - largest).exp().sum());
      return;
    }
    drawNoise(example);
    for (int64_t c = 0; c < mean.size(); ++c) {
      draws_.col(c).head(noise_.rows()) = mean(c) + deviation(c) * noise_.col(c);
      draws_.col(c).tail(noise_.rows()) = mean(c) - deviation(c) * noise_.col(c);
    }
    largest_ = draws_.rowwise().maxCoeff();
    draws_.colwise() -= largest_;
    weights_ = draws_.exp();
    totals_ = weights_.rowwise().sum();
    for (int64_t c = 0; c < mean.size(); ++c) {
      const double probability = (weights_.col(c) / totals_).mean();
      out(c) = std::log(probability);
      if (probability < 1e-280) { // it may have lost digits, or all of them
        const Eigen::ArrayXd logarithms = draws_.col(c) - totals_.log();
        const double best = logarithms.maxCoeff();
        out(c) = best + std::log((logarithms - best).exp().mean());
      }
    }
  }

private:
  /// Of an example of its own: samples of one do not depend on how many others there are.
  void drawNoise(int64_t example) {
    std::seed_seq seeds{uint32_t(seed_), uint32_t(seed_ >> 32), uint32_t(example), uint32_t(uint64_t(example) >> 32)};
    std::mt19937_64 engine(seeds);
    std::normal_distribution<double> normal;
    std::generate(noise_.data(), noise_.data() + noise_.size(), [&] { return normal(engine); });
  }

  uint64_t seed_;
  Eigen::ArrayXXd noise_;           // half as many rows as samples: the others are mirror images
  Eigen::ArrayXXd draws_, weights_; // samples x classes
  Eigen::ArrayXd largest_, totals_; // of each sample
};

double deviationOf(const Eigen::Ref<const RowMatrix> &variance, int64_t example, int64_t column, double temperature) {
  return variance.size() == 0 ? 0 : std::sqrt(std::max(variance(example, column), 0.0)) / temperature;
}

void check(const Eigen::Ref<const RowMatrix> &mean, const Eigen::Ref<const RowMatrix> &variance,
           const ProbabilityOptions &options) {
  if (mean.cols() == 0)
    throw Error("probabilities of no class are undefined");
  if (variance.size() != 0 &&
      (variance.rows() != mean.rows() || (variance.cols() != 1 && variance.cols() != mean.cols())))
    throw Error(fmt::format("there are {} x {} variances for {} test examples; {} x 1 or {} x {} expected",
                            variance.rows(), variance.cols(), mean.rows(), mean.rows(), mean.rows(), mean.cols()));
  if (!(options.temperature > 0) || std::isinf(options.temperature))
    throw Error(fmt::format("the temperature is {}, expected a number > 0", options.temperature));
  if (options.samples < 1)
    throw Error(fmt::format("{} samples found, at least 1 expected", options.samples));
}

/// write(example, classes' ln p): of every example.
template <class Write>
void forEachExample(const Eigen::Ref<const RowMatrix> &mean, const Eigen::Ref<const RowMatrix> &variance,
                    const ProbabilityOptions &options, const Write &write) {
  inParallel(mean.rows(), options.threads, [&](Part examples) {
    SampledSoftmax softmax(mean.cols(), options);
    Eigen::ArrayXd scaled, deviations(mean.cols()), out(mean.cols());
    for (int64_t i = examples.begin; i < examples.begin + examples.count; ++i) {
      scaled = mean.row(i).transpose().array() / options.temperature;
      for (int64_t c = 0; c < mean.cols(); ++c)
        deviations(c) = deviationOf(variance, i, std::min(c, variance.cols() - 1), options.temperature);
      softmax.compute(scaled, deviations, i, out);
      write(i, out);
    }
  });
}

/// ln p of one of two classes: the logistic function of their difference, whose variance is the sum of theirs.
double logOfTwo(const Eigen::Ref<const RowMatrix> &mean, const Eigen::Ref<const RowMatrix> &variance,
                double temperature, int64_t example, int64_t which) {
  const double difference = (mean(example, which) - mean(example, 1 - which)) / temperature;
  if (variance.cols() == 1)
    return logMeanLogistic(difference, std::numbers::sqrt2 * deviationOf(variance, example, 0, temperature));
  return logMeanLogistic(difference, std::hypot(deviationOf(variance, example, 0, temperature),
                                                deviationOf(variance, example, 1, temperature)));
}

} // namespace

double logMeanLogistic(double mean, double deviation) {
  const auto logLogistic = [](double x) { return std::min(x, 0.0) - std::log1p(std::exp(-std::abs(x))); };
  if (!(deviation > 0))
    return logLogistic(mean);
  // ln logistic(mean + deviation z) - z^2 / 2 is concave, its second derivative is at most -1, and its largest value is
  // within 1 of this z.
  const double peak = mean < 0 ? std::min(deviation, -mean / deviation) : 0;
  const double step = std::max(0.5 / std::max(deviation, 1.0), 0.005);
  const int64_t count = std::llround(20 / step) + 1;
  const double reference = logLogistic(mean + deviation * peak) - peak * peak / 2;
  const Eigen::ArrayXd z = Eigen::ArrayXd::LinSpaced(count, peak - 10, peak + 10);
  const Eigen::ArrayXd x = mean + deviation * z;
  const Eigen::ArrayXd exponent = x.min(0.0) - (-x.abs()).exp().log1p() - z.square() / 2 - reference;
  const double spacing = 20.0 / static_cast<double>(count - 1);
  return reference + std::log(exponent.exp().sum() * spacing / std::sqrt(2 * std::numbers::pi));
}

RowMatrix logProbabilities(const Eigen::Ref<const RowMatrix> &mean, const Eigen::Ref<const RowMatrix> &variance,
                           const ProbabilityOptions &options) {
  check(mean, variance, options);
  RowMatrix result(mean.rows(), mean.cols());
  if (mean.cols() == 2) {
    inParallel(mean.rows(), options.threads, [&](Part examples) {
      for (int64_t i = examples.begin; i < examples.begin + examples.count; ++i)
        for (int64_t c = 0; c < 2; ++c)
          result(i, c) = logOfTwo(mean, variance, options.temperature, i, c);
    });
    return result;
  }
  forEachExample(mean, variance, options,
                 [&](int64_t i, const Eigen::ArrayXd &out) { result.row(i) = out.matrix().transpose(); });
  return result;
}

Eigen::VectorXd logProbabilitiesOfClasses(const Eigen::Ref<const RowMatrix> &mean,
                                          const Eigen::Ref<const RowMatrix> &variance,
                                          const std::vector<int64_t> &classes, const ProbabilityOptions &options) {
  check(mean, variance, options);
  if (static_cast<int64_t>(classes.size()) != mean.rows())
    throw Error(fmt::format("there are {} classes for {} test examples", classes.size(), mean.rows()));
  Eigen::VectorXd result(mean.rows());
  if (mean.cols() == 2) {
    inParallel(mean.rows(), options.threads, [&](Part examples) {
      for (int64_t i = examples.begin; i < examples.begin + examples.count; ++i)
        result(i) = logOfTwo(mean, variance, options.temperature, i, classes[i]);
    });
    return result;
  }
  forEachExample(mean, variance, options, [&](int64_t i, const Eigen::ArrayXd &out) { result(i) = out(classes[i]); });
  return result;
}

double fitTemperature(const Eigen::Ref<const RowMatrix> &mean, const Eigen::Ref<const RowMatrix> &variance,
                      const std::vector<int64_t> &classes, const ProbabilityOptions &options) {
  ProbabilityOptions trial = options;
  trial.samples = std::min(options.samples, 128);
  const auto cost = [&](double logarithm) {
    trial.temperature = std::exp2(logarithm);
    return -logProbabilitiesOfClasses(mean, variance, classes, trial).mean();
  };
  constexpr double lowest = -9.965784284662087, highest = -lowest; // 1e-3 and 1e3
  double best = 0, least = cost(0);
  for (double logarithm = -9; logarithm <= 9; ++logarithm)
    if (const double found = cost(logarithm); found < least) {
      best = logarithm;
      least = found;
    }
  double left = std::max(best - 1, lowest), right = std::min(best + 1, highest);
  constexpr double section = 1 / std::numbers::phi;
  double a = right - section * (right - left), b = left + section * (right - left), costA = cost(a), costB = cost(b);
  while (right - left > 1e-3) {
    if (costA <= costB) {
      right = b;
      b = a;
      costB = costA;
      costA = cost(a = right - section * (right - left));
    } else {
      left = a;
      a = b;
      costA = costB;
      costB = cost(b = left + section * (right - left));
    }
  }
  return std::exp2((left + right) / 2);
}

std::string describeProbabilities(int64_t classes, bool hasVariance, const ProbabilityOptions &options) {
  const char *function = classes == 2 ? "logistic" : "softmax";
  if (!hasVariance)
    return fmt::format("{} of the mean", function);
  if (classes == 2)
    return "logistic, by quadrature over the predictive Gaussian";
  return fmt::format("softmax, mean of {} samples of the predictive Gaussian (seed {})",
                     2 * ((options.samples + 1) / 2), options.seed);
}

} // namespace inet
