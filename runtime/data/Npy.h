// The .npy format, versions 1 to 3: the header, and arrays read from .npy files and from members of .npz archives.
// Source: NumPy Enhancement Proposal 1 and numpy.lib.format.
#ifndef INET_RUNTIME_DATA_NPY_H
#define INET_RUNTIME_DATA_NPY_H

#include "runtime/data/Array.h"

#include <functional>
#include <string_view>

namespace inet {

class ByteStream;

struct NpyHeader {
  Dtype dtype;
  Shape shape;
  bool fortranOrder = false; ///< the first index is the one that runs fastest in the file
  bool bigEndian = false;    ///< the bytes of a number come in the order that this machine does not use
};

/// Reads exactly `size` bytes or throws.
using ReadBytes = std::function<void(void *, int64_t size)>;

/// Reads magic, version and header, and leaves the reader at the first number. `name` goes into messages. Throws Error
/// for anything but the numbers of Dtype, with rank at least 1 and sizes whose product fits; for what NumPy writes
/// beside (texts, dates, bfloat16) it says what would be read.
NpyHeader readNpyHeader(const std::string &name, const ReadBytes &read);

/// Throws Error for rank 0, a size of 0 and sizes whose product does not fit.
void checkArrayShape(const std::string &name, const NpyHeader &header);

/// The array whose numbers begin after `headerBytes` of the stream. Throws Error for a shape that cannot be and, where
/// the stream knows its size, where it has fewer or more numbers.
std::unique_ptr<RowSource> openArray(const std::string &name, const NpyHeader &header, int64_t headerBytes,
                                     std::unique_ptr<ByteStream> stream);

/// Magic, version 1.0 and header, padded to a multiple of 64 bytes as NumPy writes it.
std::string formatNpyHeader(Dtype dtype, const Shape &shape);

/// Opens a .npy file. Throws Error where it does not exist, is truncated or has bytes after the array.
std::unique_ptr<RowSource> openNpy(const std::string &path);

/// Opens member `member` (without its ".npy") of a .npz archive, stored or deflated; an empty name means the only
/// member.
std::unique_ptr<RowSource> openNpz(const std::string &path, const std::string &member);

} // namespace inet

#endif
