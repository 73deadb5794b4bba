#include "runtime/kernel/Prepare.h"

#include "runtime/Error.h"
#include "runtime/kernel/Preprocess.h"
#include "runtime/kernel/Variant.h"
#include "runtime/linalg/Blas.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <limits>
#include <oneapi/tbb/enumerable_thread_specific.h>
#include <oneapi/tbb/info.h>
#include <oneapi/tbb/parallel_pipeline.h>

namespace inet {

int availableThreads() { return oneapi::tbb::info::default_concurrency(); }

namespace {

constexpr int64_t kChunkBytes = 1 << 20;      // of converted numbers: stays in L2, costs little beside 64 MB
constexpr int64_t kChunksInFlight = 16 << 20; // bytes of raw rows that wait for a thread

int64_t roundUp(int64_t value, int64_t unit) { return (value + unit - 1) / unit * unit; }

/// A chunk on its way through the pipeline.
struct Chunk {
  RawRows raw;
  std::string error;
  double largest = 0; // of the absolute values
};

template <class T> class Preparation {
public:
  Preparation(const InetKernel &kernel, RowSource &source, const Preprocessing &preprocessing, PreparedExamples &out)
      : kernel_(kernel), source_(source), preprocessing_(preprocessing), out_(out), rowSize_(source.rowSize()),
        chunkRows_(std::max<int64_t>(kernel.lanes,
                                     kChunkBytes / (rowSize_ * int64_t(sizeof(T))) / kernel.lanes * kernel.lanes)) {}

  void run(int threads) {
    source_.rewind();
    int64_t inFlight = kChunksInFlight / (chunkRows_ * rowSize_ * sizeOf(source_.dtype()));
    chunks_.resize(std::clamp<int64_t>(inFlight, 1, 2 * threads));
    using namespace oneapi::tbb;
    // Only pointers go through the pipeline: when it is cancelled, TBB forgets what is in it.
    auto read =
        make_filter<void, Chunk *>(filter_mode::serial_in_order, [&](flow_control &flow) { return fetch(flow); });
    auto work = make_filter<Chunk *, Chunk *>(filter_mode::parallel, [&](Chunk *chunk) { return prepare(*chunk); });
    // Checked in order, so that the message is the one of the first bad value whatever the threads do.
    auto check = make_filter<Chunk *, void>(filter_mode::serial_in_order, [this](Chunk *chunk) {
      if (!chunk->error.empty())
        throw Error(chunk->error);
      largest_ = std::max(largest_, chunk->largest);
    });
    Workers(threads).run([&] { parallel_pipeline(chunks_.size(), read & work & check); });
    if (largest_ < std::sqrt(std::numeric_limits<T>::min()))
      requireZeros();
  }

private:
  struct Scratch {
    Buffer examples, prepare;
  };

  Chunk *fetch(oneapi::tbb::flow_control &flow) {
    if (next_ == out_.rows) {
      flow.stop();
      return nullptr;
    }
    // Chunks leave in order and at most chunks_.size() are under way, so the oldest one is free.
    Chunk &chunk = chunks_[fetched_++ % chunks_.size()];
    source_.fetch(std::min(chunkRows_, out_.rows - next_), chunk.raw);
    next_ += chunk.raw.count;
    return &chunk;
  }

  template <class Number> void decode(const RawRows &raw, Number *out) const {
    decodePreprocessed(source_, raw, preprocessing_, out);
  }

  /// The square of each value is below the range of T, and with it the kernel: right only where all are 0.
  void requireZeros() {
    source_.rewind();
    RawRows raw;
    std::vector<double> row(rowSize_);
    for (int64_t r = 0; r < out_.rows; ++r) {
      source_.fetch(1, raw);
      decode(raw, row.data());
      for (int64_t c = 0; c < rowSize_; ++c)
        if (row[c] != 0)
          throw Error(fmt::format(
              "{}: value {} is {:g}, and none is larger than {:.3g} once it is read in {}: too small "
              "for that, as its squares are 0 (see --standardize)",
              source_.name(), source_.indexInFile(r * rowSize_ + c), row[c], largest_, precisionName(kernel_)));
    }
  }

  Chunk *prepare(Chunk &chunk) {
    Scratch &scratch = scratch_.local();
    if (!scratch.examples.data()) {
      scratch.examples = Buffer(chunkRows_ * rowSize_ * sizeof(T));
      scratch.prepare = Buffer(kernel_.prepare_scratch_bytes);
    }
    T *x = scratch.examples.template as<T>();
    try {
      decode(chunk.raw, x);
    } catch (const Error &error) {
      chunk.error = error.what();
      return &chunk;
    }
    T largest = 0;
    for (int64_t i = 0; i < chunk.raw.count * rowSize_; ++i)
      largest = std::max(largest, std::abs(x[i]));
    chunk.largest = largest;
    int64_t begin = chunk.raw.begin, count = chunk.raw.count, padded = roundUp(count, kernel_.lanes);
    std::memset(x + count * rowSize_, 0, (padded - count) * rowSize_ * sizeof(T));
    int64_t bad = kernel_.prepare(x, begin, begin + padded, out_.capacity, out_.data.data(), scratch.prepare.data());
    if (bad >= 0)
      chunk.error = fmt::format("{}: example {}: its variance is not finite in {}; its values are too large",
                                source_.name(), source_.rowInFile(bad), precisionName(kernel_));
    return &chunk;
  }

  const InetKernel &kernel_;
  RowSource &source_;
  const Preprocessing &preprocessing_;
  PreparedExamples &out_;
  int64_t rowSize_, chunkRows_, next_ = 0;
  size_t fetched_ = 0;
  double largest_ = 0;
  std::vector<Chunk> chunks_;
  oneapi::tbb::enumerable_thread_specific<Scratch> scratch_;
};

} // namespace

double preparedBytes(const InetKernel &kernel, int64_t rows) {
  return static_cast<double>(roundUp(rows, kernel.lanes)) * static_cast<double>(kernel.prepared_bytes_per_example);
}

PreparedExamples prepareExamples(const InetKernel &kernel, RowSource &source, const Preprocessing &preprocessing,
                                 const Execution &execution) {
  PreparedExamples prepared;
  prepared.rows = source.rows();
  prepared.capacity = roundUp(prepared.rows, kernel.lanes);
  prepared.data = Buffer(prepared.capacity * kernel.prepared_bytes_per_example);
  BlasThreads single(1); // prepare may call inet_gram, and preprocessing dgemm
  const int threads = std::min(execution.threads, maximumBlasCalls);
  if (kernel.dtype == INET_F32)
    Preparation<float>(kernel, source, preprocessing, prepared).run(threads);
  else
    Preparation<double>(kernel, source, preprocessing, prepared).run(threads);
  return prepared;
}

} // namespace inet
