// How long a kernel takes, from a short run of it.
#ifndef INET_RUNTIME_KERNEL_CALIBRATE_H
#define INET_RUNTIME_KERNEL_CALIBRATE_H

#include "runtime/Abi.h"

#include <cstdint>

namespace inet {

struct SecondsPerEntry {
  double seconds;
  bool measured; ///< false: guessed from the number of operations
};

/// Seconds that one thread takes for an entry of the kernel (nngp and ntk, as compiled), measured on made-up examples of
/// `features` numbers: the rows that go together with one vector of columns, or as many more, up to a tile, as fill a
/// tenth of a second. A guess where these few entries would take seconds.
SecondsPerEntry measureSecondsPerEntry(const InetKernel &kernel, int64_t features);

} // namespace inet

#endif
