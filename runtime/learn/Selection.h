// How well kernels do on one training set, with the regularisation that suits each best.
#ifndef INET_RUNTIME_LEARN_SELECTION_H
#define INET_RUNTIME_LEARN_SELECTION_H

#include "runtime/kernel/KernelMatrix.h"
#include "runtime/learn/TrainingSet.h"
#include "runtime/predict/HeldOut.h"

namespace inet {

enum class SelectionMethod {
  evidence,    ///< how likely the kernel makes all targets; of the nngp
  leaveOneOut, ///< each example is predicted from all others
  validation   ///< some examples are predicted from the others
};

struct SelectionOptions {
  SelectionMethod method = SelectionMethod::leaveOneOut;
  /// Whether predictions are judged by their likelihood, else by their error.
  bool likelihood = false;
  /// Taken as the covariance of a Gaussian process, also the ntk.
  PredictKernel kernel = PredictKernel::ntk;
  std::vector<double> diagRegs; ///< each above 0, times the mean of the training kernel's diagonal
  double heldOut = 0.2;         ///< of validation: the share of the examples
  uint64_t seed = 0;            ///< of the order of the examples
};

/// How good one regularisation is; the smaller the better, a nan where it cannot be said.
struct SelectionScore {
  double diagReg = 0;
  /// What is compared: the error, or the negative log likelihood, or the negative log evidence, a mean as that is.
  double score = 0;
  double tie = 0;                   ///< what decides between equal scores: the mean square error
  double error = 0;                 ///< the share of wrong classes, or the RMSE in the units of the targets
  double negativeLogLikelihood = 0; ///< nats, the mean over examples and outputs, the regularisation as noise
};

/// Whether `a` is better than `b`: numbers come before nans.
bool isBetter(const SelectionScore &a, const SelectionScore &b);

/// Row numbers in a random order in which each class is spread evenly: of any first ones its share is, but for one
/// example, that of all. `classOf`: of each example, from 0. The same on every machine.
std::vector<int64_t> stratifiedOrder(const std::vector<int64_t> &classOf, uint64_t seed);

/// A training set in memory, of which kernels are computed for all examples or for some. All functions throw Error.
class Selection {
public:
  /// Reads all examples.
  Selection(TrainingSet training, SelectionOptions options);

  int64_t examples() const { return training_.targets.rows(); }
  const TrainingSet &training() const { return training_; }
  const SelectionOptions &options() const { return options_; }
  const std::vector<double> &features() const { return features_; }

  /// Throws Error where the memory will not do for the kernel of so many examples.
  void requireMemory(const InetKernel &kernel, int64_t examples, const Execution &execution) const;

  /// The best regularisation for a kernel of `examples` examples: those of the training set, in their order, or the
  /// first ones of its stratified order, which a larger number has among its own. `input`: the shape of the network's.
  SelectionScore best(const InetKernel &kernel, const Shape &input, int64_t examples, const Execution &execution) const;

private:
  struct Part;
  Part partOf(std::vector<int64_t> rows) const;
  std::vector<HeldOut> predict(const InetKernel &kernel, const Part &learnt, const Part *heldOut,
                               std::vector<double> &evidence, std::vector<double> &noises,
                               const Execution &execution) const;
  SelectionScore scoreOf(const HeldOut &prediction, const RowMatrix &targets, double diagReg, double noise) const;
  double perTarget(double logDensity, const RowMatrix &targets) const;

  TrainingSet training_;
  SelectionOptions options_;
  std::vector<double> features_; // rows x features, as the file has them
  std::vector<int64_t> order_;
};

} // namespace inet

#endif
