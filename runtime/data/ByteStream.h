// Bytes of a file, as they are or as gzip packed them, from first to last.
#ifndef INET_RUNTIME_DATA_BYTESTREAM_H
#define INET_RUNTIME_DATA_BYTESTREAM_H

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace inet {

class ByteStream {
public:
  virtual ~ByteStream() = default;
  /// The number of bytes from the first to the last; nothing where only reading all of them tells.
  virtual std::optional<int64_t> size() const = 0;
  /// `size`, or what reading everything tells; goes back to the beginning.
  virtual int64_t countBytes() = 0;
  virtual void rewind() = 0;
  /// Reads exactly `size` bytes. Throws Error where there are fewer, or they are corrupt.
  void read(void *out, int64_t size);
  /// Goes `size` bytes on.
  virtual void skip(int64_t size);
  /// Called once the last byte that is wanted has been read: throws Error where more follow or a checksum is wrong.
  virtual void finish() {}

protected:
  /// Reads some of `size` > 0 bytes, one at least: how many. Throws Error where there are none, or they are corrupt.
  virtual int64_t readSome(void *out, int64_t size) = 0;
};

/// Opens a regular file; where its first two bytes are gzip's, what is packed in it. Throws Error.
std::unique_ptr<ByteStream> openBytes(const std::string &path);

/// "x.npy" of "x.npy.gz"; any other name as it is.
std::string withoutGzip(const std::string &file);

} // namespace inet

#endif
