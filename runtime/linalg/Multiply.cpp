#include "runtime/linalg/Multiply.h"

#include "runtime/linalg/Parts.h"
#include "runtime/linalg/TiledBlas.h"

#include <cassert>

namespace inet {

void multiply(const Eigen::Ref<const Eigen::MatrixXd> &a, const Eigen::Ref<const Eigen::MatrixXd> &b, double beta,
              Eigen::Ref<Eigen::MatrixXd> out) {
  tiledProduct(1, a, Transposed::no, b, Transposed::no, beta, out);
}

void multiplyTransposed(const Eigen::Ref<const Eigen::MatrixXd> &a, const Eigen::Ref<const Eigen::MatrixXd> &b,
                        double beta, Eigen::Ref<Eigen::MatrixXd> out) {
  tiledProduct(1, a, Transposed::yes, b, Transposed::no, beta, out);
}

void gram(const Eigen::Ref<const Eigen::MatrixXd> &a, Eigen::Ref<Eigen::MatrixXd> out) {
  assert(out.rows() == a.cols() && out.cols() == a.cols() && "shape of a gram matrix");
  tiledSquare(1, a, Transposed::yes, 0, out);
  forEachPart(out.cols(), 16, [&](Part columns) {
    for (int64_t j = columns.begin; j < columns.begin + columns.count; ++j)
      out.col(j).head(j) = out.row(j).head(j).transpose();
  });
}

} // namespace inet
