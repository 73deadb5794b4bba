#include "runtime/kernel/KernelMatrix.h"

#include "runtime/kernel/Variant.h"
#include "test/runtime/ExpectError.h"
#include "test/runtime/HandWrittenKernel.h"

#include <cmath>
#include <cstring>
#include <random>

using namespace inet;
using namespace inet::test;

namespace {

std::vector<double> randomExamples(int64_t rows, unsigned seed) {
  std::mt19937 engine(seed);
  std::normal_distribution<double> normal;
  std::vector<double> x(rows * kFeatures);
  for (double &value : x)
    value = static_cast<float>(normal(engine)); // exact in both precisions
  return x;
}

PreparedExamples prepare(const InetKernel &kernel, const std::vector<double> &x, int threads = 2) {
  MemorySource source("x.npy", Dtype::f8, {int64_t(x.size()) / kFeatures, kFeatures}, x.data());
  return prepareExamples(kernel, source, {}, {threads, ProgressStyle::none()});
}

struct Problem {
  InetKernel kernel;
  std::vector<double> x1, x2;
  PreparedExamples prepared1, prepared2;

  Problem(InetDtype dtype, int64_t n1, int64_t n2)
      : kernel(chooseVariant(handWrittenProgram(dtype))), x1(randomExamples(n1, 1)), x2(randomExamples(n2, 2)),
        prepared1(prepare(kernel, x1)), prepared2(prepare(kernel, x2)) {}

  KernelMatrix compute(bool same, uint32_t results, uint32_t asDoubles = 0, int threads = 2) const {
    return computeKernel(kernel, prepared1, same ? nullptr : &prepared2, {results, asDoubles},
                         {threads, ProgressStyle::none()});
  }
};

double at(const Buffer &buffer, Dtype dtype, int64_t index) {
  return dtype == Dtype::f4 ? buffer.as<float>()[index] : buffer.as<double>()[index];
}

constexpr uint32_t kBoth = INET_NNGP | INET_NTK;

/// f32: some 20 roundings of 6e-8, and acos near +-1 loses half of them in the angle, whose effect on the NTK is
/// k d(angle) / 2 pi; the examples here are unrelated.
double toleranceOf(InetDtype dtype) { return dtype == INET_F32 ? 2e-6 : 1e-14; }

void expectKernel(InetDtype dtype, const Problem &problem, const KernelMatrix &matrix, bool same) {
  const std::vector<double> &x2 = same ? problem.x1 : problem.x2;
  for (int64_t i = 0; i < matrix.rows; ++i)
    for (int64_t j = 0; j < matrix.columns; ++j) {
      Entry want = handWrittenEntry(&problem.x1[i * kFeatures], &x2[j * kFeatures]);
      int64_t index = i * matrix.columns + j;
      double scale = std::max(1.0, want.nngp);
      ASSERT_NEAR(at(matrix.nngp, matrix.nngpDtype, index), want.nngp, toleranceOf(dtype) * scale) << i << ", " << j;
      ASSERT_NEAR(at(matrix.ntk, matrix.ntkDtype, index), want.ntk, toleranceOf(dtype) * scale) << i << ", " << j;
    }
}

bool sameBytes(const Buffer &a, const Buffer &b) {
  return a.bytes() == b.bytes() && std::memcmp(a.data(), b.data(), a.bytes()) == 0;
}

} // namespace

class FillSizes : public testing::TestWithParam<std::tuple<InetDtype, int64_t, int64_t>> {};

TEST_P(FillSizes, AgreesWithTheFormula) {
  auto [dtype, n1, n2] = GetParam();
  Problem problem(dtype, n1, n2);
  expectKernel(dtype, problem, problem.compute(false, kBoth), false);
}

TEST_P(FillSizes, WithItselfIsExactlySymmetric) {
  auto [dtype, n1, n2] = GetParam();
  Problem problem(dtype, n1, n2);
  for (uint32_t asDoubles : {0u, kBoth}) { // written in place, and through a tile that is converted
    KernelMatrix matrix = problem.compute(true, kBoth, asDoubles);
    expectKernel(dtype, problem, matrix, true);
    for (int64_t i = 0; i < n1; ++i)
      for (int64_t j = 0; j < i; ++j) {
        ASSERT_EQ(at(matrix.nngp, matrix.nngpDtype, i * n1 + j), at(matrix.nngp, matrix.nngpDtype, j * n1 + i));
        ASSERT_EQ(at(matrix.ntk, matrix.ntkDtype, i * n1 + j), at(matrix.ntk, matrix.ntkDtype, j * n1 + i));
      }
  }
}

// As on images: tiles of a few pairs.
TEST_P(FillSizes, LongWorkIsDividedIntoManyTiles) {
  auto [dtype, n1, n2] = GetParam();
  Problem problem(dtype, n1, n2);
  problem.kernel.flops_per_pair = 1e8;
  expectKernel(dtype, problem, problem.compute(false, kBoth), false);
  expectKernel(dtype, problem, problem.compute(true, kBoth), true);
}

INSTANTIATE_TEST_SUITE_P(Ragged, FillSizes,
                         testing::Combine(testing::Values(INET_F32, INET_F64), testing::Values(1, 15, 16, 17, 500),
                                          testing::Values(1, 15, 16, 17, 100)));

TEST(Fill, BitIdenticalForEveryNumberOfThreads) {
  for (InetDtype dtype : {INET_F32, INET_F64}) {
    Problem problem(dtype, 1000, 433);
    for (bool same : {true, false}) {
      KernelMatrix one = problem.compute(same, kBoth, 0, 1);
      for (int threads : {2, 3, 7}) {
        KernelMatrix many = problem.compute(same, kBoth, 0, threads);
        EXPECT_TRUE(sameBytes(one.nngp, many.nngp)) << threads;
        EXPECT_TRUE(sameBytes(one.ntk, many.ntk)) << threads;
      }
    }
    EXPECT_TRUE(sameBytes(prepare(problem.kernel, problem.x1, 1).data, prepare(problem.kernel, problem.x1, 5).data));
  }
}

TEST(Fill, OneResultAloneIsTheSame) {
  Problem problem(INET_F32, 270, 330);
  for (bool same : {true, false}) {
    KernelMatrix both = problem.compute(same, kBoth);
    KernelMatrix nngp = problem.compute(same, INET_NNGP), ntk = problem.compute(same, INET_NTK);
    EXPECT_TRUE(sameBytes(both.nngp, nngp.nngp));
    EXPECT_TRUE(sameBytes(both.ntk, ntk.ntk));
    EXPECT_EQ(nngp.ntk.data(), nullptr);
  }
}

TEST(Fill, DoublesHoldTheSameNumbers) {
  Problem problem(INET_F32, 270, 330);
  KernelMatrix singles = problem.compute(true, kBoth), mixed = problem.compute(true, kBoth, INET_NTK);
  EXPECT_TRUE(sameBytes(singles.nngp, mixed.nngp));
  EXPECT_EQ(mixed.ntkDtype, Dtype::f8);
  for (int64_t i = 0; i < 270 * 270; ++i)
    ASSERT_EQ(double(singles.ntk.as<float>()[i]), mixed.ntk.as<double>()[i]);
}

TEST(Fill, NothingOutsideTheResultIsTouched) {
  Problem problem(INET_F32, 233, 250);
  const int64_t leading = 257, guard = 64;
  for (bool same : {true, false}) {
    int64_t columns = same ? 233 : 250;
    std::vector<float> nngp(2 * guard + 233 * leading, -7), ntk(nngp);
    KernelPlaces places{{nngp.data() + guard, Dtype::f4}, {ntk.data() + guard, Dtype::f4}, leading};
    fillKernel(problem.kernel, problem.prepared1, same ? nullptr : &problem.prepared2, places,
               {2, ProgressStyle::none()});
    for (int64_t index = 0; index < int64_t(nngp.size()); ++index) {
      int64_t row = (index - guard) / leading, column = (index - guard) % leading;
      bool inside = index >= guard && row < 233 && column < columns;
      ASSERT_EQ(nngp[index] != -7, inside) << index;
      ASSERT_EQ(ntk[index] != -7, inside) << index;
    }
  }
}

TEST(Fill, DiagonalIsTheDiagonal) {
  for (InetDtype dtype : {INET_F32, INET_F64}) {
    Problem problem(dtype, 37, 1);
    KernelMatrix matrix = problem.compute(true, kBoth);
    std::vector<double> nngp =
        computeDiagonal(problem.kernel, problem.prepared1, INET_NNGP, {3, ProgressStyle::none()});
    std::vector<double> ntk = computeDiagonal(problem.kernel, problem.prepared1, INET_NTK, {3, ProgressStyle::none()});
    ASSERT_EQ(nngp.size(), 37u);
    for (int64_t i = 0; i < 37; ++i) {
      // BLAS may add up the products of a small tile in another order.
      EXPECT_NEAR(nngp[i], at(matrix.nngp, matrix.nngpDtype, i * 38), toleranceOf(dtype) * nngp[i]);
      EXPECT_NEAR(ntk[i], at(matrix.ntk, matrix.ntkDtype, i * 38), toleranceOf(dtype) * ntk[i]);
    }
  }
}

TEST(Fill, OnlyWhatWasCompiledIn) {
  InetKernel kernel = chooseVariant(handWrittenProgram(INET_F32));
  kernel.results = INET_NNGP;
  PreparedExamples x = prepare(kernel, randomExamples(3, 1));
  EXPECT_ERROR(computeKernel(kernel, x, nullptr, {kBoth, 0}, {}), "this program computes nngp only (inetc --get)");
}

TEST(Prepare, PadsTheCapacityWithZeros) {
  const InetKernel &kernel = chooseVariant(handWrittenProgram(INET_F32));
  std::vector<double> x = randomExamples(17, 3);
  PreparedExamples prepared = prepare(kernel, x);
  EXPECT_EQ(prepared.rows, 17);
  EXPECT_EQ(prepared.capacity, 32);
  for (int64_t i = 0; i < 32 * kFeatures; ++i)
    ASSERT_EQ(prepared.data.as<float>()[i], i < 17 * kFeatures ? float(x[i]) : 0.0f);
}

TEST(Prepare, ManyChunksNameTheFirstBadValue) {
  const InetKernel &kernel = chooseVariant(handWrittenProgram(INET_F32));
  std::vector<double> x = randomExamples(200000, 4); // four chunks of a megabyte
  PreparedExamples prepared = prepare(kernel, x, 3);
  for (int64_t i = 0; i < int64_t(x.size()); ++i)
    ASSERT_EQ(prepared.data.as<float>()[i], float(x[i]));
  for (int64_t row : {199999, 120001, 60000})
    x[row * kFeatures + 2] = NAN;
  for (int threads : {1, 2, 4})
    EXPECT_ERROR(prepare(kernel, x, threads), "x.npy: value [60000, 2] is nan");
}

TEST(Prepare, VarianceThatOverflowsNamesTheExample) {
  std::vector<double> x = randomExamples(40, 5);
  x[33 * kFeatures] = 1e30; // its square does not fit f32
  EXPECT_ERROR(prepare(chooseVariant(handWrittenProgram(INET_F32)), x),
               "x.npy: example 33: its variance is not finite in f32; its values are too large");
  EXPECT_NO_THROW(prepare(chooseVariant(handWrittenProgram(INET_F64)), x));
}

TEST(Variant, OfThePrecisionThatIsWanted) {
  const InetProgram &both = handWrittenInBoth(), &single = handWrittenProgram(INET_F32);
  EXPECT_EQ(dtypesOf(both), (std::vector<InetDtype>{INET_F32, INET_F64}));
  EXPECT_EQ(dtypesOf(single), (std::vector<InetDtype>{INET_F32}));
  EXPECT_EQ(chooseVariant(both).dtype, INET_F32); // what a caller in C gets that does not say
  EXPECT_EQ(chooseVariant(both, INET_F64).dtype, INET_F64);
  EXPECT_ERROR(chooseVariant(single, INET_F64), "f64 found; this program computes in f32 only (inetc --precision)");
  EXPECT_EQ(chooseVariantToLearn(both, Precision::automatic, 3000).kernel.dtype, INET_F64);
  EXPECT_EQ(chooseVariantToLearn(both, Precision::automatic, 3000).reason, "3,000 examples or fewer");
  EXPECT_EQ(chooseVariantToLearn(both, Precision::automatic, 3001).kernel.dtype, INET_F32);
  EXPECT_EQ(chooseVariantToLearn(both, Precision::automatic, 3001).reason, "more than 3,000 examples");
  EXPECT_EQ(chooseVariantToLearn(both, Precision::f32, 10).kernel.dtype, INET_F32);
  EXPECT_EQ(chooseVariantToLearn(both, Precision::f32, 10).reason, "as asked for");
  EXPECT_EQ(chooseVariantToLearn(single, Precision::automatic, 10).kernel.dtype, INET_F32);
  EXPECT_EQ(chooseVariantToLearn(single, Precision::automatic, 10).reason, "");
  EXPECT_EQ(chooseVariantToWrite(both, Precision::automatic).kernel.dtype, INET_F64);
  EXPECT_EQ(chooseVariantToWrite(both, Precision::f32).kernel.dtype, INET_F32);
  EXPECT_EQ(chooseVariantToWrite(single, Precision::automatic).reason, "");
}

TEST(Variant, TheLastThatRunsHere) {
  InetKernel kernels[3] = {};
  kernels[0].cpu = INET_CPU_BASELINE;
  kernels[1].cpu = INET_CPU_BASELINE;
  kernels[2].cpu = 99;
  InetProgram program = handWrittenProgram(INET_F32);
  program.kernels = kernels;
  program.kernel_count = 3;
  EXPECT_EQ(&chooseVariant(program), &kernels[1]);
  program.kernels = kernels + 2;
  program.kernel_count = 1;
  EXPECT_ERROR(chooseVariant(program), "this machine lacks the instruction set");
  program.abi_version = INET_ABI_VERSION + 1;
  EXPECT_ERROR(chooseVariant(program), "compiled for version 4");
}
