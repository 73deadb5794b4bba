// What a search has found so far, in a file that survives its end.
#ifndef INETC_TUNING_JOURNAL_H
#define INETC_TUNING_JOURNAL_H

#include "runtime/report/Json.h"

#include <map>
#include <string>

namespace inetc {

/// A file of JSON objects, one a line: what the search is, then what came of each network. A line is on the disk before
/// `append` returns; one that a killed search left half written is dropped. One process at a time.
class Journal {
public:
  /// Makes `path`, or goes on with what is there. `identity`: an object of what must be equal for the results to be
  /// those of the same search; messages name its keys. Throws ::inet::Error where the file is of another search, in use
  /// or damaged, and, unless `resume`, where it holds results.
  Journal(std::string path, const ::inet::Json &identity, bool resume);
  ~Journal();
  Journal(const Journal &) = delete;
  Journal &operator=(const Journal &) = delete;

  /// The result under this key; null where there is none.
  const ::inet::Json *find(const std::string &key) const;
  size_t size() const { return results.size(); }
  void append(const std::string &key, const ::inet::Json &result);
  /// The search is over, and its table written.
  void remove();

private:
  void read(const ::inet::Json &identity, bool resume);
  void write(const ::inet::Json &line);

  std::string path;
  int file = -1;
  std::map<std::string, ::inet::Json> results;
};

} // namespace inetc

#endif // INETC_TUNING_JOURNAL_H
