#include "runtime/predict/Conflicts.h"

#include <cmath>
#include <map>
#include <vector>

namespace inet {
namespace {

class Comparison {
public:
  Comparison(const KernelView &kernel, bool singlePrecision)
      : kernel_(kernel), tolerance_(8 * entryRounding(singlePrecision)), roots_(kernel.rows()) {
    for (int64_t i = 0; i < kernel.rows(); ++i)
      roots_(i) = std::sqrt(std::max(kernel(i, i), 0.0));
  }

  bool areEqual(int64_t i, int64_t j) const {
    // The angle between them first: it is 0 for equal examples, and hardly ever for others.
    if (!(kernel_(i, j) >= (1 - tolerance_) * roots_(i) * roots_(j)))
      return false;
    for (int64_t k = 0; k < kernel_.rows(); ++k)
      if (!(std::abs(kernel_(i, k) - kernel_(j, k)) <= tolerance_ * roots_(i) * roots_(k)))
        return false;
    return true;
  }

private:
  const KernelView &kernel_;
  /// Two entries are compared, each off by its rounding, and by some more where an entry and its mirror image were
  /// computed with their examples exchanged. Inputs that differ by 1e-3 of their size are beyond it in f32, too.
  double tolerance_;
  Eigen::VectorXd roots_;
};

} // namespace

Conflicts findConflicts(const KernelView &kernel, const RowMatrix &targets, bool singlePrecision) {
  const Comparison comparison(kernel, singlePrecision);
  std::vector<int64_t> leaders; // examples that are equal to no earlier one
  std::map<int64_t, std::vector<int64_t>> groups;
  for (int64_t i = 0; i < kernel.rows(); ++i) {
    bool isNew = true;
    for (int64_t leader : leaders)
      if (comparison.areEqual(i, leader)) {
        groups.try_emplace(leader, 1, leader).first->second.push_back(i);
        isNew = false;
        break;
      }
    if (isNew)
      leaders.push_back(i);
  }
  Conflicts conflicts;
  double squares = 0;
  for (const auto &[leader, members] : groups) {
    conflicts.equalExamples += static_cast<int64_t>(members.size()) - 1;
    Eigen::RowVectorXd mean = Eigen::RowVectorXd::Zero(targets.cols());
    for (int64_t member : members)
      mean += targets.row(member) / static_cast<double>(members.size());
    bool differ = false;
    for (int64_t member : members) {
      squares += (targets.row(member) - mean).squaredNorm();
      if (!differ && targets.row(member) != targets.row(leader)) {
        differ = true;
        if (conflicts.groups == 0)
          conflicts.first = {leader, member};
      }
    }
    if (!differ)
      continue;
    ++conflicts.groups;
    conflicts.examples += static_cast<int64_t>(members.size());
  }
  if (conflicts.groups > 0)
    conflicts.noise = squares / static_cast<double>(conflicts.equalExamples * targets.cols());
  return conflicts;
}

} // namespace inet
