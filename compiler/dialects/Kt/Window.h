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
