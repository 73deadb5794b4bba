// The binary version of CIFAR-10 and CIFAR-100: records of one or two labels and an image of 32 x 32 in planes of red,
// green and blue. Files that are appended to each other are one. Source: A. Krizhevsky,
// https://www.cs.toronto.edu/~kriz/cifar.html, "Binary version".
#include "runtime/Error.h"
#include "runtime/data/ByteStream.h"
#include "runtime/data/ChannelOrder.h"
#include "runtime/data/Sources.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>

namespace inet {
namespace {

constexpr int64_t kPixels = 3072;
const Shape kImage = {32, 32, 3};

struct Records {
  int64_t count = 0;
  int64_t labels = 1; ///< bytes before each image: CIFAR-10 has one, CIFAR-100 a coarse and a fine one

  int64_t bytes() const { return labels + kPixels; }
};

Records findRecords(const std::string &path, ByteStream &stream) {
  int64_t size = stream.countBytes();
  bool ten = size > 0 && size % (kPixels + 1) == 0, hundred = size > 0 && size % (kPixels + 2) == 0;
  if (ten == hundred)
    throw Error(fmt::format("{}: {} bytes found, a multiple of 3073 (CIFAR-10) or of 3074 (CIFAR-100){} expected", path,
                            size, ten ? ", not of both," : ""));
  int64_t labels = ten ? 1 : 2;
  return {size / (kPixels + labels), labels};
}

/// The images as rows of planes.
class PlaneSource : public RowSource {
public:
  PlaneSource(const std::string &path, std::unique_ptr<ByteStream> stream, const Records &records)
      : RowSource(path, Dtype::u1, {records.count, kPixels}), stream_(std::move(stream)), records_(records) {}

  void rewind() override {
    stream_->rewind();
    next_ = 0;
  }

  void fetch(int64_t count, RawRows &raw) override {
    raw.storage = std::make_unique_for_overwrite<std::byte[]>(count * kPixels);
    for (int64_t r = 0; r < count; ++r) {
      stream_->skip(records_.labels);
      stream_->read(raw.storage.get() + r * kPixels, kPixels);
    }
    raw.data = raw.storage.get();
    raw.begin = next_;
    raw.count = count;
    next_ += count;
  }

private:
  std::unique_ptr<ByteStream> stream_;
  Records records_;
  int64_t next_ = 0;
};

/// Which of the bytes before an image is the label.
int64_t labelByte(const std::string &path, const Records &records, const std::string &label) {
  if (records.labels == 1 && label.empty())
    return 0;
  if (records.labels == 2 && (label.empty() || label == "fine" || label == "2"))
    return 1;
  if (records.labels == 2 && (label == "coarse" || label == "1"))
    return 0;
  throw Error(
      fmt::format("{}: no label '{}'; {}", path, printable(label),
                  records.labels == 1 ? "CIFAR-10 has one label, without a name" : "CIFAR-100 has coarse and fine"));
}

Labels readLabels(const std::string &path, ByteStream &stream, const Records &records, int64_t byte) {
  Labels labels;
  labels.name = path;
  labels.integers = true;
  labels.shape = {records.count};
  stream.rewind();
  for (int64_t r = 0; r < records.count; ++r) {
    unsigned char found[2];
    stream.read(found, records.labels);
    stream.skip(kPixels);
    labels.numbers.push_back(found[byte]);
  }
  return labels;
}

Examples openCifar(const std::string &path, const Wanted &wanted) {
  std::unique_ptr<ByteStream> stream = openBytes(path);
  Records records = findRecords(path, *stream);
  Examples examples;
  Facts facts = {{"format", records.labels == 1 ? "CIFAR-10" : "CIFAR-100"}, {"rows", std::to_string(records.count)}};
  if (wanted.use == Wanted::Use::labelled || wanted.use == Wanted::Use::labels) {
    int64_t byte = labelByte(path, records, wanted.label);
    examples.labels = readLabels(path, *stream, records, byte);
    if (records.labels == 2)
      facts.emplace_back("label", byte == 0 ? "coarse" : "fine");
    examples.labels->facts = facts;
  }
  if (wanted.use != Wanted::Use::labels) {
    auto planes = std::make_unique<PlaneSource>(path, std::move(stream), records);
    planes->addFacts(facts);
    planes->addFact("order", "planes, made channels last");
    examples.x = planesToChannelsLast(std::move(planes), kImage);
  }
  return examples;
}

} // namespace

const SourceKind cifarSource = {".bin of CIFAR", true,
                                [](const std::string &file) { return withoutGzip(file).ends_with(".bin"); }, openCifar};

} // namespace inet
