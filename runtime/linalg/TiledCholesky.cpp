// A = L L^T by tiles, as in Buttari, Langou, Kurzak and Dongarra, A class of parallel tiled linear algebra algorithms
// for multicore architectures (2009). With tiles (i, j), i >= j, of the lower triangle, and the columns of tiles k in
// groups g of a few:
//
//   for each group g of k < j:  update(i, j, g):  A_ij -= sum over k in g of L_ik L_jk^T, one product
//   then finish(i, j):          L_jj = cholesky(A_jj), or L_ij = A_ij L_jj^-T where i > j
//
// Each is a task that starts once what it reads is there. The updates of a tile are made one after the other, in the
// order of g: whichever thread makes them, the sums are the same.
#include "runtime/linalg/Blas.h"
#include "runtime/linalg/TiledBlas.h"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <memory>
#include <oneapi/tbb/task_group.h>

namespace inet {
namespace {

/// Tiles in which BLAS reaches its speed, smaller ones where there would be too few for some threads, and products over
/// two of them, so that a tile is fetched from memory half as often.
struct Division {
  int64_t tile, group;
};
Division divisionOf(int64_t n) { return {n <= 1536 ? 128 : n <= 16384 ? 256 : 512, 2}; }

class TiledCholesky {
public:
  explicit TiledCholesky(Eigen::Ref<Eigen::MatrixXd> a)
      : data_(a.data()), n_(a.rows()), division_(divisionOf(n_)), count_((n_ + division_.tile - 1) / division_.tile),
        steps_(groupsBefore(count_) + 1),
        leading_(blasInt(std::max<int64_t>(1, a.outerStride()), "the leading dimension of a matrix")),
        missing_(new std::atomic<int16_t>[count_ * count_ * steps_]) {
    blasInt(n_, "the size of a matrix");
    for (int64_t i = 0; i < count_; ++i)
      for (int64_t j = 0; j <= i; ++j)
        for (int64_t g = 0; g <= groupsBefore(j); ++g)
          missing(i, j, g) =
              static_cast<int16_t>((g > 0) + (i == j ? 1 : 2) * tilesOf(j, g) + (g == groupsBefore(j) && i != j));
  }

  int64_t run() {
    if (count_ > 0)
      finish(0, 0);
    tasks_.wait();
    return failed_;
  }

private:
  /// The groups that the columns of tiles before j make; the last may be smaller than the others.
  int64_t groupsBefore(int64_t j) const { return (j + division_.group - 1) / division_.group; }
  /// The columns before j in group g.
  int64_t tilesOf(int64_t j, int64_t g) const {
    return std::clamp<int64_t>(j - g * division_.group, 0, division_.group);
  }
  /// How many of the things that a step of tile (i, j) reads are missing; step groupsBefore(j) is finish.
  std::atomic<int16_t> &missing(int64_t i, int64_t j, int64_t step) {
    return missing_[(i * count_ + j) * steps_ + step];
  }

  double *tileAt(int64_t i, int64_t j) { return data_ + (i + j * int64_t(leading_)) * division_.tile; }
  int sizeOf(int64_t i) const { return static_cast<int>(std::min(division_.tile, n_ - i * division_.tile)); }

  /// One of the things that a step reads is there.
  void provide(int64_t i, int64_t j, int64_t step) {
    if (--missing(i, j, step) > 0)
      return;
    tasks_.run([this, i, j, step] {
      if (step < groupsBefore(j))
        update(i, j, step);
      else
        finish(i, j);
    });
  }

  void update(int64_t i, int64_t j, int64_t group) {
    const int64_t k = group * division_.group;
    const int rows = sizeOf(i), columns = sizeOf(j), inner = static_cast<int>(tilesOf(j, group) * division_.tile);
    const double one = 1, minusOne = -1;
    if (i == j)
      dsyrk_("L", "N", &rows, &inner, &minusOne, tileAt(i, k), &leading_, &one, tileAt(i, i), &leading_);
    else
      dgemm_("N", "T", &rows, &columns, &inner, &minusOne, tileAt(i, k), &leading_, tileAt(j, k), &leading_, &one,
             tileAt(i, j), &leading_);
    provide(i, j, group + 1);
  }

  void finish(int64_t i, int64_t j) {
    const int rows = sizeOf(i), columns = sizeOf(j);
    if (i == j) {
      int info = 0;
      dpotrf_("L", &columns, tileAt(j, j), &leading_, &info);
      if (info > 0) { // all before it went through, and nothing after it starts
        failed_ = j * division_.tile + info;
        return;
      }
      for (int64_t below = count_ - 1; below > j; --below)
        provide(below, j, groupsBefore(j));
      return;
    }
    const double one = 1;
    dtrsm_("R", "L", "T", "N", &rows, &columns, &one, tileAt(j, j), &leading_, tileAt(i, j), &leading_);
    // What was provided last starts first: the tiles next to be finished are left for the end.
    const int64_t group = j / division_.group;
    for (int64_t below = count_ - 1; below > i; --below)
      provide(below, i, group);
    for (int64_t column = i; column > j; --column)
      provide(i, column, group);
  }

  double *data_;
  int64_t n_;
  Division division_;
  int64_t count_, steps_;
  int leading_;
  std::unique_ptr<std::atomic<int16_t>[]> missing_;
  std::atomic<int64_t> failed_ = 0;
  oneapi::tbb::task_group tasks_;
};

} // namespace

int64_t tiledCholesky(Eigen::Ref<Eigen::MatrixXd> a) {
  assert(a.rows() == a.cols() && "a Cholesky factor is of a square matrix");
  return TiledCholesky(a).run();
}

} // namespace inet
