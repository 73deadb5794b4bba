#include "runtime/data/Subset.h"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace inet {
namespace {

/// A source that several read in turn.
class SharedRows {
public:
  explicit SharedRows(std::shared_ptr<RowSource> source) : source_(std::move(source)) {}

  RowSource &source() const { return *source_; }

  /// Makes `row`, or one before it, the next that is fetched; returns that.
  int64_t seek(int64_t row) {
    if (!begun_ || row < next_) {
      source_->rewind();
      begun_ = true;
      next_ = 0;
    }
    return next_;
  }
  void fetch(int64_t count, RawRows &rows) {
    source_->fetch(count, rows);
    next_ += count;
  }

private:
  std::shared_ptr<RowSource> source_;
  bool begun_ = false;
  int64_t next_ = 0;
};

Shape withRows(Shape shape, int64_t rows) {
  shape.front() = rows;
  return shape;
}

class SubsetSource : public RowSource {
public:
  SubsetSource(std::shared_ptr<SharedRows> shared, std::vector<int64_t> rows)
      : RowSource(shared->source().name(), shared->source().dtype(),
                  withRows(shared->source().shape(), int64_t(rows.size()))),
        shared_(std::move(shared)), rows_(std::move(rows)), rowBytes_(rowSize() * sizeOf(dtype())) {
    assert(std::is_sorted(rows_.begin(), rows_.end()) && "rows are read from first to last");
  }

  std::vector<std::string> columnNames() const override { return shared_->source().columnNames(); }
  int64_t rowInFile(int64_t row) const override { return shared_->source().rowInFile(rows_[row]); }

  void rewind() override { next_ = 0; }

  void fetch(int64_t count, RawRows &raw) override {
    raw.storage = std::make_unique_for_overwrite<std::byte[]>(count * rowBytes_);
    raw.data = raw.storage.get();
    raw.begin = next_;
    raw.count = count;
    const int64_t piece = std::max<int64_t>(1, (1 << 20) / rowBytes_), end = next_ + count;
    std::byte *out = raw.storage.get();
    while (next_ < end) {
      const int64_t begin = shared_->seek(rows_[next_]);
      RawRows fetched;
      shared_->fetch(std::min(piece, rows_[end - 1] + 1 - begin), fetched);
      for (; next_ < end && rows_[next_] < begin + fetched.count; ++next_, out += rowBytes_)
        std::memcpy(out, fetched.data + (rows_[next_] - begin) * rowBytes_, rowBytes_);
    }
  }

private:
  std::shared_ptr<SharedRows> shared_;
  std::vector<int64_t> rows_; // of the shared source
  int64_t rowBytes_, next_ = 0;
};

} // namespace

std::vector<std::unique_ptr<RowSource>> divideRows(std::shared_ptr<RowSource> source,
                                                   const std::vector<std::vector<int64_t>> &parts) {
  const Facts facts = source->facts();
  auto shared = std::make_shared<SharedRows>(std::move(source));
  std::vector<std::unique_ptr<RowSource>> subsets;
  for (const std::vector<int64_t> &rows : parts)
    subsets.push_back(std::make_unique<SubsetSource>(shared, rows));
  if (!subsets.empty())
    subsets.front()->addFacts(facts);
  return subsets;
}

} // namespace inet
