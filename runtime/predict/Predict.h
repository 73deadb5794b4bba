// What an infinite ensemble of infinitely wide networks, trained by gradient flow on the mean squared error, predicts.
//
// With Theta the kernel that is asked for (nngp, or ntk also for ntkgp) plus its regularisation, K the nngp, subscripts
// t for test and d for training examples, N = n_train x outputs, and the decay f(tau) = (1 - exp(-tau Theta / N))
// Theta^-1, f(inf) = Theta^-1, at tau = learning rate x time (Lee et al. 2019, arXiv:1902.06720, eqs. 10-11 and 15-16;
// Rasmussen and Williams 2006, eqs. 2.23-2.24):
//
//   mean                   Theta_td f(tau) y
//   covariance, nngp       K_tt - K_td f(2 tau) K_dt;  ntkgp: the same of the ntk in the place of K
//   covariance, ntk        K_tt + A^T K_dd A - A^T K_dt - K_td A,   A = f(tau) Theta_dt
//
// Only Theta carries the regularisation: no Theta_td, no K. These are the meanings of gp_inference and
// gradient_descent_mse_ensemble of Neural Tangents 0.6.5. The training set is predicted as any other examples would be,
// which smooths its targets; predictNoisyTargets is what that library does with it.
#ifndef INET_RUNTIME_PREDICT_PREDICT_H
#define INET_RUNTIME_PREDICT_PREDICT_H

#include "runtime/Error.h"
#include "runtime/kernel/Precision.h"
#include "runtime/linalg/Cholesky.h"
#include "runtime/linalg/SquareBuffer.h"
#include "runtime/predict/KernelView.h"
#include "runtime/predict/Rounding.h"
#include "runtime/predict/Spectrum.h"

#include <Eigen/Core>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

namespace inet {

using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// nngp: the Gaussian process of the network before training, or of training its last layer; ntk: an ensemble of
/// trained networks; ntkgp: a Gaussian process whose covariance is the ntk ("ntkgp" of Neural Tangents' gp_inference).
enum class PredictKernel { nngp, ntk, ntkgp };
enum class Covariance { none, diagonal, full };

struct PredictOptions {
  PredictKernel kernel = PredictKernel::nngp;
  Precision precision = Precision::automatic; ///< that the kernels are to be computed in; solves are in f64
  /// What is added to the diagonal of the training kernel: this number times the mean of that diagonal, or this number.
  double diagReg = 0;
  bool diagRegAbsolute = false;
  /// diagReg is found instead: the smallest of 1, 2, 5 times a power of ten with which the rounding of the kernel moves
  /// no mean by more than 1e-3 (RoundingError).
  bool diagRegAuto = false;
  /// Each >= 0 or infinity, in units of 1 / learningRate.
  std::vector<double> times = {std::numeric_limits<double>::infinity()};
  double learningRate = 1;
  Covariance covariance = Covariance::none;
  /// Classes are learnt by a DirichletClassifier (Dirichlet.h) with this alpha_eps; a Predictor takes no notice of it.
  std::optional<double> alphaEps;
  int threads = 1; ///< never changes a bit of a result
};

/// Throws Error for a diag_reg that is negative, infinite or a nan.
void checkDiagReg(const PredictOptions &options);
/// That, and for a learning rate that is not a finite number above 0, and where there is no time; the times themselves
/// depend on what is trained.
void checkTraining(const PredictOptions &options);

/// The kernels of the n training examples with themselves, n x n, exactly symmetric. Needed are the one that
/// PredictOptions asks for (of ntkgp the ntk), and nngp where the covariance of ntk is wanted.
struct TrainKernels {
  KernelView nngp, ntk;
  /// The data of the kernel that PredictOptions asks for, where that is f64 without gaps between its rows and may be
  /// destroyed: the factor then takes its place, which saves an n x n matrix. Null otherwise.
  double *overwrite = nullptr;
  /// Whether the entries were computed in f32, whatever they are stored as: their rounding.
  bool singlePrecision = false;
};

/// The kernels of m test examples: with the training examples, m x n (needed as in TrainKernels), and the nngp, of
/// ntkgp the ntk, of the test examples with themselves: m x m for a full covariance, for a diagonal one its diagonal, m
/// numbers.
struct TestKernels {
  KernelView nngp, ntk;
  KernelView nngpTestTest;
  Eigen::VectorXd nngpTestDiagonal;
};

/// Variances that rounding left below 0: they are returned as 0.
struct NegativeVariances {
  int64_t count = 0;
  double least = 0;
};

/// Outputs are independent of each other and share one covariance, unless `outputVariance` is there.
struct Prediction {
  std::vector<double> times;
  std::vector<RowMatrix> mean;             ///< for each time: m x outputs
  std::vector<Eigen::MatrixXd> covariance; ///< for each time: m x m (full), m x 1 (diagonal); empty (none)
  std::vector<RowMatrix> outputVariance;   ///< for each time: m x outputs, of a DirichletClassifier; else empty
  std::vector<RoundingError> rounding;     ///< for each time; of test examples: of some of them
  NegativeVariances negative;              ///< at all times
};

/// Predictions of each training example from all others, at infinite time (Rasmussen and Williams 2006, eq. 5.12).
struct LeaveOneOut {
  RowMatrix mean;           ///< n x outputs
  Eigen::VectorXd variance; ///< n, without noise; empty where there is none
};

/// For each number of training examples.
struct LeadingPredictions {
  std::vector<RowMatrix> mean;           ///< m x outputs
  std::vector<Eigen::VectorXd> variance; ///< m; of the nngp, where a covariance was asked for, else empty
};

/// The training kernel plus its regularisation is not positive definite. The message is a whole line for the user.
struct NotPositiveDefinite : Error {
  NotPositiveDefinite(const std::string &message, int64_t minor, std::optional<double> eigenvalue,
                      std::optional<double> diagReg)
      : Error(message), failingMinor(minor), smallestEigenvalue(eigenvalue), sufficientDiagReg(diagReg) {}

  int64_t failingMinor;                     ///< the order of the first leading minor that is not positive
  std::optional<double> smallestEigenvalue; ///< of the regularised kernel, for n up to 2,048
  /// Predictor::findDiagReg(0.01). For n up to 8,192; absent too where none will do.
  std::optional<double> sufficientDiagReg;
};

/// Bytes that a Predictor and one prediction on m test examples need beside the kernels, at most, to be compared with
/// the memory that is there: the factor and the eigenvectors (n x n each, of those that the times ask for; dsyevd's
/// workspace is two more while it runs), three n x m matrices for a full covariance, and the results.
double predictBytes(int64_t trainCount, int64_t testCount, int64_t outputs, const PredictOptions &options,
                    bool overwrite);

/// One training set. Throws Error for shapes, options and values that are not finite, for an n beyond LAPACK, and, as
/// NotPositiveDefinite, where there is no Cholesky factor; std::bad_alloc where predictBytes are not there.
class Predictor {
public:
  /// `targets`: n x outputs. The kernels must outlive the predictor. Checks, but does not solve.
  Predictor(const TrainKernels &kernels, const Eigen::Ref<const RowMatrix> &targets, const PredictOptions &options);

  /// Factors the training kernel (Cholesky for infinite time) and finds its eigenvectors (finite times), once. The
  /// other functions call it where they need it; call it to time it.
  void solve();

  Prediction predictTest(const TestKernels &kernels);

  /// On the training set, as predictTest would for the same examples.
  Prediction predictTrain();
  /// What the targets of the training set themselves, with their noise, are predicted to be: the regularisation counts
  /// as part of every kernel. At infinite time the targets, with variance 0.
  Prediction predictNoisyTargets();

  /// ln p(y) in nats, the sum over outputs, each a draw of a Gaussian process with this kernel and the regularisation
  /// as noise (Rasmussen and Williams 2006, eq. 2.30). Infinite time must be among the times.
  double logMarginalLikelihood();

  /// The variances, where a covariance was asked for, are of the nngp [A^-1]_ii^-1 without the noise, of the ntk
  /// [A^-1 K A^-1]_ii / [A^-1]_ii^2, with A the regularised kernel. n^3 / 3 operations, of the ntk's variances 4 n^3.
  /// Infinite time must be among the times.
  LeaveOneOut leaveOneOut();

  /// N / (learning rate mu) of the largest and the smallest eigenvalue mu of the regularised kernel that is not 0: the
  /// times in which what is learnt first and last is learnt. Finite times must be among the times.
  std::pair<double, double> timeScales();
  /// Other times from now on: as many, as many of them infinite.
  void setTimes(std::vector<double> times);

  /// What the first sizes[k] training examples alone would predict at infinite time, with the same noise: the leading
  /// block of a Cholesky factor is the factor of the leading block. Sizes ascend, from 1 to n. Infinite time must be
  /// among the times.
  LeadingPredictions predictLeading(const TestKernels &kernels, const std::vector<int64_t> &sizes);

  /// The smallest diag_reg, as PredictOptions counts it, with which the training kernel has a Cholesky factor and its
  /// rounding moves the means of the training set by at most `bound` (RoundingError::mean): of 1, 2, 5 times the powers
  /// of ten, not below 1e-7 (f32) or 1e-16 (f64) of the mean diagonal, which is what rounding left of the entries;
  /// found by some 6 factorisations. Absent where none will do. Whatever was solved before is lost.
  std::optional<double> findDiagReg(double bound);
  /// RoundingError::mean of the training set, at the time at which it is largest.
  double trainingRounding();
  /// The rounding of an f64 kernel over that of this one.
  double roundingInF64() const;
  /// diag_reg as it was asked for or found.
  double diagReg() const { return options.diagReg; }

  /// The largest eigenvalue of the training kernel without regularisation, where it was solved for finite times.
  std::optional<double> largestEigenvalue() const {
    return spectrum ? std::optional(spectrum->values()(y.rows() - 1)) : std::nullopt;
  }

  /// What was added to the diagonal of the training kernel, an absolute number. In the view of Gaussian processes it is
  /// the variance of the noise of the targets.
  double noise() const { return regularization; }

private:
  const KernelView &trainKernel() const;
  const KernelView &testKernel(const TestKernels &kernels) const;
  const char *kernelName() const { return options.kernel == PredictKernel::nngp ? "nngp" : "ntk"; }
  /// Of the covariance before training.
  const char *priorName() const { return options.kernel == PredictKernel::ntkgp ? "ntk" : "nngp"; }
  bool needsNngp() const {
    return options.kernel == PredictKernel::nngp ||
           (options.kernel == PredictKernel::ntk && options.covariance != Covariance::none);
  }
  bool wantsCholesky() const;
  bool wantsEigenvectors() const;
  double scaledTime(double time) const;

  void checkOptions() const;
  void checkTrainKernels() const;
  void checkTestKernels(const TestKernels &kernels) const;

  void requireFinite(const Eigen::Map<Eigen::MatrixXd> &kernel) const;
  void loadTrainKernel(Eigen::Map<Eigen::MatrixXd> out, double shift) const;
  void setDiagReg(double diagReg);
  void chooseDiagReg();
  std::optional<double> findDiagRegTiled(double bound);
  void solveTiled();
  void findEigenvectors();
  void factorize();
  [[noreturn]] void reportIndefinite(int64_t failingMinor);
  double meanRounding(const Eigen::Ref<const Eigen::MatrixXd> &alpha) const;

  Eigen::VectorXd regularized() const { return spectrum->values().array() + regularization; }
  Eigen::MatrixXd applyDecay(double time, const Eigen::Ref<const Eigen::MatrixXd> &b) const;
  Eigen::MatrixXd solvedTargets();
  LeaveOneOut leaveOneOutTiled();
  LeadingPredictions predictLeadingTiled(const TestKernels &kernels, const std::vector<int64_t> &sizes);
  Prediction predictTestTiled(const TestKernels &kernels);
  Prediction predictTrainTiled(bool noisy);
  void addTestCovariance(const TestKernels &kernels, int64_t begin, int64_t count, Prediction &out) const;
  Eigen::MatrixXd trainCovariance(double time, double smoothing) const;
  void estimateRounding(const TestKernels &kernels, const Eigen::MatrixXd &solved, Prediction &out) const;

  TrainKernels train;
  RowMatrix y;
  PredictOptions options;
  Eigen::VectorXd diagonal; ///< of the training kernel, without regularisation
  double regularization = 0;

  SquareBuffer factorBuffer;
  std::optional<Cholesky> cholesky;
  std::optional<Spectrum> spectrum;
  Eigen::MatrixXd rotatedTargets; ///< V^T y
};

} // namespace inet

#endif // INET_RUNTIME_PREDICT_PREDICT_H
