#include "compiler/frontend/Nearest.h"

#include "llvm/ADT/StringRef.h"

namespace inetc {

// Whether two letters next to each other have changed places: one typing error, though two letters differ.
static bool swapsLetters(std::string name, llvm::StringRef candidate) {
  for (size_t i = 0; i + 1 < name.size(); ++i) {
    std::swap(name[i], name[i + 1]);
    if (candidate.equals_insensitive(name))
      return true;
    std::swap(name[i], name[i + 1]);
  }
  return false;
}

std::optional<std::string> nearest(const std::string &name, const std::vector<std::string> &candidates) {
  // A name of a thousand letters has no near neighbour that helps, and the distance would take long to compute.
  if (name.size() > 64)
    return std::nullopt;
  unsigned best = name.size() < 3 ? 1 : (name.size() + 2) / 3;
  std::optional<std::string> found;
  for (const std::string &candidate : candidates) {
    unsigned distance =
        swapsLetters(name, candidate)
            ? 1
            : llvm::StringRef(name).edit_distance_insensitive(candidate, /*AllowReplacements=*/true, best);
    // One wrong letter of one is a different name, not a misspelt one.
    if (distance >= name.size() || distance > best || (found && distance == best))
      continue;
    best = distance;
    found = candidate;
  }
  return found;
}

} // namespace inetc
