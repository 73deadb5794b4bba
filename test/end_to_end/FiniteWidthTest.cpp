// Networks of finite width 4,096, drawn at random, against the kernels that compiled executables compute: the one test
// that takes nothing from the theory of infinite width. The random numbers are the same in every run.
//
// h¹ = (w/√F) W¹ x + b β¹,  hˡ = (w/√n) Wˡ φ(hˡ⁻¹) + b βˡ,  f = (w/√n) v·φ(hᴸ) + b β, all weights and β standard
// normal. The covariance of f over v and β given the layers below is (w²/n) φ(hᴸ)·φ(h'ᴸ) + b²; its tangent kernel is
// Σ_l (w²/n φ(hˡ⁻¹)·φ(h'ˡ⁻¹) + b²) gˡ·g'ˡ with gˡ = ∂f/∂hˡ (Jacot et al. 2018, arXiv:1806.07572).
#include "runtime/data/Npy.h"
#include "test/runtime/TemporaryFolder.h"

#include <Eigen/Core>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <numbers>

namespace {

constexpr int width = 4096, features = 16, examples = 4, samples = 10;
using Matrix = Eigen::MatrixXf; // a column an example

/// Standard normal numbers by Box and Muller from SplitMix64 (Steele et al. 2014): the same on every machine up to
/// rounding, which std::normal_distribution does not promise.
class Normal {
public:
  explicit Normal(uint64_t seed) : state_(seed) {}

  Matrix draw(int rows, int columns) {
    Matrix result(rows, columns);
    float *value = result.data();
    for (Eigen::Index i = 0; i + 1 < result.size(); i += 2)
      drawPair(value[i], value[i + 1]);
    if (result.size() % 2 == 1) {
      float unused;
      drawPair(value[result.size() - 1], unused);
    }
    return result;
  }

private:
  void drawPair(float &a, float &b) {
    state_ += 0x9e3779b97f4a7c15u;
    uint64_t bits = state_;
    bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9u;
    bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebu;
    bits ^= bits >> 31;
    const float uniform = (static_cast<float>(bits >> 40) + 0.5f) * 0x1p-24f; // in (0, 1)
    const float angle = static_cast<float>(bits & 0xffffffu) * 0x1p-24f * 2 * std::numbers::pi_v<float>;
    const float radius = std::sqrt(-2 * std::log(uniform));
    a = radius * std::cos(angle);
    b = radius * std::sin(angle);
  }

  uint64_t state_;
};

struct Architecture {
  const char *activation;
  float (*apply)(float), (*derivative)(float);
  int depth;
  float wStd, bStd;
};

const Architecture relu = {
    "relu", [](float z) { return std::max(z, 0.0f); }, [](float z) { return z > 0 ? 1.0f : 0.0f; }, 4, 1.4f, 0.3f};
const Architecture erf = {"erf",
                          [](float z) { return std::erf(z); },
                          [](float z) { return 2 / std::sqrt(std::numbers::pi_v<float>) * std::exp(-z * z); },
                          3,
                          1.5f,
                          0.2f};

struct Kernels {
  Eigen::MatrixXd nngp, ntk; // examples x examples
};

/// The two kernels of one random network.
Kernels sampleKernels(const Architecture &net, const Matrix &x, Normal &normal) {
  const auto scale = [&](int layer) { return net.wStd / std::sqrt(layer == 0 ? float(features) : float(width)); };
  std::vector<Matrix> weights, before, after = {x}; // before[l], after[l + 1]: of the activation in hidden layer l
  for (int l = 0; l < net.depth; ++l) {
    weights.push_back(normal.draw(width, l == 0 ? features : width));
    const Matrix bias = normal.draw(width, 1);
    before.push_back(((scale(l) * (weights[l] * after[l])).colwise() + net.bStd * bias.col(0)));
    after.push_back(before[l].unaryExpr(net.apply));
  }

  const auto gram = [&](int l) -> Eigen::MatrixXd {
    const Eigen::MatrixXd values = (scale(l) * after[l]).cast<double>();
    return (values.transpose() * values).array() + double(net.bStd) * net.bStd;
  };
  Kernels result = {gram(net.depth), gram(net.depth)};
  Matrix gradient = scale(net.depth) * normal.draw(width, 1).replicate(1, examples); // ∂f/∂φ(hᴸ)
  for (int l = net.depth - 1; l >= 0; --l) {
    gradient = gradient.cwiseProduct(before[l].unaryExpr(net.derivative));
    const Eigen::MatrixXd g = gradient.cast<double>();
    result.ntk += gram(l).cwiseProduct(g.transpose() * g);
    gradient = scale(l) * (weights[l].transpose() * gradient);
  }
  return result;
}

Eigen::MatrixXd readKernel(const std::string &path) {
  const auto source = inet::openNpy(path);
  const std::vector<double> values = inet::readAll(*source);
  return Eigen::Map<const Eigen::Matrix<double, examples, examples, Eigen::RowMajor>>(values.data());
}

/// The kernels of the limit, by the compiler and the executable that it makes.
Kernels compileAndRun(const Architecture &net, const Matrix &x) {
  const inet::test::TemporaryFolder scratch;
  std::ofstream(scratch / "net.inet") << "network finite {\n  input [" << features
                                      << "]\n  default dense { w_std = " << net.wStd << ", b_std = " << net.bStd
                                      << " }\n  x = input\n  for i in 0.." << net.depth << " { x = x -> dense -> "
                                      << net.activation << " }\n  return x -> dense\n}\n";
  std::ofstream file(scratch / "x.npy", std::ios::binary);
  file << inet::formatNpyHeader(inet::Dtype::f4, {examples, features});
  file.write(reinterpret_cast<const char *>(x.data()), x.size() * sizeof(float)); // a column an example: C order
  file.close();
  const std::string compile =
      std::string(INETC_EXECUTABLE) + " " + (scratch / "net.inet") + " --precision=f64 -o " + (scratch / "net");
  const std::string compute = (scratch / "net") + " kernel --x1 " + (scratch / "x.npy") + " --out " + (scratch / "");
  if (std::system(compile.c_str()) != 0 || std::system((compute + " >/dev/null").c_str()) != 0)
    throw std::runtime_error("failed: " + compile + " && " + compute);
  return {readKernel(scratch / "nngp.npy"), readKernel(scratch / "ntk.npy")};
}

/// |mean of the samples - limit| in standard errors of that mean, entry by entry.
Eigen::MatrixXd standardErrors(const std::vector<Eigen::MatrixXd> &sampled, const Eigen::MatrixXd &limit) {
  Eigen::MatrixXd mean = Eigen::MatrixXd::Zero(examples, examples), square = mean;
  for (const Eigen::MatrixXd &sample : sampled)
    mean += sample / samples;
  for (const Eigen::MatrixXd &sample : sampled)
    square += (sample - mean).cwiseAbs2() / (samples - 1);
  // The test means something only if the error that it can see is small.
  const Eigen::MatrixXd error = (square / samples).cwiseSqrt();
  const Eigen::VectorXd size = limit.diagonal().cwiseSqrt(); // erf is odd: an entry off the diagonal may be near 0
  EXPECT_LT(error.cwiseQuotient(size * size.transpose()).maxCoeff(), 0.03);
  return (mean - limit).cwiseAbs().cwiseQuotient(error);
}

void compareWithLimit(const Architecture &net) {
  Normal normal(20240229);
  Matrix x = normal.draw(features, examples);
  x.col(2) = x.col(1) + 0.05f * x.col(2); // nearly the same example
  x.col(3) *= 3;
  const Kernels limit = compileAndRun(net, x);
  std::vector<Eigen::MatrixXd> nngp, ntk;
  for (int sample = 0; sample < samples; ++sample) {
    Kernels kernels = sampleKernels(net, x, normal);
    nngp.push_back(std::move(kernels.nngp));
    ntk.push_back(std::move(kernels.ntk));
  }
  // Student's t with 9 degrees of freedom exceeds 4.3 in one of 500 entries; 20 are looked at, which depend on each
  // other. The bias of the finite width, of the order of depth / width = 1e-3, is a tenth of a standard error.
  EXPECT_LT(standardErrors(nngp, limit.nngp).maxCoeff(), 4.3);
  EXPECT_LT(standardErrors(ntk, limit.ntk).maxCoeff(), 4.3);
}

TEST(FiniteWidth, ReluAgreesWithItsLimit) { compareWithLimit(relu); }

TEST(FiniteWidth, ErfAgreesWithItsLimit) { compareWithLimit(erf); }

} // namespace
