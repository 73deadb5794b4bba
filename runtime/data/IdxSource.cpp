// Arrays in the IDX format of MNIST: two bytes of 0, the type, the rank, the sizes and the numbers, all big-endian.
// Source: Y. LeCun, C. Cortes and C. J. C. Burges, "The MNIST database", section "The IDX file format".
#include "runtime/Error.h"
#include "runtime/data/ByteStream.h"
#include "runtime/data/Npy.h"
#include "runtime/data/Sources.h"

#include <fmt/format.h>

namespace inet {
namespace {

std::optional<Dtype> typeOf(unsigned char code) {
  switch (code) {
  case 0x08:
    return Dtype::u1;
  case 0x09:
    return Dtype::i1;
  case 0x0B:
    return Dtype::i2;
  case 0x0C:
    return Dtype::i4;
  case 0x0D:
    return Dtype::f4;
  case 0x0E:
    return Dtype::f8;
  default:
    return std::nullopt;
  }
}

std::unique_ptr<RowSource> openIdx(const std::string &path) {
  std::unique_ptr<ByteStream> stream = openBytes(path);
  unsigned char start[4];
  stream->read(start, sizeof start);
  std::optional<Dtype> dtype = typeOf(start[2]);
  if (start[0] != 0 || start[1] != 0 || !dtype || start[3] == 0)
    throw Error(fmt::format("{}: not an IDX array: it begins with the bytes {:02x} {:02x} {:02x} {:02x}, 00 00, a type "
                            "(08, 09, 0b to 0e) and a rank from 1 expected",
                            path, start[0], start[1], start[2], start[3]));
  NpyHeader header{*dtype, {}, false, sizeOf(*dtype) > 1};
  for (int d = 0; d < start[3]; ++d) {
    unsigned char size[4];
    stream->read(size, sizeof size);
    header.shape.push_back(int64_t(size[0]) << 24 | size[1] << 16 | size[2] << 8 | size[3]);
  }
  return openArray(path, header, 4 + 4 * int64_t(start[3]), std::move(stream));
}

bool isIdx(const std::string &file) {
  std::string name = withoutGzip(file.substr(file.rfind('/') + 1));
  return name.ends_with(".idx") || name.find("-idx") != std::string::npos || name.find(".idx") != std::string::npos;
}

} // namespace

const SourceKind idxSource = {".idx", false, isIdx, [](const std::string &file, const Wanted &wanted) {
                                return asWanted(openIdx(file), wanted);
                              }};

} // namespace inet
