#include "runtime/data/Standardize.h"

#include <algorithm>
#include <cmath>

namespace inet {
namespace {

class Moments {
public:
  explicit Moments(int64_t columns) : mean_(columns, 0), squares_(columns, 0) {}

  void add(const double *row) {
    double weight = 1.0 / static_cast<double>(++rows_);
    for (size_t c = 0; c < mean_.size(); ++c) {
      double difference = row[c] - mean_[c];
      // The first value becomes the mean as it is, so that a constant column has exactly no variance.
      mean_[c] = rows_ == 1 ? row[c] : mean_[c] + difference * weight;
      squares_[c] += difference * (row[c] - mean_[c]);
    }
  }

  Standardization finish() && {
    for (double &square : squares_)
      square = square > 0 ? std::sqrt(square / static_cast<double>(rows_)) : 1;
    return {std::move(mean_), std::move(squares_)};
  }

private:
  int64_t rows_ = 0;
  std::vector<double> mean_, squares_;
};

} // namespace

Standardization findStandardization(RowSource &source) {
  const int64_t rowSize = source.rowSize();
  Moments moments(rowSize);
  const int64_t chunk = std::max<int64_t>(1, (1 << 20) / (rowSize * static_cast<int64_t>(sizeof(double))));
  std::vector<double> values(chunk * rowSize);
  RawRows raw;
  source.rewind();
  for (int64_t begin = 0; begin < source.rows(); begin += chunk) {
    int64_t count = std::min(chunk, source.rows() - begin);
    source.fetch(count, raw);
    decodeRows(source, raw, nullptr, values.data());
    for (int64_t r = 0; r < count; ++r)
      moments.add(values.data() + r * rowSize);
  }
  return std::move(moments).finish();
}

Standardization findStandardization(const std::vector<double> &values, int64_t columns) {
  Moments moments(columns);
  for (size_t begin = 0; begin < values.size(); begin += columns)
    moments.add(values.data() + begin);
  return std::move(moments).finish();
}

} // namespace inet
