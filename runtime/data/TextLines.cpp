#include "runtime/data/TextLines.h"

#include "runtime/Error.h"

#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <iconv.h>
#include <zlib.h>

namespace inet {

/// A file's bytes, unpacked by zlib (which leaves other files as they are) and converted by iconv.
class TextLines::Bytes {
public:
  explicit Bytes(const std::string &path) : path_(path) {
    errno = 0;
    file_ = ::gzopen(path.c_str(), "rbe");
    if (!file_)
      throw Error(fmt::format("{}: {}", path, errno ? std::strerror(errno) : "not enough memory"));
    ::gzbuffer(file_, 1 << 17);
    raw_.resize(2);
    raw_.resize(read(raw_.data(), 2));
    if (raw_ == "\xff\xfe" || raw_ == "\xfe\xff") {
      converter_ = ::iconv_open("UTF-8", raw_[0] == '\xff' ? "UTF-16LE" : "UTF-16BE");
      raw_.clear();
    }
  }
  ~Bytes() {
    if (isUtf16())
      ::iconv_close(converter_);
    ::gzclose(file_);
  }

  bool isUtf16() const { return converter_ != kNone; }

  /// Appends some text in UTF-8 to `text`; false at the end.
  bool append(std::string &text) {
    size_t held = raw_.size();
    raw_.resize(held + kChunk);
    raw_.resize(held + read(raw_.data() + held, kChunk));
    bool more = raw_.size() > held;
    if (isUtf16())
      return more ? (convert(text), true) : (requireNothingLeft(), false);
    text += raw_;
    more = more || held > 0;
    raw_.clear();
    return more;
  }

private:
  static constexpr size_t kChunk = 1 << 16;
  inline static const iconv_t kNone = iconv_t(-1);

  size_t read(char *out, size_t size) {
    int got = ::gzread(file_, out, unsigned(size));
    int code = Z_OK;
    std::string reason = ::gzerror(file_, &code);
    if (got >= 0 && code != Z_BUF_ERROR)
      return size_t(got);
    throw Error(fmt::format("{}: {}", path_,
                            code == Z_ERRNO       ? std::strerror(errno)
                            : code == Z_BUF_ERROR ? "truncated: what gzip packed does not end"
                                                  : "corrupt: " + reason));
  }

  void convert(std::string &text) {
    std::string converted(raw_.size() * 2, '\0'); // two bytes become at most three, four become four
    char *in = raw_.data(), *out = converted.data();
    size_t inLeft = raw_.size(), outLeft = converted.size();
    if (::iconv(converter_, &in, &inLeft, &out, &outLeft) == size_t(-1) && errno != EINVAL) // EINVAL: half a character
      throw Error(fmt::format("{}: not valid UTF-16, which its first bytes promise", path_));
    text.append(converted.data(), converted.size() - outLeft);
    raw_.erase(0, raw_.size() - inLeft);
  }

  void requireNothingLeft() const {
    if (!raw_.empty())
      throw Error(fmt::format("{}: truncated: half a character of UTF-16 at its end", path_));
  }

  std::string path_;
  gzFile file_ = nullptr;
  iconv_t converter_ = kNone;
  std::string raw_; ///< not yet converted
};

TextLines::TextLines(const std::string &path) : path_(path), bytes_(std::make_unique<Bytes>(path)) {
  constexpr std::string_view byteOrderMark = "\xef\xbb\xbf";
  fill();
  if (std::string_view(text_).starts_with(byteOrderMark))
    position_ = byteOrderMark.size();
}

TextLines::~TextLines() = default;

bool TextLines::isUtf16() const { return bytes_->isUtf16(); }

bool TextLines::fill() {
  text_.erase(0, position_);
  position_ = 0;
  size_t before = text_.size();
  ended_ = ended_ || !bytes_->append(text_);
  if (text_.find('\0', before) != std::string::npos)
    throw Error(fmt::format("{}: line {}: a byte of 0 found, so that this is no table of text (UTF-16 must begin with "
                            "its byte order mark)",
                            path_, count_ + 1));
  return !ended_;
}

bool TextLines::next(std::string &line) {
  size_t searched = position_;
  size_t end = 0;
  // A carriage return at the end of what is read may have its line feed in what follows.
  while ((end = text_.find_first_of("\r\n", searched)) == std::string::npos ||
         (text_[end] == '\r' && end + 1 == text_.size() && !ended_)) {
    if (ended_) {
      if (position_ == text_.size())
        return false;
      end = text_.size();
      break;
    }
    searched = (end == std::string::npos ? text_.size() : end) - position_;
    fill();
  }
  line.assign(text_, position_, end - position_);
  line += '\n';
  bool both = end + 1 < text_.size() && text_[end] == '\r' && text_[end + 1] == '\n';
  position_ = std::min(text_.size(), end + (both ? 2 : 1));
  ++count_;
  return true;
}

} // namespace inet
