//===- MutateIr.h - IR as text, with something wrong in it ---------------------===//

#ifndef INETC_TEST_FUZZ_MUTATEIR_H
#define INETC_TEST_FUZZ_MUTATEIR_H

#include <random>
#include <string>
#include <vector>

namespace inetc {

/// Makes faulty IR out of good IR: numbers at the ends of their range, other types, attributes and operations from the
/// same or from other files, lines and words in other places. Many of the results are IR that a verifier takes, since
/// what stands in several places is mostly exchanged in all of them.
class IrMutator {
public:
  /// `corpus`: modules as text, of which mutants are made.
  explicit IrMutator(std::vector<std::string> corpus);

  /// The same for the same state of `random`.
  std::string mutate(std::mt19937_64 &random) const;

private:
  std::string mutateOnce(const std::string &text, std::mt19937_64 &random) const;

  std::vector<std::string> corpus;
  // what the corpus holds of each kind, each once
  std::vector<std::string> types, attributes, operations, lines;
};

} // namespace inetc

#endif // INETC_TEST_FUZZ_MUTATEIR_H
