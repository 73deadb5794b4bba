#include "runtime/data/Sources.h"

#include "runtime/Error.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace inet {

std::span<const SourceKind *const> sourceKinds() {
  static constexpr std::array<const SourceKind *, 6> kinds = {&imageFolderSource, &npySource, &npzSource,
                                                              &tableSource,       &idxSource, &cifarSource};
  return kinds;
}

const SourceKind &kindOf(const std::string &file) {
  for (const SourceKind *kind : sourceKinds())
    if (kind->recognises(file))
      return *kind;
  throw Error(fmt::format("{}: unknown kind of file; {} expected", file, listSourceKinds()));
}

std::string listSourceKinds(bool onlyWithLabels) {
  std::vector<std::string> names;
  for (const SourceKind *kind : sourceKinds())
    if (kind->holdsLabels || !onlyWithLabels)
      names.push_back(kind->name);
  if (names.size() == 1)
    return names.front();
  return fmt::format("{} or {}", fmt::join(names.begin(), names.end() - 1, ", "), names.back());
}

std::string pathOf(const std::string &file) {
  size_t member = file.rfind(".npz:");
  return member == std::string::npos ? file : file.substr(0, member + 4);
}

} // namespace inet
