// What a compiled network is to the runtime, written by hand: input [F], dense, relu, dense, all with w_std = 1.
#ifndef INET_TEST_RUNTIME_HANDWRITTENKERNEL_H
#define INET_TEST_RUNTIME_HANDWRITTENKERNEL_H

#include "runtime/Abi.h"

namespace inet::test {

inline constexpr int64_t kFeatures = 5;

/// nngp and ntk, f32 with 16 lanes or f64 with 8; tiles of at most 192 x 144 examples, so that a few hundred examples
/// have several.
const InetProgram &handWrittenProgram(InetDtype dtype);
/// The kernels of both in one program.
const InetProgram &handWrittenInBoth();

/// Its kernel of two examples of kFeatures numbers (Cho and Saul 2009, eq. 6; Jacot et al. 2018), in double.
struct Entry {
  double nngp, ntk;
};
Entry handWrittenEntry(const double *x, const double *y);

} // namespace inet::test

#endif
