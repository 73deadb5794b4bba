#ifndef INET_RUNTIME_LINALG_SQUAREBUFFER_H
#define INET_RUNTIME_LINALG_SQUAREBUFFER_H

#include <Eigen/Core>
#include <cstdint>
#include <cstdlib>
#include <memory>

namespace inet {

/// An n x n matrix of doubles, column-major and not initialised, on huge pages where the kernel grants them: Eigen
/// would touch every page a first time only to zero it, in 4 KB pages, which costs a tenth of the factorisation at n =
/// 3,000.
class SquareBuffer {
public:
  SquareBuffer() = default;
  /// Throws std::bad_alloc.
  explicit SquareBuffer(int64_t n);
  /// Borrows n x n numbers that stay the caller's.
  SquareBuffer(double *borrowed, int64_t n) : data(borrowed), size(n) {}

  explicit operator bool() const { return data != nullptr; }
  /// The matrix. The buffer must outlive it.
  Eigen::Map<Eigen::MatrixXd> matrix() const { return {data, size, size}; }

private:
  struct Free {
    void operator()(double *p) const { std::free(p); }
  };
  std::unique_ptr<double, Free> owned;
  double *data = nullptr;
  int64_t size = 0;
};

} // namespace inet

#endif // INET_RUNTIME_LINALG_SQUAREBUFFER_H
