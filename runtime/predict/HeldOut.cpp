#include "runtime/predict/HeldOut.h"

#include "runtime/linalg/Multiply.h"

namespace inet {

std::vector<HeldOut> predictHeldOut(const Spectrum &spectrum, const Eigen::Ref<const Eigen::MatrixXd> &rotated,
                                    const Eigen::Ref<const Eigen::MatrixXd> &cross,
                                    const Eigen::Ref<const Eigen::VectorXd> &diagonal, std::span<const double> noises) {
  Eigen::MatrixXd rotatedCross(spectrum.size(), cross.cols()); // V^T K
  multiplyTransposed(spectrum.vectors(), cross, 0, rotatedCross);
  std::vector<HeldOut> predictions;
  for (double noise : noises) {
    const Eigen::VectorXd inverse = (spectrum.values().array() + noise).inverse();
    Eigen::MatrixXd mean(cross.cols(), rotated.cols());
    multiplyTransposed(rotatedCross, inverse.asDiagonal() * rotated, 0, mean);
    Eigen::VectorXd explained(cross.cols());
    for (int64_t i = 0; i < cross.cols(); ++i)
      explained(i) = (rotatedCross.col(i).array().square() * inverse.array()).sum();
    predictions.push_back({mean, diagonal - explained});
  }
  return predictions;
}

} // namespace inet
