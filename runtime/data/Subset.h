// Some of the rows of another source, read from it as they are asked for.
#ifndef INET_RUNTIME_DATA_SUBSET_H
#define INET_RUNTIME_DATA_SUBSET_H

#include "runtime/data/Array.h"

namespace inet {

/// A source for each list of ascending row numbers of `source`, in the order of the file. Each reads the file from its
/// first row to the last one that it wants, a megabyte at a time, and keeps what is its own. They may be read in turn,
/// also by pieces: where one goes back the file is begun again. Messages have the row numbers of the file. What the
/// file was taken for is a fact of the first of them.
std::vector<std::unique_ptr<RowSource>> divideRows(std::shared_ptr<RowSource> source,
                                                   const std::vector<std::vector<int64_t>> &parts);

} // namespace inet

#endif
