// Arrays as files hold them: C order, the first dimension counts the rows (examples).
#ifndef INET_RUNTIME_DATA_ARRAY_H
#define INET_RUNTIME_DATA_ARRAY_H

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace inet {

/// The number types that are read; results are written as f4 or f8. The names are NumPy's: the kind (b: boolean, i and
/// u: whole numbers with and without a sign, f: floating point) and the bytes of a number.
enum class Dtype { b1, i1, i2, i4, i8, u1, u2, u4, u8, f2, f4, f8 };

int64_t sizeOf(Dtype dtype);
bool isInteger(Dtype dtype);     // booleans too: False is 0, True is 1
std::string nameOf(Dtype dtype); // "f4"
/// The dtype of that name; nothing where there is none.
std::optional<Dtype> dtypeNamed(std::string_view name);

using Shape = std::vector<int64_t>;

/// "[3, 4]"
std::string toString(const Shape &shape);
/// The product of all sizes; 1 for rank 0.
int64_t countOf(const Shape &shape);
/// The index of the number at position `linear` of an array of this shape, "[12, 3]".
std::string indexString(const Shape &shape, int64_t linear);

/// An array in memory that someone else owns, to be written under `name`. It may lie in several pieces of equal size,
/// cut along its leading dimensions.
struct NamedArray {
  std::string name;
  Dtype dtype;
  Shape shape;
  std::vector<const void *> pieces;

  int64_t pieceBytes() const { return countOf(shape) * sizeOf(dtype) / static_cast<int64_t>(pieces.size()); }
};

/// What a file was taken for, to be shown to whoever wrote it: what it is about ("label") and what it is ("column 3").
using Facts = std::vector<std::pair<std::string, std::string>>;

struct FileFacts {
  std::string file;
  Facts facts;
};

/// Some rows as the file stores them, not yet converted.
struct RawRows {
  int64_t begin = 0; // index of the first row in the whole array
  int64_t count = 0;
  const std::byte *data = nullptr;      // count * rowSize numbers of the source's dtype
  std::unique_ptr<std::byte[]> storage; // holds `data` unless the source itself does
};

/// An array whose rows are read from first to last, as often as is wished. Reading is split in two so that it can be
/// pipelined: `fetch` is serial and does no arithmetic; `decodeRows` runs in any thread.
class RowSource {
public:
  RowSource(std::string name, Dtype dtype, Shape shape)
      : name_(std::move(name)), dtype_(dtype), shape_(std::move(shape)) {}
  virtual ~RowSource() = default;
  RowSource(const RowSource &) = delete;
  RowSource &operator=(const RowSource &) = delete;

  /// As the user wrote it: 'x.npy', 'data.npz:x'.
  const std::string &name() const { return name_; }
  Dtype dtype() const { return dtype_; }
  const Shape &shape() const { return shape_; }
  int64_t rows() const { return shape_.front(); }
  int64_t rowSize() const { return countOf(Shape(shape_.begin() + 1, shape_.end())); }

  /// Which row of the file row `row` is: another one where this is a part of the file.
  virtual int64_t rowInFile(int64_t row) const { return row; }
  /// The index of number `linear` in the file, "[12, 3]".
  std::string indexInFile(int64_t linear) const;

  /// What the file was taken for, beside its shape: nothing where there was nothing to decide.
  const Facts &facts() const { return facts_; }
  void addFact(const std::string &what, const std::string &value) { facts_.emplace_back(what, value); }
  void addFacts(const Facts &facts) { facts_.insert(facts_.end(), facts.begin(), facts.end()); }

  /// The names of a table's feature columns; empty where the file has none.
  virtual std::vector<std::string> columnNames() const { return {}; }

  virtual void rewind() = 0;
  /// The next `count` rows; there must be that many. Throws Error where the file ends early or is corrupt.
  virtual void fetch(int64_t count, RawRows &rows) = 0;

private:
  std::string name_;
  Dtype dtype_;
  Shape shape_;
  Facts facts_;
};

/// An affine map of each feature, (x - mean) / deviation, with the statistics of the training set.
struct Standardization {
  std::vector<double> mean;
  std::vector<double> deviation; // population standard deviation; 1 for a constant feature
  int64_t constant = 0;          // how many are the same in every row
};

/// Converts rows to float or double, standardized where `standardization` is given, into count * rowSize numbers at
/// `out`. Throws Error with the index of the first value that is not finite, or that does not fit in T.
template <class T>
void decodeRows(const RowSource &source, const RawRows &rows, const Standardization *standardization, T *out);

/// Rows that lie in memory already.
class MemorySource : public RowSource {
public:
  MemorySource(std::string name, Dtype dtype, Shape shape, const void *data)
      : RowSource(std::move(name), dtype, std::move(shape)), data_(static_cast<const std::byte *>(data)) {}

  void rewind() override { next_ = 0; }
  void fetch(int64_t count, RawRows &rows) override;

private:
  const std::byte *data_;
  int64_t next_ = 0;
};

/// The whole array as double.
std::vector<double> readAll(RowSource &source);

} // namespace inet

#endif
