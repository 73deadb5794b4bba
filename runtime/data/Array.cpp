#include "runtime/data/Array.h"

#include "runtime/Error.h"
#include "runtime/data/Finite.h"
#include "runtime/data/Standardize.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <limits>

namespace inet {

namespace {

struct DtypeRecord {
  Dtype dtype;
  std::string_view name;
};

constexpr DtypeRecord kDtypes[] = {
    {Dtype::b1, "b1"}, {Dtype::i1, "i1"}, {Dtype::i2, "i2"}, {Dtype::i4, "i4"}, {Dtype::i8, "i8"}, {Dtype::u1, "u1"},
    {Dtype::u2, "u2"}, {Dtype::u4, "u4"}, {Dtype::u8, "u8"}, {Dtype::f2, "f2"}, {Dtype::f4, "f4"}, {Dtype::f8, "f8"},
};

/// A number of a .npy file of booleans: NumPy takes every byte but 0 for True.
struct Boolean {
  uint8_t byte;
  explicit operator float() const { return byte != 0; }
  explicit operator double() const { return byte != 0; }
};

} // namespace

std::string nameOf(Dtype dtype) {
  for (const DtypeRecord &record : kDtypes)
    if (record.dtype == dtype)
      return std::string(record.name);
  return "";
}

std::optional<Dtype> dtypeNamed(std::string_view name) {
  for (const DtypeRecord &record : kDtypes)
    if (record.name == name)
      return record.dtype;
  return std::nullopt;
}

int64_t sizeOf(Dtype dtype) { return nameOf(dtype)[1] - '0'; }

bool isInteger(Dtype dtype) { return nameOf(dtype)[0] != 'f'; }

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

std::string RowSource::indexInFile(int64_t linear) const {
  Shape file = shape_;
  const int64_t row = rowInFile(linear / rowSize());
  file.front() = row + 1;
  return indexString(file, row * rowSize() + linear % rowSize());
}

namespace {

template <class T> const char *precisionOf() { return sizeof(T) == 4 ? "f32" : "f64"; }

template <class T>
[[noreturn]] void throwNotFinite(const RowSource &source, int64_t linear, double original, bool standardized) {
  std::string index = source.indexInFile(linear);
  if (std::isfinite(original))
    throw Error(fmt::format("{}: value {} is {:g}, which is too large for {}{}", source.name(), index, original,
                            precisionOf<T>(), standardized ? " once scaled" : ""));
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
  case Dtype::b1:
    return decodeAs<Boolean>(source, rows, standardization, out);
  case Dtype::i1:
    return decodeAs<int8_t>(source, rows, standardization, out);
  case Dtype::i2:
    return decodeAs<int16_t>(source, rows, standardization, out);
  case Dtype::i4:
    return decodeAs<int32_t>(source, rows, standardization, out);
  case Dtype::i8:
    return decodeAs<int64_t>(source, rows, standardization, out);
  case Dtype::u1:
    return decodeAs<uint8_t>(source, rows, standardization, out);
  case Dtype::u2:
    return decodeAs<uint16_t>(source, rows, standardization, out);
  case Dtype::u4:
    return decodeAs<uint32_t>(source, rows, standardization, out);
  case Dtype::u8:
    return decodeAs<uint64_t>(source, rows, standardization, out);
  case Dtype::f2:
    return decodeAs<Eigen::half>(source, rows, standardization, out);
  case Dtype::f4:
    return decodeAs<float>(source, rows, standardization, out);
  case Dtype::f8:
    return decodeAs<double>(source, rows, standardization, out);
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
