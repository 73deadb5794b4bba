#include "runtime/data/Image.h"

#include "runtime/data/Exif.h"
#include "test/runtime/ExpectError.h"
#include "test/runtime/TemporaryFolder.h"
#include "test/runtime/data/WriteImages.h"

#include <cmath>
#include <numbers>

using namespace inet;
using namespace inet::test;

namespace {

using Pixels = std::vector<float>;

class ImageFile : public testing::Test {
protected:
  Image read(const std::string &bytes) { return readImage(folder.write("i", bytes)); }

  TemporaryFolder folder;
};

std::string exifBlock(int orientation, bool big) {
  std::string block =
      std::string("Exif\0\0", 6) + (big ? std::string("MM\0*\0\0\0\x08", 8) : std::string("II*\0\x08\0\0\0", 8));
  block += big ? std::string("\0\1\1\x12\0\3\0\0\0\1\0", 11) + char(orientation) + std::string(2, '\0')
               : std::string("\1\0\x12\1\3\0\1\0\0\0", 10) + char(orientation) + std::string(3, '\0');
  return block + std::string(4, '\0');
}

} // namespace

TEST_F(ImageFile, ReadsJpeg) {
  Image gray = read(jpegBytes(2, 3, 1, {10, 10, 10, 10, 10, 10}));
  EXPECT_EQ(gray.height, 2);
  EXPECT_EQ(gray.width, 3);
  EXPECT_EQ(gray.channels, 1);
  EXPECT_EQ(gray.pixels, Pixels(6, 10));
  Image colour = read(jpegBytes(8, 8, 3, std::vector<uint8_t>(192, 200)));
  EXPECT_EQ(colour.channels, 3);
  EXPECT_NEAR(colour.pixels[100], 200, 1); // the colours of JPEG are rounded
}

TEST_F(ImageFile, TurnsAJpegAsExifSays) {
  // The left half is dark, the right half light: 16 x 8 pixels.
  std::vector<uint8_t> samples;
  for (int i = 0; i < 8 * 16; ++i)
    samples.push_back(i % 16 < 8 ? 0 : 240);
  for (bool big : {false, true}) {
    Image turned = read(jpegBytes(8, 16, 1, samples, exifBlock(6, big))); // to be turned right by a quarter
    EXPECT_EQ(turned.height, 16);
    EXPECT_EQ(turned.width, 8);
    EXPECT_LT(turned.pixels.front(), 10); // the left becomes the top
    EXPECT_GT(turned.pixels.back(), 230);
  }
  EXPECT_GT(read(jpegBytes(8, 16, 1, samples, exifBlock(3, false))).pixels.front(), 230);
  EXPECT_LT(read(jpegBytes(8, 16, 1, samples, exifBlock(99, false))).pixels.front(), 10); // no such orientation
}

TEST(Exif, AllOrientations) {
  // Stored 1 2 3 / 4 5 6; as seen, by the table of Exif 2.32, 4.6.4 A.
  Image stored{2, 3, 1, {1, 2, 3, 4, 5, 6}};
  const Pixels seen[] = {{1, 2, 3, 4, 5, 6}, {3, 2, 1, 6, 5, 4}, {6, 5, 4, 3, 2, 1}, {4, 5, 6, 1, 2, 3},
                         {1, 4, 2, 5, 3, 6}, {4, 1, 5, 2, 6, 3}, {6, 3, 5, 2, 4, 1}, {3, 6, 2, 5, 1, 4}};
  for (int orientation = 1; orientation <= 8; ++orientation) {
    Image turned = oriented(stored, orientation);
    EXPECT_EQ(turned.pixels, seen[orientation - 1]) << orientation;
    EXPECT_EQ(turned.height, orientation >= 5 ? 3 : 2);
  }
}

TEST_F(ImageFile, ReadsPng) {
  auto png = [&](int colourType, int depth, const std::vector<uint8_t> &bytes, int height = 1, int width = 2,
                 const std::vector<png_color> &palette = {}) {
    return readImage(writePng(folder / "p.png", height, width, colourType, depth, bytes, palette));
  };
  EXPECT_EQ(png(PNG_COLOR_TYPE_GRAY, 8, {7, 255}).pixels, (Pixels{7, 255}));
  EXPECT_EQ(png(PNG_COLOR_TYPE_RGB, 8, {1, 2, 3, 4, 5, 6}).pixels, (Pixels{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(png(PNG_COLOR_TYPE_GRAY, 16, {255, 255, 1, 0}).pixels, (Pixels{255, float(256.0 / 257)}));
  EXPECT_EQ(png(PNG_COLOR_TYPE_GRAY, 1, {0x40}).pixels, (Pixels{0, 255}));
  EXPECT_EQ(png(PNG_COLOR_TYPE_PALETTE, 8, {1, 0}, 1, 2, {{9, 8, 7}, {6, 5, 4}}).pixels, (Pixels{6, 5, 4, 9, 8, 7}));
  EXPECT_EQ(png(PNG_COLOR_TYPE_GRAY_ALPHA, 8, {100, 255, 100, 0}).pixels, (Pixels{100, 255})); // on white
  EXPECT_EQ(png(PNG_COLOR_TYPE_RGB_ALPHA, 8, {10, 20, 30, 255}, 1, 1).pixels, (Pixels{10, 20, 30}));
}

TEST_F(ImageFile, ReadsBmp) {
  // The lower row comes first; blue, green, red; rows end at multiples of four bytes.
  Image colour = read(bmpBytes(2, 1, 24, "", std::string("\3\2\1\0\6\5\4\0", 8)));
  EXPECT_EQ(colour.height, 2);
  EXPECT_EQ(colour.pixels, (Pixels{4, 5, 6, 1, 2, 3}));
  EXPECT_EQ(read(bmpBytes(-1, 1, 24, "", std::string("\3\2\1\0", 4))).pixels, (Pixels{1, 2, 3})); // from the top
  EXPECT_EQ(read(bmpBytes(1, 1, 32, "", std::string("\3\2\1\0", 4))).pixels, (Pixels{1, 2, 3}));
  std::string palette(256 * 4, '\0');
  for (int i = 0; i < 256; ++i)
    palette.replace(size_t(4 * i), 3, std::string(3, char(255 - i)));
  Image gray = read(bmpBytes(1, 2, 8, palette, std::string("\1\2\0\0", 4)));
  EXPECT_EQ(gray.channels, 1);
  EXPECT_EQ(gray.pixels, (Pixels{254, 253}));
  EXPECT_EQ(read(bmpBytes(1, 2, 1, std::string("\0\0\0\0\xff\xff\xff\0", 8), std::string("\x40\0\0\0", 4))).pixels,
            (Pixels{0, 255}));
}

TEST_F(ImageFile, SaysWhatIsBroken) {
  std::vector<uint8_t> noise;
  for (unsigned i = 0; i < 64 * 64; ++i)
    noise.push_back(uint8_t(i * i * 7));
  std::string jpeg = jpegBytes(64, 64, 1, noise);
  std::string png = readFile(writePng(folder / "p.png", 64, 64, PNG_COLOR_TYPE_GRAY, 8, noise));
  std::string bmp = bmpBytes(2, 1, 24, "", std::string("\3\2\1\0\6\5\4\0", 8));
  for (const std::string &whole : {jpeg, png, bmp})
    for (size_t size : {whole.size() / 2, whole.size() - 6, size_t(3)})
      EXPECT_ERROR(read(whole.substr(0, size)), "/i: ");
  EXPECT_ERROR(read(jpeg.substr(0, jpeg.size() / 2)), "i: JPEG: Premature end of JPEG file");
  EXPECT_ERROR(read(png.substr(0, png.size() / 2)), "i: PNG: truncated");
  EXPECT_ERROR(read(bmp.substr(0, bmp.size() - 4)), "i: BMP: truncated");
  png[png.size() / 2] ^= 0x55;
  EXPECT_ERROR(read(png), "i: PNG: ");
  EXPECT_ERROR(read(jpegBytes(1, 1, 4, {1, 2, 3, 4}, "", JCS_CMYK)), "i: JPEG: 4 colour components (CMYK)");
  EXPECT_ERROR(read("GIF89a and more"), "i: GIF found; JPEG, PNG or BMP expected");
  EXPECT_ERROR(read("hello"), "i: no image found; JPEG, PNG or BMP expected");
  EXPECT_ERROR(read(""), "i: an empty file");
  EXPECT_ERROR(read(bmpBytes(1 << 30, 1 << 30, 24, "", "")),
               "i: BMP: 1073741824 x 1073741824 pixels found, at most 100 million expected");
  std::string bomb = readFile(writePng(folder / "b.png", 1, 1, PNG_COLOR_TYPE_GRAY, 8, {0}));
  EXPECT_ERROR(read(bomb.replace(16, 8, std::string("\0\0\x7f\xff\0\0\x7f\xff", 8))), "i: PNG: "); // its checksum
}

TEST_F(ImageFile, WritesPng) {
  const auto again = [&](const Image &image) {
    const std::vector<unsigned char> bytes = encodePng(image);
    return read(std::string(bytes.begin(), bytes.end()));
  };
  Image gray = again({2, 3, 1, {0, 1, 254.4f, 254.6f, -7, 1e9f}});
  EXPECT_EQ(gray.height, 2);
  EXPECT_EQ(gray.channels, 1);
  EXPECT_EQ(gray.pixels, (Pixels{0, 1, 254, 255, 0, 255}));
  EXPECT_EQ(again({1, 2, 3, {1, 2, 3, 4, 5, 6}}).pixels, (Pixels{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(again({1, 1, 1, {std::nanf("")}}).pixels, (Pixels{255}));
  EXPECT_ERROR(encodePng({1, 1, 2, {1, 2}}), "1 x 1 pixels and 2 channels found; at least one pixel and 1 or 3");
  EXPECT_ERROR(encodePng({}), "0 x 0 pixels");
}

TEST(Image, ChangesChannels) {
  EXPECT_EQ(withChannels({1, 2, 1, {5, 6}}, 3).pixels, (Pixels{5, 5, 5, 6, 6, 6}));
  EXPECT_NEAR(withChannels({1, 1, 3, {100, 50, 10}}, 1).pixels[0], 60.39, 1e-4);
  EXPECT_EQ(withChannels({1, 1, 3, {1, 2, 3}}, 3).pixels, (Pixels{1, 2, 3}));
}

TEST(Image, ResizingKeepsWhatAFilterMustKeep) {
  EXPECT_EQ(resized({2, 2, 1, {1, 2, 3, 4}}, 2, 2).pixels, (Pixels{1, 2, 3, 4}));
  EXPECT_EQ(resized({3, 5, 1, Pixels(15, 7)}, 2, 9).pixels, Pixels(18, 7)); // a constant
  // To half its size: weights 1 3 3 1 over 8, as of a triangle of radius 2; at the borders without what is not there.
  EXPECT_EQ(resized({1, 8, 1, {0, 0, 0, 8, 0, 0, 0, 0}}, 1, 4).pixels, (Pixels{0, 3, 1, 0}));
  Image channels = resized({1, 4, 2, {1, 10, 1, 10, 1, 10, 1, 10}}, 1, 2);
  EXPECT_EQ(channels.pixels, (Pixels{1, 10, 1, 10}));
  // A linear ramp stays one inside, enlarged and reduced.
  Pixels ramp;
  for (int i = 0; i < 32; ++i)
    ramp.push_back(float(i));
  Image half = resized({1, 32, 1, ramp}, 1, 16), twice = resized({1, 32, 1, ramp}, 1, 64);
  EXPECT_NEAR(half.pixels[8], 16.5, 1e-5);
  EXPECT_NEAR(twice.pixels[32], 15.75, 1e-5);
}

TEST(Image, ReducingDoesNotAlias) {
  // Stripes finer than the new pixels become their mean; every 8th pixel would be a pattern of contrast 255.
  Pixels stripes;
  for (int i = 0; i < 256; ++i)
    stripes.push_back(float(127.5 + 127.5 * std::cos(2 * std::numbers::pi * i / 8.5)));
  Image small = resized({1, 256, 1, stripes}, 1, 32);
  for (int i = 1; i < 31; ++i)
    EXPECT_NEAR(small.pixels[i], 127.5, 8) << i; // a triangle of radius 8 leaves 5% of this period
}
