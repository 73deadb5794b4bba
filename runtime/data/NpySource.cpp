// Arrays in .npy files and .npz members, read from first to last.
#include "runtime/data/Npy.h"

#include "runtime/Error.h"
#include "runtime/data/Sources.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

namespace inet {
namespace {

/// Bytes from first to last, with their number known beforehand.
class ByteStream {
public:
  virtual ~ByteStream() = default;
  virtual int64_t size() const = 0;
  virtual void rewind() = 0;
  /// Reads exactly `size` bytes or throws Error.
  virtual void read(void *out, int64_t size) = 0;
  /// Called once the last byte has been read: a checksum is verified here.
  virtual void finish() {}
};

class FileStream : public ByteStream {
public:
  explicit FileStream(const std::string &path) : path_(path), fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (fd_ < 0)
      throw Error(fmt::format("{}: {}", path, std::strerror(errno)));
    struct stat status;
    if (::fstat(fd_, &status) != 0 || !S_ISREG(status.st_mode)) {
      ::close(fd_);
      throw Error(fmt::format("{}: not a regular file", path));
    }
    size_ = status.st_size;
  }
  ~FileStream() override { ::close(fd_); }

  int64_t size() const override { return size_; }
  void rewind() override { offset_ = 0; }

  void read(void *out, int64_t size) override {
    char *next = static_cast<char *>(out);
    while (size > 0) {
      ssize_t got = ::pread(fd_, next, size, offset_);
      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        throw Error(fmt::format("{}: {}", path_, std::strerror(errno)));
      if (got == 0)
        throw Error(fmt::format("{}: truncated: the file ends after {} bytes", path_, offset_));
      next += got;
      offset_ += got;
      size -= got;
    }
  }

private:
  std::string path_;
  int fd_;
  int64_t size_ = 0;
  int64_t offset_ = 0;
};

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
  int64_t size() const override { return size_; }

  void rewind() override {
    if (file_)
      zip_fclose(file_);
    file_ = zip_fopen_index(archive_, index_, 0);
    if (!file_)
      throw Error(fmt::format("{}: {}", name_, zip_strerror(archive_)));
  }

  void read(void *out, int64_t size) override {
    char *next = static_cast<char *>(out);
    while (size > 0) {
      zip_int64_t got = zip_fread(file_, next, size);
      if (got < 0)
        throw Error(fmt::format("{}: corrupt: {}", name_, zip_file_strerror(file_)));
      if (got == 0)
        throw Error(fmt::format("{}: truncated", name_));
      next += got;
      size -= got;
    }
  }

  void finish() override {
    // libzip compares the checksum only when it meets the end.
    char byte;
    if (zip_fread(file_, &byte, 1) != 0)
      throw Error(fmt::format("{}: corrupt: {}", name_, zip_file_strerror(file_)));
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

class NpySource : public RowSource {
public:
  NpySource(std::string name, NpyHeader header, int64_t headerBytes, std::unique_ptr<ByteStream> stream)
      : RowSource(std::move(name), header.dtype, header.shape), headerBytes_(headerBytes), stream_(std::move(stream)) {}

  void rewind() override {
    stream_->rewind();
    std::vector<char> header(headerBytes_);
    stream_->read(header.data(), headerBytes_);
    next_ = 0;
  }

  void fetch(int64_t count, RawRows &raw) override {
    int64_t bytes = count * rowSize() * sizeOf(dtype());
    raw.storage = std::make_unique_for_overwrite<std::byte[]>(bytes);
    stream_->read(raw.storage.get(), bytes);
    raw.data = raw.storage.get();
    raw.begin = next_;
    raw.count = count;
    next_ += count;
    if (next_ == rows())
      stream_->finish();
  }

private:
  int64_t headerBytes_;
  std::unique_ptr<ByteStream> stream_;
  int64_t next_ = 0;
};

std::unique_ptr<RowSource> openStream(const std::string &name, std::unique_ptr<ByteStream> stream) {
  int64_t headerBytes = 0;
  NpyHeader header = readNpyHeader(name, [&](void *out, int64_t size) {
    if (headerBytes + size > stream->size())
      throw Error(
          fmt::format("{}: truncated: the file ends after {} bytes, inside the .npy header", name, stream->size()));
    stream->read(out, size);
    headerBytes += size;
  });
  int64_t expected = countOf(header.shape) * sizeOf(header.dtype), found = stream->size() - headerBytes;
  if (found != expected)
    throw Error(fmt::format("{}: {}: {} bytes of numbers found, {} expected for shape {} of {}", name,
                            found < expected ? "truncated" : "has bytes after the array", found, expected,
                            toString(header.shape), nameOf(header.dtype)));
  return std::make_unique<NpySource>(name, std::move(header), headerBytes, std::move(stream));
}

} // namespace

std::unique_ptr<RowSource> openNpy(const std::string &path) {
  return openStream(path, std::make_unique<FileStream>(path));
}

std::unique_ptr<RowSource> openNpz(const std::string &path, const std::string &member) {
  auto stream = std::make_unique<ZipStream>(path, member);
  std::string name = stream->name();
  return openStream(name, std::move(stream));
}

namespace {

/// An array is examples or labels, as it is asked for.
Examples asWanted(std::unique_ptr<RowSource> rows, const Wanted &wanted) {
  Examples examples;
  if (wanted.use == Wanted::Use::labels)
    examples.labels = labelsOf(*rows);
  else
    examples.x = std::move(rows);
  return examples;
}

} // namespace

const SourceKind npySource = {
    ".npy", false, [](const std::string &file) { return pathOf(file) == file && file.ends_with(".npy"); },
    [](const std::string &file, const Wanted &wanted) { return asWanted(openNpy(file), wanted); }};

const SourceKind npzSource = {
    ".npz:NAME", false, [](const std::string &file) { return pathOf(file) != file || file.ends_with(".npz"); },
    [](const std::string &file, const Wanted &wanted) {
      std::string archive = pathOf(file);
      return asWanted(openNpz(archive, archive == file ? "" : file.substr(archive.size() + 1)), wanted);
    }};

} // namespace inet
