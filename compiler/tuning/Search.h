// The search: every setting's network is compiled into this process, and its training kernel scored.
#ifndef INETC_TUNING_SEARCH_H
#define INETC_TUNING_SEARCH_H

#include "compiler/pipeline/Compiler.h"
#include "compiler/targets/Jit.h"
#include "compiler/tuning/Journal.h"
#include "compiler/tuning/Settings.h"
#include "runtime/learn/Selection.h"

#include <functional>
#include <memory>
#include <optional>

namespace inetc {

/// What came of one setting.
struct Trial {
  TunedSetting setting;
  std::optional<size_t> sameAs; ///< the first setting that leads to the same network, if that is another
  int64_t examples = 0;         ///< of the last kernel that was scored
  ::inet::SelectionScore score; ///< a nan where none could be said
  std::string failure;          ///< why there is no score, one line; else empty
};

/// The networks of some settings, listed and not yet compiled.
class Candidates {
public:
  /// `options`: of all of them; its definitions are the settings'.
  Candidates(CompilerOptions options, std::vector<TunedSetting> settings);

  struct Network {
    size_t setting;                ///< the first that leads to it
    std::string architecture, key; ///< and its hash
  };
  /// Distinct ones, in the order of the settings.
  const std::vector<Network> &networks() const { return distinct; }
  const std::vector<TunedSetting> &settings() const { return all; }
  /// Which of networks() a setting leads to; none where it is no network.
  std::optional<size_t> networkOf(size_t setting) const { return indexOf[setting]; }
  /// What the compiler says of a setting that is no network.
  const std::string &messageOf(size_t setting) const { return messages[setting]; }
  /// Of all listings and messages: other networks have another hash.
  std::string hash() const;

  /// Compiled when it is first asked for. Throws ::inet::Error.
  const InetProgram &program(size_t network);
  /// Whatever is compiled from now on; what was before is compiled again.
  void setPrecision(const std::string &precision);

private:
  CompilerOptions optionsOf(size_t setting) const;

  CompilerOptions options;
  std::vector<TunedSetting> all;
  std::vector<std::optional<size_t>> indexOf;
  std::vector<std::string> messages;
  std::vector<Network> distinct;
  std::vector<const InetProgram *> programs;
  std::unique_ptr<Jit> jit;
};

/// On how many examples all networks are scored, then half of them on twice as many, and so on: at least three (or all)
/// on `final`.
struct SearchSizes {
  int64_t subset, final;
};

/// Called after every score: how many are made and how many there will be, examples of the last, and the best of this
/// round.
using ShowProgress = std::function<void(size_t done, size_t total, int64_t examples, const Trial *best)>;

/// All settings, best first: those that were scored on more examples before others, then by score; then those without
/// one. Results come from `journal` where it has them, and go there; it may be null. Deterministic.
std::vector<Trial> search(Candidates &candidates, const ::inet::Selection &selection, const SearchSizes &sizes,
                          const ::inet::Execution &execution, Journal *journal, const ShowProgress &show);

} // namespace inetc

#endif // INETC_TUNING_SEARCH_H
