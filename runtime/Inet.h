/* For programs that compute kernels themselves: link what `inetc --emit=lib` makes, and the runtime. C and C++. */
#ifndef INET_RUNTIME_INET_H
#define INET_RUNTIME_INET_H

#include "runtime/Abi.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Computes the n1 x n2 kernel of x1 with x2, or, where x2 is null, the n1 x n1 kernel of x1 with itself (n2 is then
 * ignored; half the work, exactly symmetric). x1, x2: n x features numbers in the program's dtype, C order, channels
 * last. nngp, ntk: room for n1 * n2 numbers of that dtype each; null where it is not wanted. threads: 0 for all cores.
 * Returns 0; or 1, and a line that says why in `error` (at most error_size bytes with the final 0; may be null).
 * An entry that is too large for the dtype is infinite or a nan, which is not an error. */
int inet_compute_kernel(const struct InetProgram *program, const void *x1, int64_t n1, const void *x2, int64_t n2,
                        void *nngp, void *ntk, int threads, char *error, size_t error_size);

#ifdef __cplusplus
}
#endif
#endif /* INET_RUNTIME_INET_H */
