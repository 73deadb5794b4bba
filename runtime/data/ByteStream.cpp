#include "runtime/data/ByteStream.h"

#include "runtime/Error.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>
#include <zlib.h>

namespace inet {
namespace {

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

  std::optional<int64_t> size() const override { return size_; }
  int64_t countBytes() override {
    offset_ = 0;
    return size_;
  }
  void rewind() override { offset_ = 0; }
  void skip(int64_t size) override { offset_ += size; }

protected:
  int64_t readSome(void *out, int64_t size) override {
    ssize_t got = 0;
    do
      got = ::pread(fd_, out, size, offset_);
    while (got < 0 && errno == EINTR);
    if (got < 0)
      throw Error(fmt::format("{}: {}", path_, std::strerror(errno)));
    if (got == 0)
      throw Error(fmt::format("{}: truncated: the file ends after {} bytes", path_, size_));
    offset_ += got;
    return got;
  }

private:
  std::string path_;
  int fd_;
  int64_t size_ = 0;
  int64_t offset_ = 0;
};

class GzipStream : public ByteStream {
public:
  explicit GzipStream(const std::string &path) : path_(path) { rewind(); }
  ~GzipStream() override { ::gzclose(file_); }

  std::optional<int64_t> size() const override { return std::nullopt; }

  int64_t countBytes() override {
    rewind();
    std::vector<char> unread(1 << 16);
    int64_t count = 0;
    for (int got = 1; got > 0; count += got)
      if (got = ::gzread(file_, unread.data(), unsigned(unread.size())); got < 0)
        fail(got);
    int code = Z_OK;
    if (::gzerror(file_, &code); code == Z_BUF_ERROR)
      fail(-1);
    rewind();
    return count;
  }

  void rewind() override {
    if (file_)
      ::gzclose(file_);
    errno = 0;
    file_ = ::gzopen(path_.c_str(), "rbe");
    if (!file_)
      throw Error(fmt::format("{}: {}", path_, errno ? std::strerror(errno) : "not enough memory"));
    ::gzbuffer(file_, 1 << 17);
  }

  void finish() override {
    char byte;
    int got = ::gzread(file_, &byte, 1); // zlib compares the checksum when it meets the end
    if (got < 0)
      fail(got);
    if (got > 0)
      throw Error(fmt::format("{}: has bytes after the array", path_));
  }

protected:
  int64_t readSome(void *out, int64_t size) override {
    int got = ::gzread(file_, out, unsigned(std::min<int64_t>(size, 1 << 30)));
    if (got <= 0)
      fail(got);
    return got;
  }

private:
  [[noreturn]] void fail(int got) const {
    int code = Z_OK;
    std::string reason = ::gzerror(file_, &code);
    bool ended = got == 0 || code == Z_BUF_ERROR;
    throw Error(fmt::format("{}: {}", path_, ended ? "truncated" : "corrupt: " + reason));
  }

  std::string path_;
  gzFile file_ = nullptr;
};

} // namespace

void ByteStream::read(void *out, int64_t size) {
  for (char *next = static_cast<char *>(out); size > 0;) {
    int64_t got = readSome(next, size);
    next += got;
    size -= got;
  }
}

void ByteStream::skip(int64_t size) {
  char unread[4096];
  for (; size > 0; size -= int64_t(sizeof unread))
    read(unread, std::min<int64_t>(size, sizeof unread));
}

std::unique_ptr<ByteStream> openBytes(const std::string &path) {
  auto file = std::make_unique<FileStream>(path);
  unsigned char start[2] = {0, 0};
  if (*file->size() >= 2)
    file->read(start, 2);
  file->rewind();
  if (start[0] == 0x1f && start[1] == 0x8b)
    return std::make_unique<GzipStream>(path);
  return file;
}

std::string withoutGzip(const std::string &file) {
  return file.ends_with(".gz") ? file.substr(0, file.size() - 3) : file;
}

} // namespace inet
