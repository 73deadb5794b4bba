// Small image files for tests, written by the libraries that read them.
#ifndef INET_TEST_RUNTIME_DATA_WRITEIMAGES_H
#define INET_TEST_RUNTIME_DATA_WRITEIMAGES_H

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <jpeglib.h>
#include <png.h>
#include <stdexcept>
#include <string>
#include <vector>

namespace inet::test {

/// Encodes height x width x channels samples of 8 bits; `exif` becomes an APP1 block where it is not empty.
inline std::string jpegBytes(int height, int width, int channels, std::vector<uint8_t> samples,
                             const std::string &exif = "", J_COLOR_SPACE space = JCS_UNKNOWN) {
  jpeg_compress_struct info;
  jpeg_error_mgr error;
  info.err = jpeg_std_error(&error);
  jpeg_create_compress(&info);
  unsigned char *bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &bytes, &size);
  info.image_height = JDIMENSION(height);
  info.image_width = JDIMENSION(width);
  info.input_components = channels;
  info.in_color_space = space != JCS_UNKNOWN ? space : channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, 100, TRUE);
  jpeg_start_compress(&info, TRUE);
  if (!exif.empty())
    jpeg_write_marker(&info, JPEG_APP0 + 1, reinterpret_cast<const JOCTET *>(exif.data()), unsigned(exif.size()));
  while (info.next_scanline < info.image_height) {
    JSAMPROW row = samples.data() + info.next_scanline * size_t(width * channels);
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  std::string text(reinterpret_cast<char *>(bytes), size);
  std::free(bytes);
  return text;
}

/// Writes rows of samples (8 bits, or 16 with the high byte first) as a PNG of that colour type.
inline std::string writePng(const std::string &path, int height, int width, int colourType, int depth,
                            std::vector<uint8_t> bytes, const std::vector<png_color> &palette = {}) {
  FILE *file = std::fopen(path.c_str(), "wb");
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  if (!file || setjmp(png_jmpbuf(png)) != 0)
    throw std::runtime_error("cannot write " + path);
  png_init_io(png, file);
  png_set_IHDR(png, info, png_uint_32(width), png_uint_32(height), depth, colourType, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (!palette.empty())
    png_set_PLTE(png, info, palette.data(), int(palette.size()));
  png_write_info(png, info);
  for (int y = 0; y < height; ++y)
    png_write_row(png, bytes.data() + size_t(y) * bytes.size() / size_t(height));
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  std::fclose(file);
  return path;
}

/// A BMP of `bits` with this palette (blue, green, red, 0 each) and these rows, from the lowest on, each padded to 4
/// bytes.
inline std::string bmpBytes(int height, int width, int bits, const std::string &palette, const std::string &rows) {
  auto number = [](int64_t value, int size) {
    std::string bytes;
    for (int b = 0; b < size; ++b)
      bytes += char(value >> (8 * b));
    return bytes;
  };
  std::string body = palette + rows;
  return "BM" + number(54 + int64_t(body.size()), 4) + number(0, 4) + number(54 + int64_t(palette.size()), 4) +
         number(40, 4) + number(width, 4) + number(height, 4) + number(1, 2) + number(bits, 2) + number(0, 24) + body;
}

} // namespace inet::test

#endif
