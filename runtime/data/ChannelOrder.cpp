#include "runtime/data/ChannelOrder.h"

#include "runtime/Error.h"

#include <cstring>
#include <fmt/format.h>

namespace inet {
namespace {

Shape withRows(int64_t rows, const Shape &input) {
  Shape shape = {rows};
  shape.insert(shape.end(), input.begin(), input.end());
  return shape;
}

class ChannelsLastSource : public RowSource {
public:
  ChannelsLastSource(std::unique_ptr<RowSource> planes, const Shape &input)
      : RowSource(planes->name(), planes->dtype(), withRows(planes->rows(), input)), planes_(std::move(planes)),
        channels_(input.back()) {
    addFacts(planes_->facts());
  }

  int64_t rowInFile(int64_t row) const override { return planes_->rowInFile(row); }

  void rewind() override { planes_->rewind(); }

  void fetch(int64_t count, RawRows &raw) override {
    planes_->fetch(count, fetched_);
    const int64_t size = sizeOf(dtype()), positions = rowSize() / channels_;
    raw.storage = std::make_unique_for_overwrite<std::byte[]>(count * rowSize() * size);
    raw.data = raw.storage.get();
    raw.begin = fetched_.begin;
    raw.count = count;
    for (int64_t r = 0; r < count; ++r) {
      const std::byte *from = fetched_.data + r * rowSize() * size;
      std::byte *to = raw.storage.get() + r * rowSize() * size;
      for (int64_t c = 0; c < channels_; ++c)
        for (int64_t p = 0; p < positions; ++p)
          std::memcpy(to + (p * channels_ + c) * size, from + (c * positions + p) * size, size);
    }
  }

private:
  std::unique_ptr<RowSource> planes_;
  int64_t channels_;
  RawRows fetched_;
};

} // namespace

std::unique_ptr<RowSource> planesToChannelsLast(std::unique_ptr<RowSource> rows, const Shape &input) {
  Shape found(rows->shape().begin() + 1, rows->shape().end()), planes = {input.back()};
  planes.insert(planes.end(), input.begin(), input.end() - 1);
  bool flat = found.size() == 1 && found.front() == countOf(input);
  if (!flat && found != planes) {
    std::string expected = toString(planes);
    throw Error(fmt::format("{}: shape {} found, [n, {} or [n, {}] expected of planes for the network's input {}",
                            rows->name(), toString(rows->shape()), expected.substr(1), countOf(input),
                            toString(input)));
  }
  return std::make_unique<ChannelsLastSource>(std::move(rows), input);
}

std::unique_ptr<RowSource> arrangeChannels(std::unique_ptr<RowSource> rows, const Shape &input,
                                           std::optional<ChannelOrder> order) {
  bool hasPlanes = input.size() > 1 && input.back() > 1;
  if (order == ChannelOrder::first && hasPlanes) {
    rows = planesToChannelsLast(std::move(rows), input);
    rows->addFact("order", "planes, made channels last");
    return rows;
  }
  bool flat = rows->shape().size() == 2 && rows->rowSize() == countOf(input);
  if (hasPlanes && flat && !order)
    rows->addFact("order", fmt::format("a row is {}, the {} channels of a position side by side (--channels first "
                                       "where it is one plane after the other)",
                                       toString(input), input.back()));
  return rows;
}

} // namespace inet
