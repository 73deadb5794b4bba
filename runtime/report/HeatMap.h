// Matrices as pictures.
#ifndef INET_RUNTIME_REPORT_HEATMAP_H
#define INET_RUNTIME_REPORT_HEATMAP_H

#include "runtime/data/Image.h"
#include "runtime/report/Html.h"

#include <array>

namespace inet {

/// 0 to 1 as a colour: from dark blue over gray to yellow, ever lighter, so that it is read without seeing colours and
/// in a print in gray too. Five colours of cividis (Nuñez, Anderton and Renslow 2018,
/// doi 10.1371/journal.pone.0199239), linear in between. Beyond the ends: as at the end. NaN: white.
std::array<float, 3> colourOf(double share);

/// A square matrix of rows x rows numbers, the colour of each by where it lies from `low` to `high`.
struct HeatMap {
  int64_t rows = 0;
  std::vector<double> numbers;
  double low = 0, high = 1;
  /// Lines across and names beside them, at rows; none where they would be too near to each other.
  struct Group {
    double first = 0, last = 0;
    std::string name;
  };
  std::vector<Group> groups;
};

/// The matrix, a pixel a number, with its lines and the scale of its colours.
Html picture(const HeatMap &map, const std::string &description);

} // namespace inet

#endif
