#include "runtime/data/Array.h"

#include "runtime/Error.h"
#include "runtime/data/Finite.h"
#include "runtime/data/Standardize.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <limits>

namespace inet {

int64_t sizeOf(Dtype dtype) {
  switch (dtype) {
  case Dtype::u1:
    return 1;
  case Dtype::f4:
  case Dtype::i4:
    return 4;
  case Dtype::f8:
  case Dtype::i8:
    return 8;
  }
  return 0;
}

bool isInteger(Dtype dtype) { return dtype != Dtype::f4 && dtype != Dtype::f8; }

std::string nameOf(Dtype dtype) {
  switch (dtype) {
  case Dtype::f4:
    return "f4";
  case Dtype::f8:
    return "f8";
  case Dtype::u1:
    return "u1";
  case Dtype::i4:
    return "i4";
  case Dtype::i8:
    return "i8";
  }
  return "";
}

std::string toString(const Shape &shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

int64_t countOf(const Shape &shape) {
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  return count;
}

std::string indexString(const Shape &shape, int64_t linear) {
  Shape index(shape.size());
  for (size_t d = shape.size(); d-- > 0;) {
    index[d] = linear % shape[d];
    linear /= shape[d];
  }
  return toString(index);
}

namespace {

template <class T> const char *precisionOf() { return sizeof(T) == 4 ? "f32" : "f64"; }

template <class T>
[[noreturn]] void throwNotFinite(const RowSource &source, int64_t linear, double original, bool standardized) {
  std::string index = indexString(source.shape(), linear);
  if (std::isfinite(original))
    throw Error(fmt::format("{}: value {} is {:g}, which is too large for {}{}", source.name(), index, original,
                            precisionOf<T>(), standardized ? " once standardized" : ""));
  throw Error(fmt::format("{}: value {} is {}; a finite number was expected", source.name(), index,
                          std::isnan(original) ? "nan" : (original < 0 ? "-inf" : "inf")));
}

template <class From, class T>
void decodeAs(const RowSource &source, const RawRows &rows, const Standardization *standardization, T *out) {
  const int64_t rowSize = source.rowSize(), size = rows.count * rowSize;
  auto load = [&](int64_t i) {
    From value; // the bytes need not be aligned
    std::memcpy(&value, rows.data + i * static_cast<int64_t>(sizeof(From)), sizeof(From));
    return value;
  };
  unsigned bad = 0;
  if (standardization) {
    for (int64_t r = 0; r < rows.count; ++r)
      for (int64_t f = 0; f < rowSize; ++f) {
        double value = static_cast<double>(load(r * rowSize + f));
        T x = static_cast<T>((value - standardization->mean[f]) / standardization->deviation[f]);
        out[r * rowSize + f] = x;
        bad |= isNotFinite(x);
      }
  } else {
    for (int64_t i = 0; i < size; ++i) {
      T x = static_cast<T>(load(i));
      out[i] = x;
      bad |= isNotFinite(x);
    }
  }
  if (bad == 0)
    return;
  for (int64_t i = 0; i < size; ++i) {
    if (standardization && !std::isfinite(out[i])) // the difference may be too large where the quotient is not
      out[i] = static_cast<T>(standardized(static_cast<double>(load(i)), standardization->mean[i % rowSize],
                                           standardization->deviation[i % rowSize]));
    if (!std::isfinite(out[i]))
      throwNotFinite<T>(source, rows.begin * rowSize + i, static_cast<double>(load(i)), standardization);
  }
}

} // namespace

template <class T>
void decodeRows(const RowSource &source, const RawRows &rows, const Standardization *standardization, T *out) {
  switch (source.dtype()) {
  case Dtype::f4:
    return decodeAs<float>(source, rows, standardization, out);
  case Dtype::f8:
    return decodeAs<double>(source, rows, standardization, out);
  case Dtype::u1:
    return decodeAs<uint8_t>(source, rows, standardization, out);
  case Dtype::i4:
    return decodeAs<int32_t>(source, rows, standardization, out);
  case Dtype::i8:
    return decodeAs<int64_t>(source, rows, standardization, out);
  }
}

template void decodeRows(const RowSource &, const RawRows &, const Standardization *, float *);
template void decodeRows(const RowSource &, const RawRows &, const Standardization *, double *);

void MemorySource::fetch(int64_t count, RawRows &rows) {
  rows.begin = next_;
  rows.count = count;
  rows.data = data_ + next_ * rowSize() * sizeOf(dtype());
  next_ += count;
}

std::vector<double> readAll(RowSource &source) {
  std::vector<double> values(countOf(source.shape()));
  source.rewind();
  RawRows rows;
  // Row chunks of about a megabyte, so that the raw bytes never double the memory.
  const int64_t chunk = std::max<int64_t>(1, (1 << 20) / std::max<int64_t>(1, source.rowSize() * 8));
  for (int64_t begin = 0; begin < source.rows(); begin += chunk) {
    source.fetch(std::min(chunk, source.rows() - begin), rows);
    decodeRows(source, rows, nullptr, values.data() + begin * source.rowSize());
  }
  return values;
}

} // namespace inet
