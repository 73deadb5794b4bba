#include "runtime/kernel/Fill.h"

#include "runtime/Error.h"
#include "runtime/kernel/Variant.h"
#include "runtime/linalg/Blas.h"

#include <algorithm>
#include <fmt/format.h>
#include <oneapi/tbb/enumerable_thread_specific.h>
#include <oneapi/tbb/parallel_for.h>

namespace inet {
namespace {

// Enough that many cores end at about the same time, but no tile of less than a few hundredths of a second: at 784
// features BLAS computes products of 1024 x 1024 examples 3% slower than the whole gram at once, of 512 x 512 8%, of
// 256 x 256 25%. What a tile is may not depend on the number of threads: BLAS sums in another order at its edges.
constexpr int64_t kWantedTiles = 64;
constexpr double kDivisibleOperations = 2e9;

int64_t divideUp(int64_t a, int64_t b) { return (a + b - 1) / b; }

/// A rectangle of the result.
struct Block {
  int64_t rowBegin, rowEnd, columnBegin, columnEnd;
};

/// One thread's memory: the scratch of `block` and, where it cannot write to the result itself, a tile to copy from.
struct ThreadMemory {
  Buffer scratch, nngp, ntk;
};

class Filler {
public:
  Filler(const InetKernel &kernel, const PreparedExamples &x1, const PreparedExamples *x2, const KernelPlaces &places)
      : kernel_(kernel), x1_(x1), x2_(x2 ? *x2 : x1), symmetric_(!x2), places_(places), dtype_(dtypeOf(kernel)) {
    if (((places.nngp.data && !(kernel.results & INET_NNGP)) || (places.ntk.data && !(kernel.results & INET_NTK))))
      throw Error(fmt::format("this program computes {} only (inetc --get)", resultNames(kernel.results)));
    direct_ = writesInPlace(INET_NNGP, places.nngp) && writesInPlace(INET_NTK, places.ntk);
    chooseTiles();
  }

  void run(const Execution &execution) {
    double entries = symmetric_ ? double(x1_.rows) * double(x1_.rows + 1) / 2 : double(x1_.rows) * double(x2_.rows);
    Progress progress(execution.progress, "kernel", entries, "entries");
    std::vector<Block> blocks = listBlocks();
    BlasThreads single(1); // the tiles are what runs in parallel
    Workers(execution.threads).run([&] {
      using namespace oneapi::tbb;
      parallel_for(
          blocked_range<size_t>(0, blocks.size(), 1),
          [&](const blocked_range<size_t> &range) {
            for (size_t i = range.begin(); i != range.end(); ++i)
              progress.add(fillBlock(blocks[i]));
          },
          simple_partitioner());
    });
  }

private:
  bool writesInPlace(uint32_t result, const ResultPlace &place) const {
    return !(kernel_.results & result) || (place.data && place.dtype == dtype_);
  }

  /// Tiles as large as the kernel allows, but halved while there are few of them and they are long work.
  void chooseTiles() {
    rows_ = kernel_.tile_rows;
    columns_ = kernel_.tile_columns;
    auto fits = [](int64_t size, int64_t step, int64_t count) { return std::min(size, divideUp(count, step) * step); };
    rows_ = fits(rows_, kernel_.row_step, x1_.rows);
    columns_ = fits(columns_, kernel_.lanes, x2_.rows);
    auto count = [&] { return divideUp(x1_.rows, rows_) * divideUp(x2_.rows, columns_); };
    auto operations = [&] { return double(rows_) * double(columns_) * kernel_.flops_per_pair; };
    auto halved = [](int64_t size, int64_t step) { return divideUp(size / 2, step) * step; };
    while (count() < kWantedTiles && operations() > kDivisibleOperations) {
      if (columns_ > kernel_.lanes && columns_ >= rows_)
        columns_ = halved(columns_, kernel_.lanes);
      else if (rows_ > kernel_.row_step)
        rows_ = halved(rows_, kernel_.row_step);
      else
        break;
    }
  }

  /// for each tile; where X1 = X2, for each pair i <= j of squares that hold some tiles.
  std::vector<Block> listBlocks() const {
    std::vector<Block> blocks;
    int64_t rowStep = symmetric_ ? divideUp(std::max(rows_, columns_), kernel_.lanes) * kernel_.lanes : rows_;
    int64_t columnStep = symmetric_ ? rowStep : columns_;
    for (int64_t r = 0; r < x1_.rows; r += rowStep)
      for (int64_t c = symmetric_ ? r : 0; c < x2_.rows; c += columnStep)
        blocks.push_back({r, std::min(r + rowStep, x1_.rows), c, std::min(c + columnStep, x2_.rows)});
    return blocks;
  }

  /// Returns the number of entries done.
  double fillBlock(const Block &block) {
    for (int64_t r = block.rowBegin; r < block.rowEnd; r += rows_)
      for (int64_t c = block.columnBegin; c < block.columnEnd; c += columns_) {
        Block tile{r, std::min(r + rows_, block.rowEnd), c, std::min(c + columns_, block.columnEnd)};
        if (!symmetric_ || tile.columnEnd > tile.rowBegin) // else wholly below the diagonal
          fillTile(tile);
      }
    if (symmetric_) {
      mirror(places_.nngp, block);
      mirror(places_.ntk, block);
    }
    double rows = double(block.rowEnd - block.rowBegin);
    if (symmetric_ && block.rowBegin == block.columnBegin)
      return rows * (rows + 1) / 2;
    return rows * double(block.columnEnd - block.columnBegin);
  }

  void fillTile(const Block &block) {
    ThreadMemory &memory = memory_.local();
    if (!memory.scratch.data())
      memory.scratch = Buffer(kernel_.block_scratch_bytes);
    InetTile tile = {x1_.data.data(), x1_.capacity,      block.rowBegin,       block.rowEnd, x2_.data.data(),
                     x2_.capacity,    block.columnBegin, block.columnEnd,      symmetric_,   nullptr,
                     nullptr,         places_.leading,   memory.scratch.data()};
    if (direct_) {
      tile.nngp = at(places_.nngp, block.rowBegin, block.columnBegin);
      tile.ntk = at(places_.ntk, block.rowBegin, block.columnBegin);
      kernel_.block(&tile);
      return;
    }
    tile.leading = columns_;
    tile.nngp = tileBuffer(memory.nngp, INET_NNGP);
    tile.ntk = tileBuffer(memory.ntk, INET_NTK);
    kernel_.block(&tile);
    copyTile(tile.nngp, places_.nngp, block);
    copyTile(tile.ntk, places_.ntk, block);
  }

  void *tileBuffer(Buffer &buffer, uint32_t result) const {
    if (!(kernel_.results & result))
      return nullptr;
    if (!buffer.data())
      buffer = Buffer(rows_ * columns_ * sizeOf(dtype_));
    return buffer.data();
  }

  void *at(const ResultPlace &place, int64_t row, int64_t column) const {
    if (!place.data)
      return nullptr;
    return static_cast<std::byte *>(place.data) + (row * places_.leading + column) * sizeOf(place.dtype);
  }

  template <class From, class To> void copyAs(const void *from, const ResultPlace &place, const Block &block) const {
    for (int64_t r = block.rowBegin; r < block.rowEnd; ++r) {
      const From *source = static_cast<const From *>(from) + (r - block.rowBegin) * columns_;
      std::copy(source, source + (block.columnEnd - block.columnBegin),
                static_cast<To *>(at(place, r, block.columnBegin)));
    }
  }

  void copyTile(const void *from, const ResultPlace &place, const Block &block) const {
    if (!place.data)
      return;
    if (dtype_ == Dtype::f8)
      return copyAs<double, double>(from, place, block);
    if (place.dtype == Dtype::f8)
      return copyAs<float, double>(from, place, block);
    copyAs<float, float>(from, place, block);
  }

  template <class T> void mirrorAs(const ResultPlace &place, const Block &block) const {
    constexpr int64_t edge = 16; // squares whose rows, read and written, share few cache lines
    T *data = static_cast<T *>(place.data);
    for (int64_t c = block.columnBegin; c < block.columnEnd; c += edge)
      for (int64_t r = block.rowBegin; r < std::min(block.rowEnd, c + edge); r += edge)
        for (int64_t j = c; j < std::min(c + edge, block.columnEnd); ++j)
          for (int64_t i = r; i < std::min({r + edge, block.rowEnd, j}); ++i)
            data[j * places_.leading + i] = data[i * places_.leading + j];
  }

  void mirror(const ResultPlace &place, const Block &block) const {
    if (!place.data)
      return;
    if (place.dtype == Dtype::f4)
      mirrorAs<float>(place, block);
    else
      mirrorAs<double>(place, block);
  }

  const InetKernel &kernel_;
  const PreparedExamples &x1_, &x2_;
  bool symmetric_, direct_ = false;
  KernelPlaces places_;
  Dtype dtype_;
  int64_t rows_ = 0, columns_ = 0;
  oneapi::tbb::enumerable_thread_specific<ThreadMemory> memory_;
};

double bytesOf(const InetKernel &kernel, const KernelRequest &request, uint32_t result) {
  if (!(request.results & result))
    return 0;
  return request.asDoubles & result ? 8 : double(sizeOf(dtypeOf(kernel)));
}

} // namespace

void fillKernel(const InetKernel &kernel, const PreparedExamples &x1, const PreparedExamples *x2,
                const KernelPlaces &places, const Execution &execution) {
  Filler(kernel, x1, x2, places).run(execution);
}

double resultBytes(const InetKernel &kernel, int64_t rows, int64_t columns, const KernelRequest &request) {
  return double(rows) * double(columns) * (bytesOf(kernel, request, INET_NNGP) + bytesOf(kernel, request, INET_NTK));
}

double scratchBytes(const InetKernel &kernel, int threads) {
  double tiles = 2 * double(kernel.tile_rows) * double(kernel.tile_columns) * double(sizeOf(dtypeOf(kernel)));
  // what prepares examples gives its memory back before tiles are filled
  return threads * std::max(double(kernel.block_scratch_bytes) + tiles, double(kernel.prepare_scratch_bytes));
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
  std::vector<double> diagonal(x.rows);
  const int64_t lanes = kernel.lanes, blocks = divideUp(x.rows, lanes);
  oneapi::tbb::enumerable_thread_specific<ThreadMemory> memories;
  BlasThreads single(1);
  Workers(execution.threads).run([&] {
    oneapi::tbb::parallel_for(int64_t(0), blocks, [&](int64_t block) {
      ThreadMemory &memory = memories.local();
      if (!memory.scratch.data()) {
        memory.scratch = Buffer(kernel.block_scratch_bytes);
        memory.nngp = Buffer(lanes * lanes * int64_t(sizeof(double)));
        memory.ntk = Buffer(lanes * lanes * int64_t(sizeof(double)));
      }
      int64_t begin = block * lanes, end = std::min(begin + lanes, x.rows);
      InetTile tile = {x.data.data(),
                       x.capacity,
                       begin,
                       end,
                       x.data.data(),
                       x.capacity,
                       begin,
                       end,
                       1,
                       memory.nngp.data(),
                       memory.ntk.data(),
                       lanes,
                       memory.scratch.data()};
      kernel.block(&tile);
      const Buffer &computed = result == INET_NNGP ? memory.nngp : memory.ntk;
      for (int64_t i = begin; i < end; ++i) {
        int64_t entry = (i - begin) * (lanes + 1);
        diagonal[i] = kernel.dtype == INET_F32 ? computed.as<float>()[entry] : computed.as<double>()[entry];
      }
    });
  });
  return diagonal;
}

} // namespace inet
