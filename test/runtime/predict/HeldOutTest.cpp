#include "runtime/predict/HeldOut.h"
#include "runtime/linalg/TiledBlas.h"
#include "test/runtime/predict/Problem.h"

#include <gtest/gtest.h>

namespace inet::testing {

TEST(HeldOut, IsWhatThePredictorPredicts) {
  const Problem problem = usualProblem();
  const std::vector<double> noises = {1e-4, 1e-2, 1};
  std::vector<HeldOut> found;
  runTiled(2, [&] {
    SquareBuffer kernel(problem.y.rows());
    kernel.matrix() = problem.train.nngp;
    const Spectrum spectrum(std::move(kernel), false);
    found = predictHeldOut(spectrum, spectrum.rotate(Eigen::MatrixXd(problem.y)), problem.testTrain.nngp.transpose(),
                           problem.testTest.nngp.diagonal(), noises);
  });
  constexpr double exact = 1e-9; // f64, condition numbers up to 1e5 or so
  for (size_t k = 0; k < noises.size(); ++k) {
    PredictOptions options = optionsFor(PredictKernel::nngp, {infinity}, Covariance::diagonal, noises[k]);
    options.diagRegAbsolute = true;
    const Prediction want = problem.predict(options);
    EXPECT_LT((found[k].mean - want.mean[0]).cwiseAbs().maxCoeff(), exact);
    EXPECT_LT((found[k].variance - want.covariance[0].col(0)).cwiseAbs().maxCoeff(), exact);
  }
}

} // namespace inet::testing
