// What a search has found, for people and for programs.
#ifndef INETC_TUNING_TABLE_H
#define INETC_TUNING_TABLE_H

#include "compiler/tuning/Search.h"

#include <string>
#include <vector>

namespace inetc {

/// What was searched, for the lines about it.
struct SearchSummary {
  std::string file, network; ///< "mlp.inet", and --network, if it was given
  std::string precision;     ///< "f64 (3,000 examples or fewer)"
  std::string data;          ///< the options that name it, for a command: "--train-x x.npy --train-y y.npy"
  size_t networks = 0;       ///< distinct ones
  ::inet::SelectionOptions selection;
  ::inet::Task task = ::inet::Task::classification;
  SearchSizes sizes{0, 0};
};

/// "leave-one-out error of the ntk"
std::string describeMethod(const ::inet::SelectionOptions &selection);

/// The lines about the search, the best `most` trials in columns, what failed, and the commands of the best. `trials`:
/// best first.
std::string formatTable(const SearchSummary &summary, const std::vector<Trial> &trials, size_t most);

/// All trials as .csv, or as .json with the commands. Numbers are whole: nothing is rounded, and a nan is nothing.
std::string formatCsv(const std::vector<Trial> &trials);
std::string formatJson(const SearchSummary &summary, const std::vector<Trial> &trials);

} // namespace inetc

#endif // INETC_TUNING_TABLE_H
