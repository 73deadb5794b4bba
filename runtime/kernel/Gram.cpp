// What generated code calls for its inner products (runtime/Abi.h). The callers see to it that BLAS runs in one thread:
// see BlasThreads in runtime/kernel/ComputeTiles.cpp.
#include "runtime/Abi.h"

#include <cblas.h>

extern "C" void inet_gram_f32(int64_t m, int64_t n, int64_t k, const float *a, int64_t lda, const float *b, int64_t ldb,
                              float *c, int64_t ldc) {
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, static_cast<int>(m), static_cast<int>(n), static_cast<int>(k),
              1.0f, a, static_cast<int>(lda), b, static_cast<int>(ldb), 0.0f, c, static_cast<int>(ldc));
}

extern "C" void inet_gram_f64(int64_t m, int64_t n, int64_t k, const double *a, int64_t lda, const double *b,
                              int64_t ldb, double *c, int64_t ldc) {
  cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, static_cast<int>(m), static_cast<int>(n), static_cast<int>(k),
              1.0, a, static_cast<int>(lda), b, static_cast<int>(ldb), 0.0, c, static_cast<int>(ldc));
}
