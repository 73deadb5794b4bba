#include "runtime/data/Mirror.h"

#include "runtime/Error.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>

namespace inet {
namespace {

Shape twice(Shape shape) {
  shape.front() *= 2;
  return shape;
}

class MirrorSource : public RowSource {
public:
  MirrorSource(std::shared_ptr<RowSource> images, const Shape &input)
      : RowSource(images->name(), images->dtype(), twice(images->shape())), images_(std::move(images)), input_(input) {
    addFacts(images_->facts());
  }

  std::vector<std::string> columnNames() const override { return images_->columnNames(); }
  int64_t rowInFile(int64_t row) const override { return images_->rowInFile(row % images_->rows()); }

  void rewind() override {
    images_->rewind();
    next_ = 0;
  }

  void fetch(int64_t count, RawRows &raw) override {
    const int64_t rowBytes = rowSize() * sizeOf(dtype()), originals = images_->rows();
    raw.storage = std::make_unique_for_overwrite<std::byte[]>(count * rowBytes);
    raw.data = raw.storage.get();
    raw.begin = next_;
    raw.count = count;
    for (int64_t done = 0; done < count;) {
      if (next_ == originals)
        images_->rewind();
      const bool mirrored = next_ >= originals;
      const int64_t part = std::min(count - done, (mirrored ? 2 * originals : originals) - next_);
      std::byte *out = raw.storage.get() + done * rowBytes;
      images_->fetch(part, fetched_);
      if (mirrored)
        mirror(part, fetched_.data, out);
      else
        std::memcpy(out, fetched_.data, part * rowBytes);
      done += part;
      next_ += part;
    }
  }

private:
  void mirror(int64_t count, const std::byte *from, std::byte *to) const {
    const int64_t width = input_[1], pixel = input_[2] * sizeOf(dtype()), lines = count * input_[0];
    for (int64_t line = 0; line < lines; ++line)
      for (int64_t x = 0; x < width; ++x)
        std::memcpy(to + (line * width + x) * pixel, from + (line * width + width - 1 - x) * pixel, pixel);
  }

  std::shared_ptr<RowSource> images_;
  Shape input_;
  RawRows fetched_;
  int64_t next_ = 0;
};

} // namespace

std::shared_ptr<RowSource> withMirrorImages(std::shared_ptr<RowSource> images, const Shape &input) {
  if (input.size() != 3)
    throw Error(fmt::format("--flip: the network's input is {}, no image; [height, width, channels] expected",
                            toString(input)));
  return std::make_shared<MirrorSource>(std::move(images), input);
}

} // namespace inet
