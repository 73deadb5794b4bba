#include "compiler/frontend/Nearest.h"

#include "llvm/ADT/StringRef.h"

namespace inetc {

std::optional<std::string> nearest(const std::string &name, const std::vector<std::string> &candidates) {
  // A name of a thousand letters has no near neighbour that helps, and the distance would take long to compute.
  if (name.size() > 64)
    return std::nullopt;
  unsigned best = name.size() < 3 ? 1 : (name.size() + 2) / 3;
  std::optional<std::string> found;
  for (const std::string &candidate : candidates) {
    unsigned distance = llvm::StringRef(name).edit_distance_insensitive(candidate, /*AllowReplacements=*/true, best);
    // One wrong letter of one is a different name, not a misspelt one.
    if (distance >= name.size() || distance > best || (found && distance == best))
      continue;
    best = distance;
    found = candidate;
  }
  return found;
}

} // namespace inetc
