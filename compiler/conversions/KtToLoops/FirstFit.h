//===- FirstFit.h - places in memory that is used again -----------------------===//

#ifndef INETC_CONVERSIONS_KTTOLOOPS_FIRSTFIT_H
#define INETC_CONVERSIONS_KTTOLOOPS_FIRSTFIT_H

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include <algorithm>
#include <cstdint>

namespace inetc {

/// Gives out the first place that is free, from `begin` on. Who asks says until when: a number that grows with time.
class FirstFit {
public:
  explicit FirstFit(int64_t begin = 0) : first(begin), end(begin) {}

  /// Frees what was needed until before `now`.
  void release(int now) {
    llvm::erase_if(taken, [&](const Taken &place) { return place.until < now; });
  }

  int64_t allocate(int64_t size, int until) {
    llvm::sort(taken, [](const Taken &a, const Taken &b) { return a.begin < b.begin; });
    int64_t begin = first;
    for (const Taken &place : taken) {
      if (begin + size <= place.begin)
        break;
      begin = std::max(begin, place.begin + place.size);
    }
    taken.push_back({begin, size, until});
    end = std::max(end, begin + size);
    return begin;
  }

  /// The place that begins there is needed longer.
  void extend(int64_t begin, int until) {
    for (Taken &place : taken)
      if (place.begin == begin)
        place.until = until;
  }

  /// Behind everything that was ever given out.
  int64_t getEnd() const { return end; }

private:
  struct Taken {
    int64_t begin, size;
    int until;
  };
  int64_t first, end;
  llvm::SmallVector<Taken> taken;
};

} // namespace inetc

#endif // INETC_CONVERSIONS_KTTOLOOPS_FIRSTFIT_H
