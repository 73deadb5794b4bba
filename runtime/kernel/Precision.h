#ifndef INET_RUNTIME_KERNEL_PRECISION_H
#define INET_RUNTIME_KERNEL_PRECISION_H

namespace inet {

/// The precision that a user wants of a program: `automatic` leaves it to what is computed.
enum class Precision { automatic, f32, f64 };

} // namespace inet

#endif
