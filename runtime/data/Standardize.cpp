#include "runtime/data/Standardize.h"

#include "runtime/Error.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>

namespace inet {
namespace {

template <class T> class Moments {
public:
  explicit Moments(int64_t columns) : mean_(columns, 0), squares_(columns, 0), largest_(columns, 0) {}

  void add(const double *row) {
    T weight = T(1) / static_cast<T>(++rows_);
    for (size_t c = 0; c < mean_.size(); ++c) {
      T difference = row[c] - mean_[c];
      // The first value becomes the mean as it is, so that a constant column has exactly no variance.
      mean_[c] = rows_ == 1 ? T(row[c]) : mean_[c] + difference * weight;
      squares_[c] += difference * (row[c] - mean_[c]);
      largest_[c] = std::max(largest_[c], rows_ == 1 ? T(0) : std::abs(difference));
    }
  }

  /// Whether a square may have left the range of doubles, at either end.
  bool wantsWiderNumbers() const {
    return std::any_of(largest_.begin(), largest_.end(),
                       [](T largest) { return largest != 0 && !(largest > 1e-140 && largest < 1e140); });
  }

  Standardization finish(const std::string &name, double unit) && {
    Standardization result;
    for (size_t c = 0; c < mean_.size(); ++c) {
      double deviation = squares_[c] > 0 ? static_cast<double>(std::sqrt(squares_[c] / static_cast<T>(rows_))) : unit;
      if (deviation < std::numeric_limits<double>::min())
        throw Error(fmt::format("{}: the standard deviation of column {} is {:g}, below what f64 holds with all digits",
                                name, c + 1, deviation));
      result.constant += squares_[c] > 0 ? 0 : 1;
      result.mean.push_back(static_cast<double>(mean_[c]));
      result.deviation.push_back(deviation);
    }
    return result;
  }

private:
  int64_t rows_ = 0;
  std::vector<T> mean_, squares_, largest_;
};

template <class T> Moments<T> momentsOf(RowSource &source, int64_t columns) {
  const int64_t rowSize = source.rowSize();
  Moments<T> moments(columns);
  const int64_t chunk = std::max<int64_t>(1, (1 << 20) / (rowSize * static_cast<int64_t>(sizeof(double))));
  std::vector<double> values(chunk * rowSize);
  RawRows raw;
  source.rewind();
  for (int64_t begin = 0; begin < source.rows(); begin += chunk) {
    int64_t count = std::min(chunk, source.rows() - begin);
    source.fetch(count, raw);
    decodeRows(source, raw, nullptr, values.data());
    for (int64_t at = 0; at < count * rowSize; at += columns)
      moments.add(values.data() + at);
  }
  return moments;
}

} // namespace

Standardization findStandardization(RowSource &source) { return findStandardization(source, source.rowSize()); }

Standardization findStandardization(RowSource &source, int64_t columns, double unit) {
  Moments<double> moments = momentsOf<double>(source, columns);
  if (moments.wantsWiderNumbers()) // exponents up to 16,383: several times as slow
    return momentsOf<long double>(source, columns).finish(source.name(), unit);
  return std::move(moments).finish(source.name(), unit);
}

Standardization findStandardization(const std::string &name, const std::vector<double> &values, int64_t columns) {
  const int64_t rows = static_cast<int64_t>(values.size()) / columns;
  MemorySource source(name, Dtype::f8, {rows, columns}, values.data());
  return findStandardization(source);
}

double standardized(double value, double mean, double deviation) {
  const double result = (value - mean) / deviation;
  if (std::isfinite(result))
    return result;
  return static_cast<double>((static_cast<long double>(value) - mean) / deviation);
}

} // namespace inet
