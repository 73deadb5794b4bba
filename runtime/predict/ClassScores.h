// What probabilities of classes are worth against the classes that examples have.
#ifndef INET_RUNTIME_PREDICT_CLASSSCORES_H
#define INET_RUNTIME_PREDICT_CLASSSCORES_H

#include "runtime/predict/Predict.h"

#include <Eigen/Core>
#include <cstdint>
#include <optional>
#include <vector>

namespace inet {

/// Probabilities from k/B (not itself, but 0 is in the first) to (k+1)/B.
struct ReliabilityBin {
  int64_t count = 0;
  int64_t right = 0;     ///< of these examples, those for which the event came true
  double confidence = 0; ///< the mean of their probabilities; 0 where there are none
};

/// A reliability diagram of B equal bins, and its expected calibration error: the sum over bins of count/examples times
/// |right/count - confidence| (Guo et al. 2017, eqs. 3 and 5).
struct Reliability {
  std::vector<ReliabilityBin> bins;
  double calibrationError = 0;
};

struct ClassRow {
  int64_t labelled = 0, predicted = 0, right = 0; ///< examples
  std::optional<double> precision;                ///< right / predicted; absent where none was predicted
  std::optional<double> recall;                   ///< right / labelled; absent where none was labelled
  Reliability reliability;                        ///< of the event that an example is of this class
};

/// Every class of the model counts, also one that no label has.
struct ClassScores {
  int64_t examples = 0, correct = 0;
  double negativeLogLikelihood = 0;     ///< nats, the mean of -ln p of the examples' classes; nothing is clipped
  double brier = 0;                     ///< the mean over examples of the sum over classes of (p - [it is the class])^2
  Reliability top;                      ///< of the event that the predicted class is right
  double classwiseCalibrationError = 0; ///< the mean over classes (Kull et al. 2019, eq. 2)
  std::vector<ClassRow> classes;
  /// classes x classes: examples of class r that were taken for class c.
  Eigen::Matrix<int64_t, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> confusion;
};

/// In which of `bins` equal bins a probability lies. Its edges are the doubles nearest to k/bins, so that a probability
/// that is written as such a fraction lies on one, and below it.
int64_t binOf(double probability, int64_t bins);

/// The reliability of `probabilities` of an event, and whether it came true.
Reliability reliabilityOf(const Eigen::Ref<const Eigen::VectorXd> &probabilities, const std::vector<bool> &came,
                          int64_t bins);

/// The index of the largest number of each row, the first where several are largest.
std::vector<int64_t> largestOfRows(const Eigen::Ref<const RowMatrix> &rows);

/// `logProbabilities`: m x classes; `predicted` and `labels`: the m classes that were predicted and are right, from 0.
/// Throws Error for wrong shapes, classes that there are not, and no bin.
ClassScores scoreClasses(const Eigen::Ref<const RowMatrix> &logProbabilities, const std::vector<int64_t> &predicted,
                         const std::vector<int64_t> &labels, int64_t bins);

} // namespace inet

#endif // INET_RUNTIME_PREDICT_CLASSSCORES_H
