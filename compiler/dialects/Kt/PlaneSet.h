//===- PlaneSet.h - a set of displacement planes --------------------------===//
//
// Which displacements d = p' − p of a kernel are needed: everything, or for each spatial dimension a set of |d|, of
// which the product is taken. Sets are sorted and hold no value twice.
//
//===----------------------------------------------------------------------===//

#ifndef INETC_KT_PLANESET_H
#define INETC_KT_PLANESET_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/Hashing.h"
#include "llvm/ADT/STLExtras.h"
#include <optional>
#include <vector>

namespace inetc::kt {

class PlaneSet {
public:
  /// Every displacement.
  static PlaneSet all() { return PlaneSet(); }
  /// Displacement 0 only, for `rank` spatial dimensions.
  static PlaneSet diagonal(int64_t rank);
  /// The product of one sorted set of |d| for each dimension.
  static PlaneSet product(std::vector<std::vector<int64_t>> sets);

  bool isAll() const { return !sets; }
  bool isDiagonal() const;
  /// The sets of |d|, one for each dimension. Requires !isAll().
  const std::vector<std::vector<int64_t>> &getSets() const { return *sets; }

  /// Everything in either; `all` absorbs.
  PlaneSet unionWith(const PlaneSet &other) const;
  /// Whether every plane of `other`, of positions of these sizes, is one of these.
  bool includes(const PlaneSet &other, llvm::ArrayRef<int64_t> positions) const;
  /// Whether the plane of positions p and q, row-major indices into `positions`, is one of them.
  bool contains(llvm::ArrayRef<int64_t> positions, int64_t p, int64_t q) const;
  /// The number of displacements d, of both signs, of positions of these sizes.
  int64_t count(llvm::ArrayRef<int64_t> positions) const;
  /// Displacements of at most `positions[i] − 1` in dimension i, and `all` where that is everything.
  PlaneSet clampTo(llvm::ArrayRef<int64_t> positions) const;

  friend bool operator==(const PlaneSet &a, const PlaneSet &b) { return a.sets == b.sets; }
  friend llvm::hash_code hash_value(const PlaneSet &planes);

private:
  std::optional<std::vector<std::vector<int64_t>>> sets;
};

} // namespace inetc::kt

#endif // INETC_KT_PLANESET_H
