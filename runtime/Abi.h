/* The whole contract between generated code and the runtime: what a compiled network offers (InetProgram, InetKernel)
 * and how its two functions, `prepare` and `block`, are called. C, so that other languages can use it as it is.
 *
 * Words: an example is one input (an image, a row of a table); n examples are an array of n x features numbers, C
 * order, channels last. A kernel is the n1 x n2 matrix of nngp or ntk values. A tile is the part of it that one call
 * computes.
 */
#ifndef INET_RUNTIME_ABI_H
#define INET_RUNTIME_ABI_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define INET_ABI_VERSION 3u

enum InetDtype { INET_F32 = 0, INET_F64 = 1 };

/* Which results the generated code computes: a set of bits. */
enum InetResult { INET_NNGP = 1u, INET_NTK = 2u };

/* The instruction set that a variant needs; the runtime takes the last variant of a dtype that the machine can run. */
enum InetCpu { INET_CPU_BASELINE = 0, INET_CPU_X86_64_V3 = 3, INET_CPU_X86_64_V4 = 4, INET_CPU_AMX = 5 };

/* The registers of AMX are large: Linux (5.16 and later) wants to be asked before a process uses them, by
 * arch_prctl(INET_REQUEST_PERMISSION, INET_TILE_DATA), and may refuse. */
enum InetLinux { INET_REQUEST_PERMISSION = 0x1023, INET_TILE_DATA = 18 };

/* One call of `block`: rows [row_begin, row_end) of X1 against columns [column_begin, column_end) of X2.
 * nngp and ntk point at the entry (row_begin, column_begin); entry (i, j) lies at
 * (i - row_begin) * leading + (j - column_begin). A result that was not compiled in is not written: its pointer may be
 * null. column_begin is a multiple of `lanes`; the other bounds need not be. Nothing outside the tile is written.
 */
struct InetTile {
  const void *prepared1; /* written by prepare, for capacity1 examples */
  int64_t capacity1;
  int64_t row_begin, row_end;
  const void *prepared2;
  int64_t capacity2;
  int64_t column_begin, column_end;
  int64_t same; /* 1 where X1 and X2 are the same examples: entry (i, i) then pairs an example with itself */
  void *nngp;
  void *ntk;
  int64_t leading; /* elements from one row of the results to the next */
  void *scratch;   /* block_scratch_bytes, aligned to 64, one for each thread */
};

/* One compiled variant of a network's kernel. All pointers handed to it are aligned to 64 bytes. */
struct InetKernel {
  uint32_t cpu;                       /* InetCpu */
  uint32_t dtype;                     /* InetDtype: of the inputs, the results and everything between */
  uint32_t results;                   /* bits of InetResult */
  uint32_t lanes;                     /* examples that lie side by side in a vector */
  int64_t row_step;                   /* rows that `block` takes together: fewer take as long */
  int64_t tile_rows, tile_columns;    /* the largest tile that scratch allows; multiples of lanes */
  int64_t prepared_bytes_per_example; /* a prepared batch takes capacity * this many bytes */
  int64_t prepare_scratch_bytes;
  int64_t block_scratch_bytes;
  double flops_per_pair; /* of block, for one entry; a fused multiply-add counts as two */
  uint64_t spec_hash;    /* of architecture, dtype and results: kernels with different hashes are different kernels */

  /* Prepares examples [begin, end) of a batch of `capacity` examples (a multiple of lanes, as are begin and end).
   * x points at example `begin`: (end - begin) x features numbers, examples past the real batch filled with zeros.
   * Distinct ranges may be prepared by distinct threads. Returns -1, or the index of the first example whose variance
   * is not finite in this dtype (its values are too large). */
  int64_t (*prepare)(const void *x, int64_t begin, int64_t end, int64_t capacity, void *prepared, void *scratch);

  void (*block)(const struct InetTile *tile);
};

/* A compiled network. Shapes: input_shape holds input_rank sizes, spatial sizes first and channels last. */
struct InetProgram {
  uint32_t abi_version; /* INET_ABI_VERSION */
  uint32_t kernel_count;
  const char *name;         /* of the network */
  const char *architecture; /* the network after evaluation, a line a layer, as `inetc --emit=inet` prints it */
  uint64_t spec_hash;       /* that of its kernels; where these are in f32 and in f64, another: of both together */
  int64_t input_rank;
  const int64_t *input_shape;
  /* kernel_count variants: of one dtype, or those in f32 and then those in f64; of each the most demanding instruction
   * set last. All have the same results. */
  const struct InetKernel *kernels;
};

/* What generated code calls. Provided by the runtime: C = A * B^T for row-major A (m x k), B (n x k), C (m x n),
 * single-threaded. */
void inet_gram_f32(int64_t m, int64_t n, int64_t k, const float *a, int64_t lda, const float *b, int64_t ldb, float *c,
                   int64_t ldc);
void inet_gram_f64(int64_t m, int64_t n, int64_t k, const double *a, int64_t lda, const double *b, int64_t ldb,
                   double *c, int64_t ldc);

#ifdef __cplusplus
}
#endif
#endif /* INET_RUNTIME_ABI_H */
