// The solve of a predictor against LAPACK on the same matrix, in turn in the same run: the counters are ratios of the
// best times of both, as other work on the machine only adds. Ours gives the same bits for every number of threads,
// LAPACK's own threads do not.
//
//   over_dpotrf   everything that `solve` does, against a bare dpotrf (goal: at most 1.1)
//   over_lapack   factor and 10 outputs, against dpotrf and dpotrs on as many threads (goal: at most 1.05)
//   over_dsyevd   eigenvalues and eigenvectors, against dsyevd on as many threads
//
// Then what predictions cost beside the solve.
#include "runtime/linalg/Blas.h"
#include "runtime/linalg/Cholesky.h"
#include "runtime/linalg/Eigendecomposition.h"
#include "runtime/linalg/TiledBlas.h"
#include "runtime/predict/Predict.h"

#include <algorithm>
#include <benchmark/benchmark.h>
#include <chrono>
#include <limits>
#include <random>
#include <thread>

extern "C" {
void dpotrs_(const char *uplo, const int *n, const int *nrhs, const double *a, const int *lda, double *b,
             const int *ldb, int *info);
void dsyevd_(const char *jobz, const char *uplo, const int *n, double *a, const int *lda, double *w, double *work,
             const int *lwork, int *iwork, const int *liwork, int *info);
}

namespace inet {
namespace {

using RowMatrixF = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

constexpr int64_t outputs = 10;

int allCores() { return static_cast<int>(std::max(1u, std::thread::hardware_concurrency())); }

/// Symmetric, with noise of size 1 beside the diagonal and n on it: positive definite, and no cheaper than any other.
RowMatrix positiveKernel(int64_t n) {
  std::mt19937 generator(1);
  std::uniform_real_distribution<double> uniform(-1, 1);
  RowMatrix kernel(n, n);
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = 0; j <= i; ++j)
      kernel(i, j) = kernel(j, i) = i == j ? static_cast<double>(n) : uniform(generator);
  return kernel;
}

template <class Call> double secondsOf(Call call) {
  const auto begin = std::chrono::steady_clock::now();
  call();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// Ours and LAPACK's on the second argument's threads, factor and solve.
void factor(benchmark::State &state) {
  const int n = static_cast<int>(state.range(0)), threads = static_cast<int>(state.range(1)), columns = outputs;
  const Eigen::MatrixXd kernel = positiveKernel(n), y = Eigen::MatrixXd::Random(n, columns);
  const SquareBuffer buffer(n);
  Eigen::Map<Eigen::MatrixXd> a = buffer.matrix();
  double ours = std::numeric_limits<double>::infinity(), lapack = ours;
  for (auto _ : state) {
    Eigen::MatrixXd solved = y;
    a = kernel;
    lapack = std::min(lapack, secondsOf([&] {
                        const BlasThreads own(threads);
                        int info = 0;
                        dpotrf_("L", &n, a.data(), &n, &info);
                        dpotrs_("L", &n, &columns, a.data(), &n, solved.data(), &n, &info);
                      }));
    a = kernel;
    solved = y;
    const double seconds = secondsOf([&] { runTiled(threads, [&] { Cholesky(a).solve(solved); }); });
    ours = std::min(ours, seconds);
    state.SetIterationTime(seconds);
  }
  state.counters["over_lapack"] = ours / lapack;
}

double secondsOfDsyevd(Eigen::Map<Eigen::MatrixXd> a, int threads) {
  const BlasThreads own(threads);
  const int n = static_cast<int>(a.rows()), workSize = 1 + 6 * n + 2 * n * n, integerSize = 3 + 5 * n;
  Eigen::VectorXd values(n), work(workSize);
  Eigen::VectorXi integerWork(integerSize);
  int info = 0;
  return secondsOf([&] {
    dsyevd_("V", "L", &n, a.data(), &n, values.data(), work.data(), &workSize, integerWork.data(), &integerSize, &info);
  });
}

void eigenvectors(benchmark::State &state) {
  const int n = static_cast<int>(state.range(0)), threads = static_cast<int>(state.range(1));
  const Eigen::MatrixXd kernel = positiveKernel(n);
  const SquareBuffer buffer(n);
  Eigen::Map<Eigen::MatrixXd> a = buffer.matrix();
  double ours = std::numeric_limits<double>::infinity(), lapack = ours;
  for (auto _ : state) {
    a = kernel;
    lapack = std::min(lapack, secondsOfDsyevd(a, threads));
    a = kernel;
    const double seconds = secondsOf([&] { runTiled(threads, [&] { benchmark::DoNotOptimize(eigendecompose(a)); }); });
    ours = std::min(ours, seconds);
    state.SetIterationTime(seconds);
  }
  state.counters["over_dsyevd"] = ours / lapack;
}

double secondsOfDpotrf(const RowMatrix &kernel) {
  Eigen::MatrixXd copy = kernel;
  const int n = static_cast<int>(copy.rows());
  int info = 0;
  const BlasThreads threads(allCores());
  const double seconds = secondsOf([&] { dpotrf_("L", &n, copy.data(), &n, &info); });
  benchmark::DoNotOptimize(info);
  return seconds;
}

PredictOptions optionsFor(PredictKernel kernel, Covariance covariance) {
  PredictOptions options;
  options.kernel = kernel;
  options.covariance = covariance;
  options.diagReg = 1e-3;
  options.threads = allCores();
  return options;
}

enum class Source { f32, f64, overwritten };

void solve(benchmark::State &state, Source source) {
  const int64_t n = state.range(0);
  const RowMatrix kernel = positiveKernel(n), y = RowMatrix::Random(n, outputs);
  const RowMatrixF single = source == Source::f32 ? RowMatrixF(kernel.cast<float>()) : RowMatrixF();
  double solving = std::numeric_limits<double>::infinity(), bare = solving;
  for (auto _ : state) {
    bare = std::min(bare, secondsOfDpotrf(kernel));
    RowMatrix copy = source == Source::overwritten ? kernel : RowMatrix();
    TrainKernels kernels;
    kernels.nngp = source == Source::f32   ? KernelView(single)
                   : source == Source::f64 ? KernelView(kernel)
                                           : KernelView(copy);
    kernels.overwrite = source == Source::overwritten ? copy.data() : nullptr;
    Predictor predictor(kernels, y, optionsFor(PredictKernel::nngp, Covariance::none));
    const double seconds = secondsOf([&] { predictor.solve(); });
    solving = std::min(solving, seconds);
    state.SetIterationTime(seconds);
  }
  state.counters["over_dpotrf"] = solving / bare;
  state.counters["GFLOPS"] = static_cast<double>(n) * static_cast<double>(n) * static_cast<double>(n) / 3e9 / solving;
}

// Means and variances of 1,000 test examples, after the solve.
void predict(benchmark::State &state, PredictKernel kind, Covariance covariance) {
  const int64_t n = state.range(0), m = 1000;
  const RowMatrix kernel = positiveKernel(n), y = RowMatrix::Random(n, outputs), cross = RowMatrix::Random(m, n);
  const RowMatrix testTest = positiveKernel(m);
  const TestKernels test{KernelView(cross), KernelView(cross), KernelView(testTest), testTest.diagonal()};
  Predictor predictor({KernelView(kernel), KernelView(kernel), nullptr}, y, optionsFor(kind, covariance));
  predictor.solve();
  for (auto _ : state)
    benchmark::DoNotOptimize(predictor.predictTest(test));
}

void solveSizes(benchmark::internal::Benchmark *benchmark) {
  for (int64_t n : {1000, 2000, 4000})
    benchmark->Arg(n);
  benchmark->Iterations(8)->UseManualTime()->Unit(benchmark::kMillisecond);
}

void sizesAndThreads(benchmark::internal::Benchmark *benchmark) {
  for (int64_t n : {1000, 2000, 4000})
    for (int64_t threads : {1, 2})
      benchmark->Args({n, threads});
  benchmark->ArgNames({"n", "threads"})->UseManualTime()->Unit(benchmark::kMillisecond);
}

BENCHMARK(factor)->Apply(sizesAndThreads)->Iterations(16);
BENCHMARK(eigenvectors)
    ->Args({1000, 1})
    ->Args({1000, 2})
    ->Args({2000, 1})
    ->Args({2000, 2})
    ->ArgNames({"n", "threads"})
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond)
    ->Iterations(3);
BENCHMARK_CAPTURE(solve, f32, Source::f32)->Apply(solveSizes);
BENCHMARK_CAPTURE(solve, f64, Source::f64)->Apply(solveSizes);
BENCHMARK_CAPTURE(solve, overwritten, Source::overwritten)->Apply(solveSizes);
BENCHMARK_CAPTURE(predict, nngp_mean, PredictKernel::nngp, Covariance::none)
    ->Arg(4000)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(predict, nngp_variance, PredictKernel::nngp, Covariance::diagonal)
    ->Arg(4000)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(predict, ntk_variance, PredictKernel::ntk, Covariance::diagonal)
    ->Arg(4000)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(predict, ntk_covariance, PredictKernel::ntk, Covariance::full)
    ->Arg(4000)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

} // namespace
} // namespace inet

BENCHMARK_MAIN();
