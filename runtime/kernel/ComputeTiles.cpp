#include "runtime/kernel/ComputeTiles.h"

#include "runtime/kernel/Variant.h"
#include "runtime/linalg/Blas.h"

#include <algorithm>
#include <oneapi/tbb/enumerable_thread_specific.h>
#include <oneapi/tbb/parallel_for.h>

namespace inet {
namespace {

/// One thread's memory: the scratch of `block` and, where it cannot write to the result itself, a tile to copy from.
struct ThreadMemory {
  Buffer scratch, nngp, ntk;
};

class TileComputation {
public:
  TileComputation(const InetKernel &kernel, const PreparedExamples &x1, const PreparedExamples &x2,
                  const TilePlan &plan, TileSink &sink)
      : kernel_(kernel), x1_(x1), x2_(x2), plan_(plan), sink_(sink) {}

  void compute(const Rectangle &rectangle) {
    ThreadMemory &memory = memory_.local();
    if (!memory.scratch.data())
      memory.scratch = Buffer(kernel_.block_scratch_bytes);
    std::optional<TileNumbers> place = sink_.place(rectangle);
    TileNumbers numbers = place.value_or(TileNumbers{});
    if (!place)
      numbers = {room(memory.nngp, INET_NNGP), room(memory.ntk, INET_NTK), plan_.tileColumns()};
    InetTile tile = {x1_.data.data(), x1_.capacity,          rectangle.rowBegin,   rectangle.rowEnd, x2_.data.data(),
                     x2_.capacity,    rectangle.columnBegin, rectangle.columnEnd,  plan_.isSame(),   numbers.nngp,
                     numbers.ntk,     numbers.leading,       memory.scratch.data()};
    kernel_.block(&tile);
    if (!place)
      sink_.put(rectangle, numbers);
  }

private:
  void *room(Buffer &buffer, uint32_t result) const {
    if (!(kernel_.results & result))
      return nullptr;
    if (!buffer.data())
      buffer = Buffer(plan_.tileRows() * plan_.tileColumns() * sizeOf(dtypeOf(kernel_)));
    return buffer.data();
  }

  const InetKernel &kernel_;
  const PreparedExamples &x1_, &x2_;
  const TilePlan &plan_;
  TileSink &sink_;
  oneapi::tbb::enumerable_thread_specific<ThreadMemory> memory_;
};

} // namespace

void computeTiles(const InetKernel &kernel, const PreparedExamples &x1, const PreparedExamples &x2,
                  const TilePlan &plan, TileSink &sink, const Execution &execution) {
  Progress progress(execution.progress, "kernel", plan.entries(), "entries");
  TileComputation computation(kernel, x1, x2, plan, sink);
  const std::vector<Rectangle> &blocks = plan.blocks();
  BlasThreads single(1); // the tiles are what runs in parallel
  Workers(execution.threads).run([&] {
    using namespace oneapi::tbb;
    parallel_for(
        blocked_range<size_t>(0, blocks.size(), 1),
        [&](const blocked_range<size_t> &range) {
          for (size_t i = range.begin(); i != range.end(); ++i) {
            plan.forEachTile(blocks[i], [&](const Rectangle &tile) { computation.compute(tile); });
            sink.complete(blocks[i]);
            progress.add(plan.entriesOf(blocks[i]));
          }
        },
        simple_partitioner());
  });
}

double scratchBytes(const InetKernel &kernel, int threads) {
  double tiles = 2 * double(kernel.tile_rows) * double(kernel.tile_columns) * double(sizeOf(dtypeOf(kernel)));
  // what prepares examples gives its memory back before tiles are filled
  return threads * std::max(double(kernel.block_scratch_bytes) + tiles, double(kernel.prepare_scratch_bytes));
}

} // namespace inet
