// The BLAS and LAPACK routines that the solves use, by their Fortran symbols (OpenBLAS exports them; integers are 32
// bits).
//
// LAPACK is called directly and not through LAPACKE, whose NaN check overflows its index from n = 46,341 on.
#ifndef INET_RUNTIME_LINALG_BLAS_H
#define INET_RUNTIME_LINALG_BLAS_H

#include <cstdint>

extern "C" {
void dgemm_(const char *transa, const char *transb, const int *m, const int *n, const int *k, const double *alpha,
            const double *a, const int *lda, const double *b, const int *ldb, const double *beta, double *c,
            const int *ldc);
void dsyrk_(const char *uplo, const char *trans, const int *n, const int *k, const double *alpha, const double *a,
            const int *lda, const double *beta, double *c, const int *ldc);
void dtrsm_(const char *side, const char *uplo, const char *transa, const char *diag, const int *m, const int *n,
            const double *alpha, const double *a, const int *lda, double *b, const int *ldb);
void dpotrf_(const char *uplo, const int *n, double *a, const int *lda, int *info);
void dsyr2k_(const char *uplo, const char *trans, const int *n, const int *k, const double *alpha, const double *a,
             const int *lda, const double *b, const int *ldb, const double *beta, double *c, const int *ldc);
void dgemv_(const char *trans, const int *m, const int *n, const double *alpha, const double *a, const int *lda,
            const double *x, const int *incx, const double *beta, double *y, const int *incy);
void dsymv_(const char *uplo, const int *n, const double *alpha, const double *a, const int *lda, const double *x,
            const int *incx, const double *beta, double *y, const int *incy);
void dlarfg_(const int *n, double *alpha, double *x, const int *incx, double *tau);
void dsterf_(const int *n, double *d, double *e, int *info);
void dstedc_(const char *compz, const int *n, double *d, double *e, double *z, const int *ldz, double *work,
             const int *lwork, int *iwork, const int *liwork, int *info);
void dormtr_(const char *side, const char *uplo, const char *trans, const int *m, const int *n, const double *a,
             const int *lda, const double *tau, double *c, const int *ldc, double *work, const int *lwork, int *info);
void openblas_set_num_threads(int threads);
int openblas_get_num_threads(void);
int openblas_get_num_procs(void);
// Not in OpenBLAS's header, but exported: a buffer out of its pool, which keeps what is given back.
void *blas_memory_alloc(int position);
void blas_memory_free(void *buffer);
}

namespace inet {

/// A size as BLAS takes it. Throws Error, naming `what`, where it does not fit 32 bits.
int blasInt(int64_t size, const char *what);

/// OpenBLAS has buffers for so many calls at a time, and ends the program where there are more.
inline constexpr int maximumBlasCalls = 64;

/// Takes the buffers that calls of OpenBLAS from so many threads at a time need, 128 MiB of address space each, where
/// the address space is limited (ulimit -v). Throws Error where they are not to be had: OpenBLAS itself would ask for
/// them again and again, for ever. To be called before other memory is taken.
void reserveBlasMemory(int threads);

/// While it lives, BLAS and LAPACK use this many threads (at least 1); then as many as before. OpenBLAS has one setting
/// for the whole process: where several of these live, in one thread or in many, the fewest threads count. Solves hold
/// one, tiles of the kernel run with 1.
class BlasThreads {
public:
  explicit BlasThreads(int threads);
  ~BlasThreads();
  BlasThreads(const BlasThreads &) = delete;
  BlasThreads &operator=(const BlasThreads &) = delete;

private:
  int threads;
};

} // namespace inet

#endif // INET_RUNTIME_LINALG_BLAS_H
