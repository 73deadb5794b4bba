// Arrays in .npy files and .npz members, read from first to last.
#include "runtime/data/Npy.h"

#include "runtime/Error.h"
#include "runtime/data/ByteStream.h"
#include "runtime/data/Sources.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <zip.h>

namespace inet {
namespace {

class ZipStream : public ByteStream {
public:
  ZipStream(const std::string &path, const std::string &member) : name_(path + ":" + member) {
    int code = 0;
    archive_ = zip_open(path.c_str(), ZIP_RDONLY, &code);
    if (!archive_) {
      zip_error_t error;
      zip_error_init_with_code(&error, code);
      std::string reason = zip_error_strerror(&error);
      zip_error_fini(&error);
      throw Error(fmt::format("{}: not a readable .npz archive: {}", path, reason));
    }
    try {
      findMember(path, member);
      rewind();
    } catch (...) {
      zip_discard(archive_);
      throw;
    }
  }
  ~ZipStream() override {
    if (file_)
      zip_fclose(file_);
    zip_discard(archive_);
  }

  const std::string &name() const { return name_; }
  std::optional<int64_t> size() const override { return size_; }
  int64_t countBytes() override {
    rewind();
    return size_;
  }

  void rewind() override {
    if (file_)
      zip_fclose(file_);
    file_ = zip_fopen_index(archive_, index_, 0);
    if (!file_)
      throw Error(fmt::format("{}: {}", name_, zip_strerror(archive_)));
  }

  void finish() override {
    // libzip compares the checksum only when it meets the end.
    char byte;
    if (zip_fread(file_, &byte, 1) != 0)
      throw Error(fmt::format("{}: corrupt: {}", name_, zip_file_strerror(file_)));
  }

protected:
  int64_t readSome(void *out, int64_t size) override {
    zip_int64_t got = zip_fread(file_, out, size);
    if (got < 0)
      throw Error(fmt::format("{}: corrupt: {}", name_, zip_file_strerror(file_)));
    if (got == 0)
      throw Error(fmt::format("{}: truncated", name_));
    return got;
  }

private:
  void findMember(const std::string &path, std::string member) {
    std::vector<std::string> members;
    for (zip_int64_t i = 0; i < zip_get_num_entries(archive_, 0); ++i) {
      const char *found = zip_get_name(archive_, i, ZIP_FL_ENC_GUESS);
      std::string entry = found ? found : "";
      members.push_back(entry.ends_with(".npy") ? entry.substr(0, entry.size() - 4) : entry);
    }
    if (member.empty() && members.size() == 1)
      member = members.front();
    for (size_t i = 0; i < members.size(); ++i)
      if (!member.empty() && members[i] == member)
        index_ = static_cast<int64_t>(i);
    if (index_ < 0 && member.empty())
      throw Error(fmt::format("{}: write {}:NAME to choose one of its {} arrays: {}", path, path, members.size(),
                              fmt::join(members, ", ")));
    if (index_ < 0)
      throw Error(fmt::format("{}: no array '{}' in it; it has: {}", path, member, fmt::join(members, ", ")));
    name_ = path + ":" + member;
    zip_stat_t status;
    if (zip_stat_index(archive_, index_, 0, &status) != 0 || !(status.valid & ZIP_STAT_SIZE))
      throw Error(fmt::format("{}: corrupt: {}", name_, zip_strerror(archive_)));
    size_ = static_cast<int64_t>(status.size);
  }

  std::string name_;
  zip_t *archive_ = nullptr;
  zip_file_t *file_ = nullptr;
  int64_t index_ = -1;
  int64_t size_ = 0;
};

/// Turns each number of `size` bytes round.
void reverseBytes(std::byte *numbers, int64_t count, int64_t size) {
  for (int64_t i = 0; i < count; ++i)
    std::reverse(numbers + i * size, numbers + (i + 1) * size);
}

class NpySource : public RowSource {
public:
  NpySource(std::string name, const NpyHeader &header, int64_t headerBytes, std::unique_ptr<ByteStream> stream)
      : RowSource(std::move(name), header.dtype, header.shape), bigEndian_(header.bigEndian), headerBytes_(headerBytes),
        stream_(std::move(stream)) {}

  void rewind() override {
    stream_->rewind();
    stream_->skip(headerBytes_);
    next_ = 0;
  }

  void fetch(int64_t count, RawRows &raw) override {
    int64_t numbers = count * rowSize(), bytes = numbers * sizeOf(dtype());
    raw.storage = std::make_unique_for_overwrite<std::byte[]>(bytes);
    fetchNumbers(count, raw.storage.get());
    if (bigEndian_)
      reverseBytes(raw.storage.get(), numbers, sizeOf(dtype()));
    raw.data = raw.storage.get();
    raw.begin = next_;
    raw.count = count;
    next_ += count;
  }

protected:
  /// The numbers of the next `count` rows, in C order.
  virtual void fetchNumbers(int64_t count, std::byte *out) {
    stream_->read(out, count * rowSize() * sizeOf(dtype()));
    if (next_ + count == rows())
      stream_->finish();
  }

  ByteStream &stream() { return *stream_; }
  int64_t next() const { return next_; }

private:
  bool bigEndian_;
  int64_t headerBytes_;
  std::unique_ptr<ByteStream> stream_;
  int64_t next_ = 0;
};

/// An array in Fortran order, whose rows lie apart in the file: it is held in memory as the file has it.
class FortranSource : public NpySource {
public:
  FortranSource(std::string name, const NpyHeader &header, int64_t headerBytes, std::unique_ptr<ByteStream> stream)
      : NpySource(std::move(name), header, headerBytes, std::move(stream)) {
    // Feature f of C order is the column columns_[f] of the file, each of which has all rows.
    Shape features(shape().begin() + 1, shape().end());
    for (int64_t f = 0; f < rowSize(); ++f) {
      int64_t column = 0, rest = f, stride = rowSize();
      for (size_t d = features.size(); d-- > 0; rest /= features[d]) {
        stride /= features[d];
        column += rest % features[d] * strideOf(features, d);
      }
      columns_.push_back(column);
    }
  }

protected:
  void fetchNumbers(int64_t count, std::byte *out) override {
    const int64_t size = sizeOf(dtype());
    if (!numbers_) {
      int64_t bytes = countOf(shape()) * size;
      numbers_ = std::make_unique_for_overwrite<std::byte[]>(bytes);
      stream().read(numbers_.get(), bytes);
      stream().finish();
    }
    for (int64_t f = 0; f < rowSize(); ++f) {
      const std::byte *from = numbers_.get() + (columns_[f] * rows() + next()) * size;
      for (int64_t r = 0; r < count; ++r)
        std::memcpy(out + (r * rowSize() + f) * size, from + r * size, size);
    }
  }

private:
  static int64_t strideOf(const Shape &features, size_t d) {
    return countOf(Shape(features.begin(), features.begin() + int64_t(d)));
  }

  std::vector<int64_t> columns_;
  std::unique_ptr<std::byte[]> numbers_;
};

std::unique_ptr<RowSource> openStream(const std::string &name, std::unique_ptr<ByteStream> stream) {
  int64_t headerBytes = 0;
  std::optional<int64_t> size = stream->size();
  NpyHeader header = readNpyHeader(name, [&](void *out, int64_t count) {
    if (size && headerBytes + count > *size)
      throw Error(fmt::format("{}: truncated: the file ends after {} bytes, inside the .npy header", name, *size));
    stream->read(out, count);
    headerBytes += count;
  });
  return openArray(name, header, headerBytes, std::move(stream));
}

} // namespace

std::unique_ptr<RowSource> openArray(const std::string &name, const NpyHeader &header, int64_t headerBytes,
                                     std::unique_ptr<ByteStream> stream) {
  checkArrayShape(name, header);
  std::optional<int64_t> size = stream->size();
  int64_t expected = countOf(header.shape) * sizeOf(header.dtype), found = size ? *size - headerBytes : expected;
  if (found != expected)
    throw Error(fmt::format("{}: {}: {} bytes of numbers found, {} expected for shape {} of {}", name,
                            found < expected ? "truncated" : "has bytes after the array", found, expected,
                            toString(header.shape), nameOf(header.dtype)));
  bool severalColumns = countOf(header.shape) != header.shape.front();
  if (header.fortranOrder && severalColumns)
    return std::make_unique<FortranSource>(name, header, headerBytes, std::move(stream));
  return std::make_unique<NpySource>(name, header, headerBytes, std::move(stream));
}

std::unique_ptr<RowSource> openNpy(const std::string &path) { return openStream(path, openBytes(path)); }

std::unique_ptr<RowSource> openNpz(const std::string &path, const std::string &member) {
  auto stream = std::make_unique<ZipStream>(path, member);
  std::string name = stream->name();
  return openStream(name, std::move(stream));
}

Examples asWanted(std::unique_ptr<RowSource> rows, const Wanted &wanted) {
  Examples examples;
  if (wanted.use == Wanted::Use::labels)
    examples.labels = labelsOf(*rows);
  else
    examples.x = std::move(rows);
  return examples;
}

const SourceKind npySource = {
    ".npy", false, [](const std::string &file) { return pathOf(file) == file && withoutGzip(file).ends_with(".npy"); },
    [](const std::string &file, const Wanted &wanted) { return asWanted(openNpy(file), wanted); }};

const SourceKind npzSource = {
    ".npz:NAME", false, [](const std::string &file) { return pathOf(file) != file || file.ends_with(".npz"); },
    [](const std::string &file, const Wanted &wanted) {
      std::string archive = pathOf(file);
      return asWanted(openNpz(archive, archive == file ? "" : file.substr(archive.size() + 1)), wanted);
    }};

} // namespace inet
