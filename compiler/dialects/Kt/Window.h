//===- Window.h - a window that slides over positions -----------------------===//
//
// The geometry that convolutions and pools share, one dimension at a time: the window of output position p covers the
// input positions stride·p − padLow + dilation·t for t = 0 … size − 1. Beyond the border lie zeros, or, where it is
// circular, the positions at the other end.
//
//===----------------------------------------------------------------------===//

#ifndef INETC_KT_WINDOW_H
#define INETC_KT_WINDOW_H

#include <algorithm>
#include <cstdint>

namespace inetc::kt {

/// How many times a window may go around a circle.
inline constexpr int64_t maxTurns = 16;

struct WindowDimension {
  int64_t size, stride = 1, dilation = 1;
  int64_t padLow = 0, padHigh = 0;
  bool circular = false;

  /// Positions from the first tap to the last.
  int64_t getExtent() const { return (size - 1) * dilation + 1; }

  bool fits(int64_t input) const { return input + padLow + padHigh >= getExtent(); }

  /// The number of output positions over `input` positions; requires that it fits.
  int64_t getOutput(int64_t input) const { return (input + padLow + padHigh - getExtent()) / stride + 1; }

  /// Pads so that every stride-th position is the middle of a window, as XLA's SAME does: of an odd total the smaller
  /// half comes first.
  void padToSame(int64_t input) {
    int64_t output = (input + stride - 1) / stride;
    int64_t total = std::max<int64_t>((output - 1) * stride + getExtent() - input, 0);
    padLow = total / 2;
    padHigh = total - padLow;
  }

  /// Leaves out the taps at both ends that reach nothing but zeros beyond the border, whichever window it is, as long
  /// as what is left is a window over as many positions. Returns which part of the taps is left; 0 where nothing but
  /// zeros is under any (then one is left that stands for nothing).
  double trim(int64_t input) {
    if (circular)
      return 1;
    auto ceilOf = [](int64_t a, int64_t b) { return a / b + (a % b > 0); };
    int64_t output = getOutput(input);
    int64_t first = std::max<int64_t>(ceilOf(padLow - stride * (output - 1), dilation), 0);
    int64_t last = std::min(ceilOf(input + padLow, dilation), size) - 1;
    WindowDimension left{1, stride, dilation};
    bool reaches = first <= last;
    if (reaches) { // no negative paddings: rather a tap that reaches nothing
      first = std::min(first, padLow / dilation);
      left.padLow = padLow - dilation * first;
      last = std::max(last, first + ceilOf(input + left.padLow - stride * output, dilation));
      left.size = last - first + 1;
      left.padHigh = std::max<int64_t>(stride * (output - 1) + left.getExtent() - input - left.padLow, 0);
    }
    if (left.size > size || !left.fits(input) || left.getOutput(input) != output)
      return 1;
    double part = reaches ? static_cast<double>(left.size) / static_cast<double>(size) : 0;
    *this = left;
    return part;
  }

  /// Whether some window reaches the other end.
  bool wraps() const { return circular && (padLow > 0 || padHigh > 0); }
  /// Whether some window reaches into zeros.
  bool hasZeroBorder() const { return !circular && (padLow > 0 || padHigh > 0); }

  /// The input position under tap `tap` of the window of output position `output`; −1 where it is a zero.
  int64_t getPosition(int64_t output, int64_t tap, int64_t input) const {
    int64_t position = stride * output - padLow + dilation * tap;
    if (circular)
      return (position % input + input) % input;
    return position >= 0 && position < input ? position : -1;
  }
};

} // namespace inetc::kt

#endif // INETC_KT_WINDOW_H
