// Image formats: JPEG by libjpeg-turbo, PNG by libpng, and BMP, which has no library of its own in Debian.
//
// Not OpenCV or libvips: every program that inetc makes links the runtime, and in Debian 12 their loaders depend on 170
// (libopencv-imgcodecs) and 121 (libvips) packages of libraries; these two are what both decode with, too.
#include "runtime/Error.h"
#include "runtime/data/ByteStream.h"
#include "runtime/data/Exif.h"
#include "runtime/data/Image.h"

#include <algorithm>
#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <fmt/format.h>
#include <jpeglib.h>
#include <png.h>

namespace inet {
namespace {

using Bytes = std::vector<unsigned char>;

Bytes readWhole(const std::string &path) {
  std::unique_ptr<ByteStream> stream = openBytes(path);
  Bytes bytes(stream->countBytes());
  stream->read(bytes.data(), int64_t(bytes.size()));
  return bytes;
}

void requireSize(int64_t height, int64_t width) {
  if (height <= 0 || width <= 0)
    throw Error(fmt::format("{} x {} pixels", width, height));
  if (height > kMostPixels / width)
    throw Error(fmt::format("{} x {} pixels found, at most {} million expected", width, height, kMostPixels / 1000000));
}

/// What a file is by its first bytes: "JPEG", "PNG", "BMP"; another format's name for one that is not decoded; "" for
/// no image that we know of.
std::string formatOf(const Bytes &bytes) {
  using namespace std::string_view_literals;
  auto at = [&](size_t offset, std::string_view text) {
    return bytes.size() >= offset + text.size() && std::memcmp(bytes.data() + offset, text.data(), text.size()) == 0;
  };
  if (at(0, "\xff\xd8\xff"))
    return "JPEG";
  if (at(0, "\x89PNG\r\n\x1a\n"))
    return "PNG";
  if (at(0, "BM") && bytes.size() > 26)
    return "BMP";
  if (at(0, "GIF8"))
    return "GIF";
  if (at(0, "II*\0"sv) || at(0, "MM\0*"sv))
    return "TIFF";
  if (at(0, "RIFF") && at(8, "WEBP"))
    return "WebP";
  if (at(4, "ftypheic") || at(4, "ftypmif1") || at(4, "ftypavif"))
    return "HEIF";
  return "";
}

// JPEG

struct JpegError {
  jpeg_error_mgr manager;
  std::jmp_buf jump;
  char text[JMSG_LENGTH_MAX];
};

[[noreturn]] void leaveJpeg(j_common_ptr info) {
  auto *error = reinterpret_cast<JpegError *>(info->err);
  info->err->format_message(info, error->text);
  std::longjmp(error->jump, 1);
}

/// Of a file that is truncated or damaged libjpeg fills in gray; the caller counts that as an error.
void countWarning(j_common_ptr info, int level) {
  if (level < 0 && ++info->err->num_warnings == 1)
    info->err->format_message(info, reinterpret_cast<JpegError *>(info->err)->text);
}

/// Decodes into `samples`, 8 bits each; false where the error's text says why not. All that has a destructor lies with
/// the caller, as libjpeg leaves by longjmp.
bool decodeJpeg(const Bytes &bytes, jpeg_decompress_struct &info, JpegError &error, Bytes &samples, Bytes &exif) {
  if (setjmp(error.jump) != 0)
    return false;
  jpeg_create_decompress(&info);
  jpeg_mem_src(&info, bytes.data(), bytes.size());
  jpeg_save_markers(&info, JPEG_APP0 + 1, 0xffff);
  jpeg_read_header(&info, TRUE);
  for (jpeg_saved_marker_ptr marker = info.marker_list; marker && exif.empty(); marker = marker->next)
    exif.assign(marker->data, marker->data + marker->data_length);
  if (info.num_components != 1 && info.num_components != 3) {
    std::snprintf(error.text, sizeof error.text, "%d colour components (CMYK), gray or RGB expected",
                  info.num_components);
    return false;
  }
  if (int64_t(info.image_width) * int64_t(info.image_height) > kMostPixels)
    return true; // the caller says so
  info.out_color_space = info.num_components == 1 ? JCS_GRAYSCALE : JCS_RGB;
  info.dct_method = JDCT_ISLOW;
  jpeg_start_decompress(&info);
  size_t stride = size_t(info.output_width) * size_t(info.output_components);
  samples.resize(stride * info.output_height);
  while (info.output_scanline < info.output_height) {
    JSAMPROW row = samples.data() + info.output_scanline * stride;
    jpeg_read_scanlines(&info, &row, 1);
  }
  jpeg_finish_decompress(&info);
  return error.manager.num_warnings == 0;
}

Image readJpeg(const Bytes &bytes) {
  jpeg_decompress_struct info = {};
  JpegError error = {};
  info.err = jpeg_std_error(&error.manager);
  error.manager.error_exit = leaveJpeg;
  error.manager.emit_message = countWarning;
  Bytes samples, exif;
  bool whole = decodeJpeg(bytes, info, error, samples, exif);
  Image image{int64_t(info.image_height), int64_t(info.image_width), info.num_components, {}};
  jpeg_destroy_decompress(&info);
  if (!whole)
    throw Error(std::string(error.text));
  requireSize(image.height, image.width);
  image.pixels.assign(samples.begin(), samples.end());
  return oriented(std::move(image), exifOrientation(exif));
}

// PNG

struct PngInput {
  const Bytes *bytes;
  size_t position;
  char text[256];
};

void readPngBytes(png_structp png, png_bytep out, size_t size) {
  auto *input = static_cast<PngInput *>(png_get_io_ptr(png));
  if (input->bytes->size() - input->position < size)
    png_error(png, "truncated");
  std::memcpy(out, input->bytes->data() + input->position, size);
  input->position += size;
}

[[noreturn]] void leavePng(png_structp png, png_const_charp text) {
  auto *input = static_cast<PngInput *>(png_get_error_ptr(png));
  std::snprintf(input->text, sizeof input->text, "%s", text);
  png_longjmp(png, 1);
}

void ignorePngWarning(png_structp, png_const_charp) {}

/// The samples of a PNG: rows of `channels` numbers of `depth` bits (8 or 16, the order of bytes the machine's).
struct PngSamples {
  int64_t height = 0, width = 0, channels = 0, depth = 0;
  std::vector<png_bytep> rows;
  Bytes bytes;
};

/// false where the input's text says why not; what has a destructor lies with the caller.
bool decodePng(PngInput &input, png_structp png, png_infop info, PngSamples &samples) {
  if (setjmp(png_jmpbuf(png)) != 0)
    return false;
  png_set_read_fn(png, &input, readPngBytes);
  png_read_info(png, info);
  samples.height = png_get_image_height(png, info);
  samples.width = png_get_image_width(png, info);
  if (samples.height * samples.width > kMostPixels)
    return true;       // the caller says so
  png_set_expand(png); // palettes to colours, fewer bits to 8, a transparent colour to alpha
  png_set_swap(png);
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
  samples.channels = png_get_channels(png, info);
  samples.depth = png_get_bit_depth(png, info);
  size_t stride = png_get_rowbytes(png, info);
  samples.bytes.resize(stride * size_t(samples.height));
  for (int64_t y = 0; y < samples.height; ++y)
    samples.rows.push_back(samples.bytes.data() + size_t(y) * stride);
  png_read_image(png, samples.rows.data());
  png_read_end(png, nullptr);
  return true;
}

Image readPng(const Bytes &bytes) {
  PngInput input{&bytes, 0, {}};
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &input, leavePng, ignorePngWarning);
  png_infop info = png ? png_create_info_struct(png) : nullptr;
  if (!info)
    throw Error("not enough memory");
  PngSamples samples;
  bool whole = decodePng(input, png, info, samples);
  png_destroy_read_struct(&png, &info, nullptr);
  if (!whole)
    throw Error(std::string(input.text));
  requireSize(samples.height, samples.width);
  bool alpha = samples.channels == 2 || samples.channels == 4;
  Image image{samples.height, samples.width, samples.channels - (alpha ? 1 : 0), {}};
  image.pixels.reserve(image.height * image.width * image.channels);
  auto sample = [&](int64_t index) {
    if (samples.depth == 8)
      return float(samples.bytes[index]);
    uint16_t wide;
    std::memcpy(&wide, samples.bytes.data() + 2 * index, 2);
    return float(double(wide) / 257);
  };
  for (int64_t p = 0; p < image.height * image.width; ++p) {
    float opacity = alpha ? sample(p * samples.channels + image.channels) / 255 : 1;
    for (int64_t c = 0; c < image.channels; ++c)
      image.pixels.push_back(opacity * sample(p * samples.channels + c) + (1 - opacity) * 255);
  }
  return image;
}

// BMP: Microsoft's documentation of BITMAPFILEHEADER and BITMAPINFOHEADER.

int64_t littleEndian(const Bytes &bytes, size_t at, int size) {
  uint64_t value = 0;
  for (int b = 0; b < size; ++b)
    value |= uint64_t(bytes.at(at + size_t(b))) << (8 * b);
  return size == 4 ? int64_t(int32_t(uint32_t(value))) : int64_t(value);
}

Image readBmp(const Bytes &bytes) try {
  int64_t pixels = littleEndian(bytes, 10, 4), header = littleEndian(bytes, 14, 4);
  int64_t width = littleEndian(bytes, 18, 4), height = littleEndian(bytes, 22, 4), bits = littleEndian(bytes, 28, 2);
  int64_t compression = littleEndian(bytes, 30, 4), colours = littleEndian(bytes, 46, 4);
  bool fromTop = height < 0;
  height = std::abs(height);
  requireSize(height, width);
  bool masks = compression == 3 && bits == 32; // as most programs write it: blue, green, red, unused
  if (header < 40 || (compression != 0 && !masks) || (bits != 1 && bits != 4 && bits != 8 && bits != 24 && bits != 32))
    throw Error(fmt::format("a BMP of {} bits with compression {} found; 1, 4, 8, 24 or 32 bits without expected", bits,
                            compression));
  int64_t palette = 14 + header, stride = (width * bits + 31) / 32 * 4;
  if (colours == 0 && bits <= 8)
    colours = int64_t(1) << bits;
  Image image{height, width, 3, std::vector<float>(height * width * 3)};
  bool gray = bits <= 8;
  for (int64_t y = 0; y < height; ++y)
    for (int64_t x = 0; x < width; ++x) {
      size_t row = size_t(pixels + (fromTop ? y : height - 1 - y) * stride), at = row + size_t(x * bits / 8);
      if (bits <= 8) {
        int64_t index = (bytes.at(at) >> (8 - bits - x * bits % 8)) & ((1 << bits) - 1);
        if (index >= colours)
          throw Error(fmt::format("colour {} of a palette of {}", index, colours));
        at = size_t(palette + 4 * index);
      }
      float *out = image.pixels.data() + (y * width + x) * 3;
      for (int c = 0; c < 3; ++c)
        out[c] = bytes.at(at + 2 - size_t(c)); // blue comes first
      gray = gray && out[0] == out[1] && out[1] == out[2];
    }
  if (!gray)
    return image;
  for (int64_t p = 0; p < height * width; ++p)
    image.pixels[p] = image.pixels[3 * p];
  image.pixels.resize(height * width);
  image.channels = 1;
  return image;
} catch (const std::out_of_range &) {
  throw Error("truncated");
}

} // namespace

Image readImage(const std::string &path) {
  Bytes bytes = readWhole(path);
  std::string format = formatOf(bytes);
  try {
    if (format == "JPEG")
      return readJpeg(bytes);
    if (format == "PNG")
      return readPng(bytes);
    if (format == "BMP")
      return readBmp(bytes);
  } catch (const Error &error) {
    throw Error(fmt::format("{}: {}: {}", path, format, error.what()));
  }
  if (bytes.empty())
    throw Error(fmt::format("{}: an empty file", path));
  throw Error(fmt::format("{}: {} found; JPEG, PNG or BMP expected", path, format.empty() ? "no image" : format));
}

} // namespace inet
