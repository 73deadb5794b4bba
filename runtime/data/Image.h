// One image: decoding it, bringing it to a network's input size, and encoding it. All that knows of image formats is in
// ImageFile.cpp and PngWriter.cpp.
#ifndef INET_RUNTIME_DATA_IMAGE_H
#define INET_RUNTIME_DATA_IMAGE_H

#include <cstdint>
#include <string>
#include <vector>

namespace inet {

/// height x width x channels numbers from 0 to 255, channels last: 1 (gray) or 3 (red, green, blue). Of an image with
/// 16 bits a channel they have fractions: 65535 is 255.
struct Image {
  int64_t height = 0, width = 0, channels = 0;
  std::vector<float> pixels;
};

/// Images with more pixels than this are refused before they are decoded: few bytes of a file can claim very many.
inline constexpr int64_t kMostPixels = 100'000'000;

/// Decodes a JPEG (libjpeg-turbo), PNG (libpng) or BMP file. A JPEG is turned as its Exif orientation says. What is
/// transparent is laid on white. Throws Error, with the file's name, where it is none of these, damaged or truncated.
Image readImage(const std::string &path);

/// Gray to red = green = blue; colours to their luma, 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601, as JPEG has it).
Image withChannels(Image image, int64_t channels);

/// height x width pixels by a triangle filter, separable, whose support grows with the reduction, so that no detail
/// finer than the new pixels is left as a pattern (antialiasing: Heckbert 1989, "Fundamentals of Texture Mapping and
/// Image Warping", section 3.5.1). The image is stretched where its sides have another ratio.
Image resized(const Image &image, int64_t height, int64_t width);

/// A PNG file of 8 bits a channel: every number rounded, below 0 as 0 and above 255, or no number, as 255. Throws Error
/// where the image has no pixel, or other than 1 or 3 channels.
std::vector<unsigned char> encodePng(const Image &image);

} // namespace inet

#endif
