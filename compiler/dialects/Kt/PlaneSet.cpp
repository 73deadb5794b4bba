#include "compiler/dialects/Kt/PlaneSet.h"

#include <algorithm>
#include <cassert>
#include <cstdlib>

using namespace inetc::kt;

PlaneSet PlaneSet::diagonal(int64_t rank) { return product(std::vector<std::vector<int64_t>>(rank, {0})); }

PlaneSet PlaneSet::product(std::vector<std::vector<int64_t>> sets) {
  PlaneSet planes;
  // without spatial dimensions there is one plane, and it is everything
  if (sets.empty())
    return planes;
  for (std::vector<int64_t> &set : sets) {
    std::sort(set.begin(), set.end());
    set.erase(std::unique(set.begin(), set.end()), set.end());
  }
  planes.sets = std::move(sets);
  return planes;
}

bool PlaneSet::isDiagonal() const {
  return sets && llvm::all_of(*sets, [](const std::vector<int64_t> &set) { return set.size() == 1 && set[0] == 0; });
}

PlaneSet PlaneSet::unionWith(const PlaneSet &other) const {
  if (isAll() || other.isAll())
    return all();
  assert(sets->size() == other.sets->size() && "plane sets of different rank");
  std::vector<std::vector<int64_t>> joined = *sets;
  for (size_t i = 0; i < joined.size(); ++i)
    joined[i].insert(joined[i].end(), (*other.sets)[i].begin(), (*other.sets)[i].end());
  return product(std::move(joined));
}

bool PlaneSet::includes(const PlaneSet &other, llvm::ArrayRef<int64_t> positions) const {
  if (isAll())
    return true;
  for (size_t i = 0; i < positions.size(); ++i) {
    const std::vector<int64_t> &here = (*sets)[i];
    if (other.isAll() ? static_cast<int64_t>(here.size()) < positions[i]
                      : !std::includes(here.begin(), here.end(), (*other.sets)[i].begin(), (*other.sets)[i].end()))
      return false;
  }
  return true;
}

bool PlaneSet::contains(llvm::ArrayRef<int64_t> positions, int64_t p, int64_t q) const {
  if (isAll())
    return true;
  for (size_t i = positions.size(); i-- > 0; p /= positions[i], q /= positions[i]) {
    int64_t displacement = std::abs(p % positions[i] - q % positions[i]);
    if (!std::binary_search((*sets)[i].begin(), (*sets)[i].end(), displacement))
      return false;
  }
  return true;
}

int64_t PlaneSet::count(llvm::ArrayRef<int64_t> positions) const {
  int64_t planes = 1;
  for (size_t i = 0; i < positions.size(); ++i) {
    int64_t signedCount = 2 * positions[i] - 1;
    if (!isAll()) {
      signedCount = 0;
      for (int64_t displacement : (*sets)[i])
        signedCount += displacement == 0 ? 1 : 2;
    }
    planes *= signedCount;
  }
  return planes;
}

PlaneSet PlaneSet::clampTo(llvm::ArrayRef<int64_t> positions) const {
  if (isAll())
    return all();
  std::vector<std::vector<int64_t>> clamped = *sets;
  bool everything = true;
  for (size_t i = 0; i < clamped.size(); ++i) {
    llvm::erase_if(clamped[i], [&](int64_t d) { return d >= positions[i]; });
    everything &= static_cast<int64_t>(clamped[i].size()) == positions[i];
  }
  return everything ? all() : product(std::move(clamped));
}

namespace inetc::kt {
llvm::hash_code hash_value(const PlaneSet &planes) {
  if (planes.isAll())
    return llvm::hash_value(0);
  llvm::hash_code code = llvm::hash_value(1);
  for (const std::vector<int64_t> &set : planes.getSets())
    code = llvm::hash_combine(code, llvm::hash_combine_range(set.begin(), set.end()));
  return code;
}
} // namespace inetc::kt
