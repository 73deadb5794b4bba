#include "runtime/Error.h"
#include "runtime/data/Image.h"

#include <cmath>
#include <csetjmp>
#include <fmt/format.h>
#include <png.h>

namespace inet {
namespace {

using Bytes = std::vector<unsigned char>;

void appendBytes(png_structp png, png_bytep data, size_t size) {
  auto *bytes = static_cast<Bytes *>(png_get_io_ptr(png));
  bytes->insert(bytes->end(), data, data + size);
}

void flushNothing(png_structp) {}

/// What has a destructor lies with the caller, as libpng leaves by longjmp. false: not enough memory.
bool writePng(png_structp png, png_infop info, const Image &image, std::vector<png_bytep> &rows, Bytes &file) {
  if (setjmp(png_jmpbuf(png)) != 0)
    return false;
  png_set_write_fn(png, &file, appendBytes, flushNothing);
  png_set_IHDR(png, info, png_uint_32(image.width), png_uint_32(image.height), 8,
               image.channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_set_rows(png, info, rows.data());
  png_write_png(png, info, PNG_TRANSFORM_IDENTITY, nullptr);
  return true;
}

unsigned char byteOf(float number) {
  return number < 255 ? static_cast<unsigned char>(std::fmax(number, 0) + 0.5f) : 255;
}

} // namespace

std::vector<unsigned char> encodePng(const Image &image) {
  if (image.height < 1 || image.width < 1 || (image.channels != 1 && image.channels != 3))
    throw Error(fmt::format("an image of {} x {} pixels and {} channels found; at least one pixel and 1 or 3 channels "
                            "expected",
                            image.height, image.width, image.channels));
  Bytes samples, file;
  samples.reserve(image.pixels.size());
  for (float pixel : image.pixels)
    samples.push_back(byteOf(pixel));
  std::vector<png_bytep> rows;
  for (int64_t y = 0; y < image.height; ++y)
    rows.push_back(samples.data() + y * image.width * image.channels);
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png ? png_create_info_struct(png) : nullptr;
  const bool whole = info && writePng(png, info, image, rows, file);
  png_destroy_write_struct(&png, &info);
  if (!whole)
    throw Error("a PNG image: not enough memory");
  return file;
}

} // namespace inet
