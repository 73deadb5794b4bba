// Whether numbers are finite, at the speed of memory: files that include this are compiled so that the loop is vectorised.
#ifndef INET_RUNTIME_DATA_FINITE_H
#define INET_RUNTIME_DATA_FINITE_H

#include <cmath>
#include <cstdint>
#include <limits>

namespace inet {

/// 1 for infinities and nan, which fails every comparison, else 0: to be combined without a branch.
template <class T> unsigned isNotFinite(T x) {
  return static_cast<unsigned>(!(std::abs(x) <= std::numeric_limits<T>::max()));
}

template <class T> bool areFinite(const T *numbers, int64_t count) {
  unsigned bad = 0;
  for (int64_t i = 0; i < count; ++i)
    bad |= isNotFinite(numbers[i]);
  return bad == 0;
}

} // namespace inet

#endif
