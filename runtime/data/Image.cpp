#include "runtime/data/Image.h"

#include <algorithm>
#include <cmath>

namespace inet {
namespace {

/// Which pixels of a line make one new pixel, and by how much.
struct Taps {
  int64_t begin = 0;
  std::vector<double> weights;
};

std::vector<Taps> findTaps(int64_t from, int64_t to) {
  const double ratio = double(from) / double(to), radius = std::max(ratio, 1.0);
  std::vector<Taps> taps(to);
  for (int64_t i = 0; i < to; ++i) {
    double centre = (double(i) + 0.5) * ratio; // pixel p covers p to p + 1
    int64_t begin = std::max<int64_t>(0, int64_t(std::floor(centre - radius)));
    int64_t end = std::min<int64_t>(from, int64_t(std::ceil(centre + radius)));
    double sum = 0;
    taps[i].begin = begin;
    for (int64_t p = begin; p < end; ++p) {
      double weight = std::max(0.0, 1 - std::abs(double(p) + 0.5 - centre) / radius);
      taps[i].weights.push_back(weight);
      sum += weight;
    }
    for (double &weight : taps[i].weights) // at the borders a part of the filter has no pixels
      weight /= sum;
  }
  return taps;
}

/// outer lines of `from` blocks of `inner` numbers become lines of `to` blocks.
std::vector<float> resizeLines(const std::vector<float> &in, int64_t outer, int64_t from, int64_t to, int64_t inner) {
  std::vector<Taps> taps = findTaps(from, to);
  std::vector<float> out(outer * to * inner);
  std::vector<double> sums(inner);
  for (int64_t line = 0; line < outer; ++line)
    for (int64_t i = 0; i < to; ++i) {
      std::fill(sums.begin(), sums.end(), 0.0);
      for (size_t t = 0; t < taps[i].weights.size(); ++t) {
        const float *block = in.data() + (line * from + taps[i].begin + int64_t(t)) * inner;
        for (int64_t k = 0; k < inner; ++k)
          sums[k] += taps[i].weights[t] * double(block[k]);
      }
      std::transform(sums.begin(), sums.end(), out.data() + (line * to + i) * inner,
                     [](double sum) { return float(sum); });
    }
  return out;
}

} // namespace

Image withChannels(Image image, int64_t channels) {
  if (image.channels == channels)
    return image;
  const int64_t pixels = image.height * image.width;
  std::vector<float> converted(pixels * channels);
  for (int64_t p = 0; p < pixels; ++p) {
    const float *in = image.pixels.data() + p * image.channels;
    if (channels == 1)
      converted[p] = 0.299f * in[0] + 0.587f * in[1] + 0.114f * in[2];
    else
      std::fill_n(converted.data() + p * channels, channels, in[0]);
  }
  image.channels = channels;
  image.pixels = std::move(converted);
  return image;
}

Image resized(const Image &image, int64_t height, int64_t width) {
  Image result{height, width, image.channels, image.pixels};
  if (image.height != height)
    result.pixels = resizeLines(result.pixels, 1, image.height, height, image.width * image.channels);
  if (image.width != width)
    result.pixels = resizeLines(result.pixels, height, image.width, width, image.channels);
  return result;
}

} // namespace inet
