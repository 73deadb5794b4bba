#include "runtime/linalg/TiledBlas.h"

#include "runtime/linalg/Blas.h"
#include "runtime/linalg/Parts.h"

#include <algorithm>
#include <cassert>

namespace inet {
namespace {

using Matrix = Eigen::Ref<Eigen::MatrixXd>;
using ConstMatrix = Eigen::Ref<const Eigen::MatrixXd>;

/// Rows and columns of a tile of c: BLAS reaches its speed with 256, and fewer share small matrices among more threads.
int64_t tileSize(double entries) { return entries < 512 * 512 ? 128 : 256; }

/// Up to this size a triangular solve is one call of BLAS for so many right-hand sides; above it, it is halved.
constexpr int64_t kSolveLeaf = 256;
constexpr int64_t kSolveColumns = 64;

int leadingOf(const ConstMatrix &matrix) {
  return std::max(1, blasInt(matrix.outerStride(), "the leading dimension of a matrix"));
}

int sizeOf(int64_t size) { return blasInt(size, "the size of a matrix"); }

/// One tile of c, by one thread.
void product(double alpha, const ConstMatrix &a, Transposed transposedA, const ConstMatrix &b, Transposed transposedB,
             double beta, Matrix c) {
  const int m = sizeOf(c.rows()), n = sizeOf(c.cols());
  const int k = sizeOf(transposedA == Transposed::yes ? a.rows() : a.cols());
  const int lda = leadingOf(a), ldb = leadingOf(b), ldc = leadingOf(c);
  dgemm_(transposedA == Transposed::yes ? "T" : "N", transposedB == Transposed::yes ? "T" : "N", &m, &n, &k, &alpha,
         a.data(), &lda, b.data(), &ldb, &beta, c.data(), &ldc);
}

void square(double alpha, const ConstMatrix &a, Transposed transposed, double beta, Matrix c) {
  const int n = sizeOf(c.rows()), k = sizeOf(transposed == Transposed::yes ? a.rows() : a.cols());
  const int lda = leadingOf(a), ldc = leadingOf(c);
  dsyrk_("L", transposed == Transposed::yes ? "T" : "N", &n, &k, &alpha, a.data(), &lda, &beta, c.data(), &ldc);
}

/// Rows [begin, begin + count) of op(a).
ConstMatrix rowsOf(const ConstMatrix &a, Transposed transposed, int64_t begin, int64_t count) {
  return transposed == Transposed::yes ? ConstMatrix(a.middleCols(begin, count))
                                       : ConstMatrix(a.middleRows(begin, count));
}

} // namespace

void tiledProduct(double alpha, const ConstMatrix &a, Transposed transposedA, const ConstMatrix &b,
                  Transposed transposedB, double beta, Matrix c) {
  assert((transposedA == Transposed::yes ? a.cols() : a.rows()) == c.rows() &&
         (transposedB == Transposed::yes ? b.rows() : b.cols()) == c.cols() &&
         (transposedA == Transposed::yes ? a.rows() : a.cols()) ==
             (transposedB == Transposed::yes ? b.cols() : b.rows()) &&
         "shapes of a product");
  const int64_t size = tileSize(static_cast<double>(c.size()));
  const Transposed columnsB = transposedB == Transposed::yes ? Transposed::no : Transposed::yes;
  forEachTile(c.rows(), size, c.cols(), size, [&](Part rows, Part columns) {
    product(alpha, rowsOf(a, transposedA, rows.begin, rows.count), transposedA,
            rowsOf(b, columnsB, columns.begin, columns.count), transposedB, beta,
            c.block(rows.begin, columns.begin, rows.count, columns.count));
  });
}

void tiledSquare(double alpha, const ConstMatrix &a, Transposed transposed, double beta, Matrix c) {
  assert((transposed == Transposed::yes ? a.cols() : a.rows()) == c.rows() && c.rows() == c.cols() &&
         "shapes of a product");
  const int64_t size = tileSize(static_cast<double>(c.size()) / 2);
  const Transposed other = transposed == Transposed::yes ? Transposed::no : Transposed::yes;
  forEachTile(c.rows(), size, c.cols(), size, [&](Part rows, Part columns) {
    if (rows.begin < columns.begin)
      return;
    const ConstMatrix left = rowsOf(a, transposed, rows.begin, rows.count);
    if (rows.begin == columns.begin)
      square(alpha, left, transposed, beta, c.block(rows.begin, rows.begin, rows.count, rows.count));
    else
      product(alpha, left, transposed, rowsOf(a, transposed, columns.begin, columns.count), other, beta,
              c.block(rows.begin, columns.begin, rows.count, columns.count));
  });
}

void tiledSolveLeft(const ConstMatrix &l, Transposed transposed, Matrix b) {
  assert(l.rows() == l.cols() && l.rows() == b.rows() && "shapes of a triangular solve");
  const int64_t n = l.rows();
  if (n <= kSolveLeaf) {
    const int size = sizeOf(n), leadingL = leadingOf(l), leadingB = leadingOf(b);
    const double one = 1;
    forEachPart(b.cols(), kSolveColumns, [&](Part columns) {
      const int count = sizeOf(columns.count);
      dtrsm_("L", "L", transposed == Transposed::yes ? "T" : "N", "N", &size, &count, &one, l.data(), &leadingL,
             b.col(columns.begin).data(), &leadingB);
    });
    return;
  }
  const int64_t first = (n / 2 + kSolveLeaf - 1) / kSolveLeaf * kSolveLeaf, rest = n - first;
  const auto corner = l.bottomLeftCorner(rest, first);
  if (transposed == Transposed::no) {
    tiledSolveLeft(l.topLeftCorner(first, first), transposed, b.topRows(first));
    tiledProduct(-1, corner, Transposed::no, b.topRows(first), Transposed::no, 1, b.bottomRows(rest));
    tiledSolveLeft(l.bottomRightCorner(rest, rest), transposed, b.bottomRows(rest));
  } else {
    tiledSolveLeft(l.bottomRightCorner(rest, rest), transposed, b.bottomRows(rest));
    tiledProduct(-1, corner, Transposed::yes, b.bottomRows(rest), Transposed::no, 1, b.topRows(first));
    tiledSolveLeft(l.topLeftCorner(first, first), transposed, b.topRows(first));
  }
}

} // namespace inet
