#include "runtime/data/Exif.h"

#include <cstring>
#include <utility>

namespace inet {

int exifOrientation(const std::vector<unsigned char> &block) {
  constexpr size_t tiff = 6; // after "Exif\0\0"
  if (block.size() < tiff + 8 || std::memcmp(block.data(), "Exif\0\0", tiff) != 0)
    return 1;
  bool bigEndian = block[tiff] == 'M';
  auto number = [&](size_t at, int size) -> size_t {
    size_t value = 0;
    for (int b = 0; b < size; ++b) {
      size_t byte = at + size_t(bigEndian ? b : size - 1 - b);
      value = value << 8 | (byte < block.size() ? block[byte] : 0);
    }
    return value;
  };
  size_t directory = tiff + number(tiff + 4, 4);
  for (size_t entry = 0; entry < number(directory, 2) && directory + 12 * entry + 14 <= block.size(); ++entry) {
    size_t at = directory + 2 + 12 * entry;
    if (number(at, 2) != 0x0112)
      continue;
    size_t orientation = number(at + 8, 2);
    return orientation >= 1 && orientation <= 8 ? int(orientation) : 1;
  }
  return 1;
}

Image oriented(Image image, int orientation) {
  if (orientation == 1)
    return image;
  bool transposed = orientation >= 5;
  bool fromRight = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  bool fromBottom = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  Image turned{transposed ? image.width : image.height, transposed ? image.height : image.width, image.channels,
               std::vector<float>(image.pixels.size())};
  for (int64_t y = 0; y < turned.height; ++y)
    for (int64_t x = 0; x < turned.width; ++x) {
      int64_t row = transposed ? x : y, column = transposed ? y : x;
      if (fromBottom)
        row = image.height - 1 - row;
      if (fromRight)
        column = image.width - 1 - column;
      for (int64_t c = 0; c < image.channels; ++c)
        turned.pixels[(y * turned.width + x) * image.channels + c] =
            image.pixels[(row * image.width + column) * image.channels + c];
    }
  return turned;
}

} // namespace inet
