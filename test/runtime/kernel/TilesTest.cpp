// Plans, and sinks that are not memory: what a store or another machine will see.
#include "runtime/kernel/ComputeTiles.h"
#include "runtime/kernel/KernelMatrix.h"
#include "runtime/kernel/Variant.h"
#include "test/runtime/HandWrittenKernel.h"

#include <gtest/gtest.h>
#include <map>
#include <mutex>
#include <random>

using namespace inet;
using namespace inet::test;

namespace {

InetKernel smallTiles() {
  InetKernel kernel = handWrittenProgram(INET_F64).kernels[0];
  kernel.tile_rows = 48; // 8 lanes, rows in steps of 4
  kernel.tile_columns = 32;
  return kernel;
}

/// How often each entry lies in a tile.
std::vector<int> coverage(const TilePlan &plan, int64_t rows, int64_t columns) {
  std::vector<int> count(rows * columns);
  for (const Rectangle &block : plan.blocks())
    plan.forEachTile(block, [&](const Rectangle &tile) {
      EXPECT_LE(tile.rows(), plan.tileRows());
      EXPECT_LE(tile.columns(), plan.tileColumns());
      for (int64_t i = tile.rowBegin; i < tile.rowEnd; ++i)
        for (int64_t j = tile.columnBegin; j < tile.columnEnd; ++j)
          ++count[i * columns + j];
    });
  return count;
}

PreparedExamples prepareNormals(const InetKernel &kernel, int64_t rows, unsigned seed) {
  std::mt19937 engine(seed);
  std::normal_distribution<double> normal;
  std::vector<double> x(rows * kFeatures);
  for (double &value : x)
    value = normal(engine);
  MemorySource source("x", Dtype::f8, {rows, kFeatures}, x.data());
  return prepareExamples(kernel, source, {}, {2, ProgressStyle::none()});
}

/// Keeps every tile as it comes, as a store on a disk would.
class RecordingSink : public TileSink {
public:
  void put(const Rectangle &tile, const TileNumbers &numbers) override {
    std::lock_guard lock(mutex);
    for (int64_t i = 0; i < tile.rows(); ++i)
      for (int64_t j = 0; j < tile.columns(); ++j) {
        auto [place, isNew] = ntk.insert({{tile.rowBegin + i, tile.columnBegin + j},
                                          static_cast<const double *>(numbers.ntk)[i * numbers.leading + j]});
        EXPECT_TRUE(isNew) << "a tile came twice";
      }
  }
  void complete(const Rectangle &block) override {
    std::lock_guard lock(mutex);
    ++blocks;
    // every entry of the block that is on or above the diagonal has come before
    for (int64_t i = block.rowBegin; i < block.rowEnd; ++i)
      for (int64_t j = std::max(i, block.columnBegin); j < block.columnEnd; ++j)
        EXPECT_TRUE(ntk.contains({i, j}));
  }

  std::mutex mutex;
  std::map<std::pair<int64_t, int64_t>, double> ntk;
  size_t blocks = 0;
};

} // namespace

TEST(Tiles, ARectangleIsCoveredOnce) {
  for (auto [rows, columns] : {std::pair<int64_t, int64_t>{1, 1}, {100, 70}, {48, 32}, {7, 200}}) {
    TilePlan plan = TilePlan::rectangle(smallTiles(), rows, columns);
    EXPECT_EQ(coverage(plan, rows, columns), std::vector<int>(rows * columns, 1));
    EXPECT_EQ(plan.entries(), double(rows * columns));
    EXPECT_FALSE(plan.isSame());
  }
}

TEST(Tiles, ATriangleIsCoveredOnceAndLittleBelowIt) {
  for (int64_t n : {1, 48, 100, 333}) {
    TilePlan plan = TilePlan::triangle(smallTiles(), n);
    std::vector<int> count = coverage(plan, n, n);
    double entries = 0;
    for (int64_t i = 0; i < n; ++i)
      for (int64_t j = 0; j < n; ++j) {
        ASSERT_LE(count[i * n + j], 1);
        if (j >= i) {
          ASSERT_EQ(count[i * n + j], 1) << i << ", " << j;
        } else if (i - j > 48 + 32) { // farther from the diagonal than a tile
          ASSERT_EQ(count[i * n + j], 0) << i << ", " << j;
        }
      }
    for (const Rectangle &block : plan.blocks())
      entries += plan.entriesOf(block);
    EXPECT_EQ(entries, plan.entries());
    EXPECT_EQ(entries, double(n * (n + 1) / 2));
  }
}

TEST(Tiles, ADiagonalHasNothingElse) {
  TilePlan plan = TilePlan::diagonal(smallTiles(), 21);
  EXPECT_EQ(plan.blocks().size(), 3u); // of 8 lanes
  EXPECT_EQ(plan.entries(), 21);
  for (const Rectangle &block : plan.blocks())
    EXPECT_EQ(block.rowBegin, block.columnBegin);
}

TEST(Tiles, EverySinkGetsTheSameNumbers) {
  InetKernel kernel = smallTiles();
  const int64_t n = 150, m = 90;
  PreparedExamples x1 = prepareNormals(kernel, n, 1), x2 = prepareNormals(kernel, m, 2);
  Execution execution{3, ProgressStyle::none()};
  for (bool same : {true, false}) {
    TilePlan plan = same ? TilePlan::triangle(kernel, n) : TilePlan::rectangle(kernel, n, m);
    RecordingSink sink;
    computeTiles(kernel, x1, same ? x1 : x2, plan, sink, execution);
    EXPECT_EQ(sink.blocks, plan.blocks().size());
    KernelMatrix matrix = computeKernel(kernel, x1, same ? nullptr : &x2, {INET_NTK, 0}, execution);
    for (const auto &[entry, value] : sink.ntk)
      if (!same || entry.second >= entry.first) {
        ASSERT_EQ(value, matrix.ntk.as<double>()[entry.first * matrix.columns + entry.second]);
      }
  }
}
