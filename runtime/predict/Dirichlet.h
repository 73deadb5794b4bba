// Classes learnt by Gaussian processes, one each, whose softmax is meant to be a Dirichlet distribution: each example's
// class counts as one observation of it, and the noise of the targets follows from that (Milios et al. 2018, Dirichlet-
// based Gaussian processes for large-scale calibrated classification, arXiv:1805.10915, eqs. 5-8).
//
// With alpha_ic = alpha_eps + [example i is of class c], class c has the targets and the variances of their noise
//
//   y_ic = ln alpha_ic - s2_ic / 2,   s2_ic = ln(1 / alpha_ic + 1),
//
// of the log-normal distribution that has the mean and the variance of a Gamma(alpha_ic, 1). With A_c = s K +
// diag(s2_c) for a kernel K, its scale s and a prior mean m_c, the output of class c for a test example t is a Gaussian
// of
//
//   mean        m_c + s K_td A_c^-1 (y_c - m_c)
//   variance    s K_tt - s K_td A_c^-1 s K_dt,
//
// independent of the other classes, and probabilities are the mean of the softmax over them (logProbabilities).
#ifndef INET_RUNTIME_PREDICT_DIRICHLET_H
#define INET_RUNTIME_PREDICT_DIRICHLET_H

#include "runtime/predict/Predict.h"

#include <Eigen/Core>
#include <cstdint>
#include <optional>
#include <vector>

namespace inet {

/// What a Dirichlet classification found out about itself.
struct DirichletFacts {
  double alphaEps = 0;
  double classNoise = 0, otherNoise = 0; ///< s2 of an example's class, and of the other classes
  /// s, a power of 4: with it the targets of `scaleExamples` training examples are most probable.
  double scale = 1;
  double scaledDiagonal = 0; ///< s times the mean of the training kernel's diagonal: the prior variance of an output
  int64_t scaleExamples = 0;
  double evidence = 0; ///< ln p(y) of those examples in nats, the sum over classes
};

/// s2 of a class with this alpha > 0, and its target.
double dirichletNoise(double alpha);
double dirichletTarget(double alpha);

/// A target for each class that its Gaussian process goes back to far from all training examples: ln of the class's
/// share of the examples, (n_c + alpha_eps) / (n + classes alpha_eps), plus one number for all classes, with which the
/// mean of all y_ic - m_c is 0. The softmax is then these shares where a kernel knows nothing, as the class of an
/// unknown example is likely to be; with a prior mean of 0 a class would be more probable there than after one example
/// of any other. (So does the code of the paper's authors, without alpha_eps.) `counts`: n_c.
Eigen::VectorXd dirichletPriorMeans(const Eigen::Ref<const Eigen::VectorXd> &counts, double alphaEps);

/// Up to `most` examples, ascending: the first of each class, then the second of each, and so on.
std::vector<int64_t> leadingBalanced(const std::vector<int64_t> &classes, int64_t most);

/// Bytes that a DirichletClassifier and one prediction on m test examples need beside the kernels, at most: one factor
/// at a time (none, where it takes the place of the kernel), that of the examples that choose the scale, and the
/// results.
double dirichletBytes(int64_t trainCount, int64_t testCount, int64_t classes, bool overwrite);

/// One training set. Of the options, `kernel` names the kernel, whether nngp or ntk, for messages; alphaEps must be
/// there; diagReg is added to the diagonal of the training kernel before it is scaled, as noise that all classes share;
/// threads never change a bit of a result. The others do not count. Throws Error for shapes, options and values that
/// are not finite, for an n beyond LAPACK, and where a kernel is not positive semidefinite; std::bad_alloc where
/// dirichletBytes are not there.
///
/// Each prediction factors the kernel once for each class: n^3 / 3 operations.
class DirichletClassifier {
public:
  /// `kernels`: that of options.kernel must be there. `labels`: n classes, from 0. The kernels must outlive the
  /// classifier. Checks, but does not solve.
  DirichletClassifier(const TrainKernels &kernels, std::vector<int64_t> labels, int64_t classes,
                      const PredictOptions &options);

  /// Chooses the scale, once, by the evidence of up to 1,000 leadingBalanced examples as if they were all: of the
  /// powers of 4 that make the mean of the kernel's diagonal about 2^-8 to 2^16 the first, from 16 on upwards or else
  /// downwards, that is better than the next. The other functions call it where they need it; call it to time it.
  void chooseScale();
  const DirichletFacts &facts() const { return facts_; }
  const Eigen::VectorXd &priorMeans() const { return priorMeans_; }

  /// `testTrain`: m x n; `testDiagonal`: the same kernel of the test examples with themselves.
  /// Prediction::outputVariance has the variances, without noise.
  Prediction predictTest(const KernelView &testTrain, const Eigen::Ref<const Eigen::VectorXd> &testDiagonal);
  /// On the training set, as predictTest would for the same examples.
  Prediction predictTrain() { return predictTrain(false); }
  /// Of each training example from all others (Rasmussen and Williams 2006, eq. 5.12), with the prior means and the
  /// scale that all of them have chosen.
  Prediction leaveOneOut() { return predictTrain(true); }

  /// As those of Predictor. The noise is what diagReg adds, before the scale.
  double noise() const { return regularization_; }
  double roundingInF64() const;

private:
  const KernelView &kernel() const { return options_.kernel == PredictKernel::nngp ? train_.nngp : train_.ntk; }
  const char *kernelName() const { return options_.kernel == PredictKernel::nngp ? "nngp" : "ntk"; }
  void check() const;
  /// s2 of class c for these examples, and what diagReg adds.
  Eigen::VectorXd noiseOf(const std::vector<int64_t> &labels, int64_t c, double scale) const;
  Eigen::VectorXd targetsOf(const std::vector<int64_t> &labels, int64_t c) const;
  Eigen::VectorXd priorMeansOf(const std::vector<int64_t> &labels) const;
  double evidenceOf(const std::vector<int64_t> &examples, double scale, Eigen::Map<Eigen::MatrixXd> buffer) const;
  void chooseScaleTiled();
  Cholesky factorize(int64_t c);
  Prediction predictTestTiled(const KernelView &testTrain, const Eigen::Ref<const Eigen::VectorXd> &testDiagonal);
  Prediction predictTrain(bool leaveOneOut);
  Prediction predictTrainTiled(bool leaveOneOut);
  RoundingError roundingOfExample(const Eigen::Ref<const Eigen::VectorXd> &weights,
                                  const Eigen::Ref<const Eigen::MatrixXd> &alpha,
                                  const Eigen::Ref<const RowMatrix> &residual, const Eigen::VectorXd &roots,
                                  double prior, double mean) const;

  TrainKernels train_;
  std::vector<int64_t> labels_;
  int64_t classes_;
  PredictOptions options_;
  Eigen::VectorXd diagonal_; ///< of the training kernel, without regularisation
  double regularization_ = 0;
  Eigen::VectorXd priorMeans_;
  DirichletFacts facts_;
  SquareBuffer factor_;
};

} // namespace inet

#endif // INET_RUNTIME_PREDICT_DIRICHLET_H
