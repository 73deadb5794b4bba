#include "test/runtime/HandWrittenKernel.h"

#include <cmath>
#include <numbers>

namespace inet::test {
namespace {

constexpr int64_t kTileRows = 192, kTileColumns = 144;

/// The chain after the gram: k = x.x'/F, q and q' the variances.
template <class T> void reluChain(T k, T q, T p, bool coincident, T &nngp, T &ntk) {
  T product = std::sqrt(q * p);
  T cosine = product > 0 ? std::min(std::max(k / product, T(-1)), T(1)) : T(0);
  T angle = coincident ? T(0) : std::acos(cosine);
  T pi = std::numbers::pi_v<T>;
  nngp = product * (std::sin(angle) + (pi - angle) * std::cos(angle)) / (2 * pi);
  ntk = k * (pi - angle) / (2 * pi) + nngp;
}

// A prepared batch: capacity x F numbers, then capacity variances.
template <class T>
int64_t prepare(const void *x, int64_t begin, int64_t end, int64_t capacity, void *prepared, void *scratch) {
  T *examples = static_cast<T *>(prepared), *variances = examples + capacity * kFeatures;
  const T *in = static_cast<const T *>(x);
  for (int64_t i = begin; i < end; ++i) {
    T sum = 0;
    for (int64_t f = 0; f < kFeatures; ++f) {
      T value = in[(i - begin) * kFeatures + f];
      examples[i * kFeatures + f] = value;
      sum += value * value;
    }
    variances[i] = sum / kFeatures;
    if (!std::isfinite(variances[i]))
      return i;
  }
  return -1;
}

void gram(int64_t m, int64_t n, const float *a, const float *b, float *c) {
  inet_gram_f32(m, n, kFeatures, a, kFeatures, b, kFeatures, c, kTileColumns);
}
void gram(int64_t m, int64_t n, const double *a, const double *b, double *c) {
  inet_gram_f64(m, n, kFeatures, a, kFeatures, b, kFeatures, c, kTileColumns);
}

template <class T> void block(const InetTile *tile) {
  const T *x1 = static_cast<const T *>(tile->prepared1), *x2 = static_cast<const T *>(tile->prepared2);
  T *products = static_cast<T *>(tile->scratch);
  int64_t rows = tile->row_end - tile->row_begin, columns = tile->column_end - tile->column_begin;
  gram(rows, columns, x1 + tile->row_begin * kFeatures, x2 + tile->column_begin * kFeatures, products);
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < columns; ++j) {
      int64_t row = tile->row_begin + i, column = tile->column_begin + j;
      T q = x1[tile->capacity1 * kFeatures + row], p = x2[tile->capacity2 * kFeatures + column];
      T nngp = NAN, ntk = NAN; // stay where the tile breaks the ABI
      if (tile->column_begin % (64 / int64_t(sizeof(T))) == 0)
        reluChain(products[i * kTileColumns + j] / T(kFeatures), q, p, tile->same && row == column, nngp, ntk);
      static_cast<T *>(tile->nngp)[i * tile->leading + j] = nngp;
      static_cast<T *>(tile->ntk)[i * tile->leading + j] = ntk;
    }
}

template <class T> constexpr InetKernel makeKernel(uint32_t dtype, uint32_t lanes, uint64_t hash) {
  return {INET_CPU_BASELINE,
          dtype,
          INET_NNGP | INET_NTK,
          lanes,
          4,
          kTileRows,
          kTileColumns,
          (kFeatures + 1) * int64_t(sizeof(T)),
          0,
          kTileRows * kTileColumns * int64_t(sizeof(T)),
          2 * kFeatures + 20,
          hash,
          prepare<T>,
          block<T>};
}

constexpr int64_t kInputShape[] = {kFeatures};
constexpr uint64_t kHash = 0x1234567890abcdef; // of a program in one precision and its kernel
constexpr InetKernel kernels[] = {makeKernel<float>(INET_F32, 16, kHash), makeKernel<double>(INET_F64, 8, kHash + 1)};
constexpr InetKernel kernelF64 = makeKernel<double>(INET_F64, 8, kHash);
constexpr InetProgram makeProgram(const InetKernel *first, uint32_t count, uint64_t hash) {
  return {INET_ABI_VERSION, count, "hand_written", "input [5]\ndense\nrelu\ndense\n", hash, 1, kInputShape, first};
}
constexpr InetProgram programF32 = makeProgram(kernels, 1, kHash), programF64 = makeProgram(&kernelF64, 1, kHash),
                      programBoth = makeProgram(kernels, 2, kHash + 2);

} // namespace

const InetProgram &handWrittenProgram(InetDtype dtype) { return dtype == INET_F32 ? programF32 : programF64; }
const InetProgram &handWrittenInBoth() { return programBoth; }

Entry handWrittenEntry(const double *x, const double *y) {
  double k = 0, q = 0, p = 0;
  for (int64_t f = 0; f < kFeatures; ++f) {
    k += x[f] * y[f] / kFeatures;
    q += x[f] * x[f] / kFeatures;
    p += y[f] * y[f] / kFeatures;
  }
  Entry entry;
  reluChain(k, q, p, k == q && q == p, entry.nngp, entry.ntk);
  return entry;
}

} // namespace inet::test
