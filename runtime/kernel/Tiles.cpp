#include "runtime/kernel/Tiles.h"

namespace inet {
namespace {

// Enough that many cores end at about the same time, but no tile of less than a few hundredths of a second: at 784
// features BLAS computes products of 1024 x 1024 examples 3% slower than the whole gram at once, of 512 x 512 8%, of
// 256 x 256 25%. What a tile is may not depend on the number of threads: BLAS sums in another order at its edges.
constexpr int64_t kWantedTiles = 64;
constexpr double kDivisibleOperations = 2e9;

int64_t divideUp(int64_t a, int64_t b) { return (a + b - 1) / b; }

} // namespace

TilePlan TilePlan::rectangle(const InetKernel &kernel, int64_t rows, int64_t columns) {
  TilePlan plan(Shape::rectangle, rows, columns);
  plan.chooseTiles(kernel);
  plan.listBlocks(plan.tileRows_, plan.tileColumns_);
  return plan;
}

TilePlan TilePlan::triangle(const InetKernel &kernel, int64_t rows) {
  TilePlan plan(Shape::triangle, rows, rows);
  plan.chooseTiles(kernel);
  int64_t edge = divideUp(std::max(plan.tileRows_, plan.tileColumns_), kernel.lanes) * kernel.lanes;
  plan.listBlocks(edge, edge);
  return plan;
}

TilePlan TilePlan::diagonal(const InetKernel &kernel, int64_t rows) {
  TilePlan plan(Shape::diagonal, rows, rows);
  plan.tileRows_ = plan.tileColumns_ = kernel.lanes;
  plan.listBlocks(kernel.lanes, kernel.lanes);
  return plan;
}

/// Tiles as large as the kernel allows, but halved while there are few of them and they are long work.
void TilePlan::chooseTiles(const InetKernel &kernel) {
  auto fits = [](int64_t size, int64_t step, int64_t count) { return std::min(size, divideUp(count, step) * step); };
  tileRows_ = fits(kernel.tile_rows, kernel.row_step, rows_);
  tileColumns_ = fits(kernel.tile_columns, kernel.lanes, columns_);
  auto count = [&] { return divideUp(rows_, tileRows_) * divideUp(columns_, tileColumns_); };
  auto operations = [&] { return double(tileRows_) * double(tileColumns_) * kernel.flops_per_pair; };
  auto halved = [](int64_t size, int64_t step) { return divideUp(size / 2, step) * step; };
  while (count() < kWantedTiles && operations() > kDivisibleOperations) {
    if (tileColumns_ > kernel.lanes && tileColumns_ >= tileRows_)
      tileColumns_ = halved(tileColumns_, kernel.lanes);
    else if (tileRows_ > kernel.row_step)
      tileRows_ = halved(tileRows_, kernel.row_step);
    else
      break;
  }
}

/// for each row of blocks, for each block of it that belongs to the shape.
void TilePlan::listBlocks(int64_t rowStep, int64_t columnStep) {
  for (int64_t r = 0; r < rows_; r += rowStep)
    for (int64_t c = isSame() ? r : 0; c < columns_; c += columnStep) {
      blocks_.push_back({r, std::min(r + rowStep, rows_), c, std::min(c + columnStep, columns_)});
      if (shape_ == Shape::diagonal)
        break;
    }
}

double TilePlan::entriesOf(const Rectangle &block) const {
  if (shape_ == Shape::diagonal)
    return double(block.rows());
  if (shape_ == Shape::triangle && block.rowBegin == block.columnBegin)
    return double(block.rows()) * double(block.rows() + 1) / 2;
  return double(block.rows()) * double(block.columns());
}

double TilePlan::entries() const {
  if (shape_ == Shape::diagonal)
    return double(rows_);
  return shape_ == Shape::triangle ? double(rows_) * double(rows_ + 1) / 2 : double(rows_) * double(columns_);
}

} // namespace inet
