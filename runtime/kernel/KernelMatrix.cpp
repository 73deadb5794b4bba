#include "runtime/kernel/KernelMatrix.h"

#include "runtime/kernel/Variant.h"

namespace inet {
namespace {

double bytesOf(const InetKernel &kernel, const KernelRequest &request, uint32_t result) {
  if (!(request.results & result))
    return 0;
  return request.asDoubles & result ? 8 : double(sizeOf(dtypeOf(kernel)));
}

/// Of each tile only what lies on the diagonal.
class DiagonalSink : public TileSink {
public:
  DiagonalSink(Dtype dtype, uint32_t result, int64_t rows) : diagonal(rows), dtype_(dtype), result_(result) {}

  void put(const Rectangle &tile, const TileNumbers &numbers) override {
    const void *computed = result_ == INET_NNGP ? numbers.nngp : numbers.ntk;
    for (int64_t i = 0; i < tile.rows(); ++i) {
      int64_t entry = i * (numbers.leading + 1);
      diagonal[tile.rowBegin + i] = dtype_ == Dtype::f4 ? static_cast<const float *>(computed)[entry]
                                                        : static_cast<const double *>(computed)[entry];
    }
  }

  std::vector<double> diagonal;

private:
  Dtype dtype_;
  uint32_t result_;
};

} // namespace

void fillKernel(const InetKernel &kernel, const PreparedExamples &x1, const PreparedExamples *x2,
                const KernelPlaces &places, const Execution &execution) {
  MemorySink sink(kernel, places, !x2);
  TilePlan plan = x2 ? TilePlan::rectangle(kernel, x1.rows, x2->rows) : TilePlan::triangle(kernel, x1.rows);
  computeTiles(kernel, x1, x2 ? *x2 : x1, plan, sink, execution);
}

double resultBytes(const InetKernel &kernel, int64_t rows, int64_t columns, const KernelRequest &request) {
  return double(rows) * double(columns) * (bytesOf(kernel, request, INET_NNGP) + bytesOf(kernel, request, INET_NTK));
}

KernelMatrix computeKernel(const InetKernel &kernel, const PreparedExamples &x1, const PreparedExamples *x2,
                           const KernelRequest &request, const Execution &execution) {
  KernelMatrix matrix;
  matrix.rows = x1.rows;
  matrix.columns = x2 ? x2->rows : x1.rows;
  auto dtype = [&](uint32_t result) { return request.asDoubles & result ? Dtype::f8 : dtypeOf(kernel); };
  auto allocate = [&](uint32_t result) {
    return request.results & result ? Buffer(matrix.rows * matrix.columns * sizeOf(dtype(result))) : Buffer();
  };
  matrix.nngpDtype = dtype(INET_NNGP);
  matrix.ntkDtype = dtype(INET_NTK);
  matrix.nngp = allocate(INET_NNGP);
  matrix.ntk = allocate(INET_NTK);
  KernelPlaces places{{matrix.nngp.data(), matrix.nngpDtype}, {matrix.ntk.data(), matrix.ntkDtype}, matrix.columns};
  fillKernel(kernel, x1, x2, places, execution);
  return matrix;
}

std::vector<double> computeDiagonal(const InetKernel &kernel, const PreparedExamples &x, uint32_t result,
                                    const Execution &execution) {
  requireCompiledIn(kernel, result);
  DiagonalSink sink(dtypeOf(kernel), result, x.rows);
  Execution quiet{execution.threads, ProgressStyle::none()}; // a moment beside the matrix
  computeTiles(kernel, x, x, TilePlan::diagonal(kernel, x.rows), sink, quiet);
  return std::move(sink.diagonal);
}

} // namespace inet
