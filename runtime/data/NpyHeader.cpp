#include "runtime/data/Npy.h"

#include "runtime/Error.h"

#include <cctype>
#include <charconv>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <limits>
#include <optional>

namespace inet {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
// NumPy itself refuses headers over 10,000 bytes unless told to trust the file; ours have three short entries.
constexpr uint32_t kLargestHeader = 1 << 16;

constexpr const char *kExpected = "an array of numbers: b1, i1 to i8, u1 to u8, f2, f4 or f8";

/// What NumPy means by a dtype that has no one meaning as numbers, and what to do; "" where nothing is known.
std::string_view hintOn(std::string_view kind) {
  if (kind == "V2")
    return ", two bytes without a type, as which NumPy saves bfloat16 (x.astype('float32') keeps every value)";
  if (kind == "V1")
    return ", a byte without a type, as which NumPy saves float8 (x.astype('float32') keeps every value)";
  if (kind == "f12" || kind == "f16")
    return ", a long double, which differs between machines (x.astype('float64') makes doubles)";
  switch (kind.empty() ? '\0' : kind[0]) {
  case 'c':
    return ", complex numbers (x.real and x.imag are numbers)";
  case 'O':
    return ", Python objects (x.astype('float64') makes numbers of them if they are)";
  case 'U':
  case 'S':
    return ", texts (numpy.unique(x, return_inverse=True) numbers classes; a .csv can hold their names)";
  case 'M':
  case 'm':
    return ", dates or durations (x.astype('int64') counts their units)";
  }
  return "";
}

/// Parses the dictionary {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }: a Python literal with these three
/// keys in any order.
class DictionaryParser {
public:
  DictionaryParser(const std::string &name, std::string_view text) : name_(name), text_(text) {}

  NpyHeader parse() {
    expect('{');
    while (!accept('}')) {
      parseEntry();
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    skipSpace();
    if (position_ != text_.size() || !dtype_ || !fortran_ || !shape_)
      fail();
    return {*dtype_, *shape_, *fortran_, bigEndian_};
  }

private:
  [[noreturn]] void fail() const {
    throw Error(fmt::format("{}: not a valid .npy header: \"{}\"", name_, printable(text_)));
  }

  void skipSpace() {
    while (position_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[position_])))
      ++position_;
  }

  bool accept(char c) {
    skipSpace();
    if (position_ == text_.size() || text_[position_] != c)
      return false;
    ++position_;
    return true;
  }

  void expect(char c) {
    if (!accept(c))
      fail();
  }

  bool acceptWord(std::string_view word) {
    skipSpace();
    if (text_.substr(position_, word.size()) != word)
      return false;
    position_ += word.size();
    return true;
  }

  std::string_view parseString() {
    skipSpace();
    if (position_ == text_.size() || (text_[position_] != '\'' && text_[position_] != '"'))
      fail();
    size_t end = text_.find(text_[position_], position_ + 1);
    if (end == std::string_view::npos)
      fail();
    std::string_view value = text_.substr(position_ + 1, end - position_ - 1);
    position_ = end + 1;
    return value;
  }

  void parseEntry() {
    std::string_view key = parseString();
    expect(':');
    if (key == "descr" && !dtype_)
      return parseDtype();
    if (key == "fortran_order" && !fortran_) {
      fortran_ = acceptWord("True");
      if (!*fortran_ && !acceptWord("False"))
        fail();
      return;
    }
    if (key == "shape" && !shape_)
      return parseShape();
    fail();
  }

  void parseDtype() {
    if (accept('[')) // a structured dtype is a list
      throw Error(
          fmt::format("{}: a table of named columns found (a structured dtype), {} expected", name_, kExpected));
    std::string_view descr = parseString();
    std::string_view kind = descr;
    if (!kind.empty() && std::string_view("<>=|").find(kind[0]) != std::string_view::npos)
      kind.remove_prefix(1);
    dtype_ = dtypeNamed(kind);
    if (!dtype_)
      throw Error(fmt::format("{}: dtype '{}' found{}; {} expected", name_, printable(descr), hintOn(kind), kExpected));
    bigEndian_ = descr[0] == '>' && sizeOf(*dtype_) > 1;
  }

  void parseShape() {
    expect('(');
    Shape shape;
    while (!accept(')')) {
      skipSpace();
      int64_t size = -1;
      auto [end, error] = std::from_chars(text_.data() + position_, text_.data() + text_.size(), size);
      if (error != std::errc() || size < 0)
        fail();
      position_ = end - text_.data();
      shape.push_back(size);
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    shape_ = std::move(shape);
  }

  const std::string &name_;
  std::string_view text_;
  size_t position_ = 0;
  std::optional<Dtype> dtype_;
  std::optional<bool> fortran_;
  bool bigEndian_ = false;
  std::optional<Shape> shape_;
};

} // namespace

void checkArrayShape(const std::string &name, const NpyHeader &header) {
  if (header.shape.empty())
    throw Error(fmt::format("{}: a single number found, an array expected", name));
  int64_t bytes = sizeOf(header.dtype);
  for (int64_t size : header.shape) {
    if (size == 0)
      throw Error(fmt::format("{}: shape {} has no values; at least one row expected", name, toString(header.shape)));
    if (__builtin_mul_overflow(bytes, size, &bytes))
      throw Error(fmt::format("{}: shape {} is impossibly large", name, toString(header.shape)));
  }
}

NpyHeader readNpyHeader(const std::string &name, const ReadBytes &read) {
  unsigned char start[8];
  read(start, sizeof start);
  if (std::string_view(reinterpret_cast<char *>(start), kMagic.size()) != kMagic)
    throw Error(fmt::format("{}: not a .npy array (it does not begin with \\x93NUMPY)", name));
  int version = start[6];
  if (version < 1 || version > 3 || start[7] != 0)
    throw Error(fmt::format("{}: .npy version {}.{} found, 1.0 to 3.0 expected", name, version, start[7]));
  unsigned char lengthBytes[4] = {0, 0, 0, 0};
  read(lengthBytes, version == 1 ? 2 : 4);
  uint32_t length = lengthBytes[0] | lengthBytes[1] << 8 | lengthBytes[2] << 16 | uint32_t(lengthBytes[3]) << 24;
  if (length > kLargestHeader)
    throw Error(fmt::format("{}: .npy header of {} bytes found, at most {} expected", name, length, kLargestHeader));
  std::string text(length, '\0');
  read(text.data(), length);
  NpyHeader header = DictionaryParser(name, text).parse();
  return header;
}

std::string formatNpyHeader(Dtype dtype, const Shape &shape) {
  std::string header =
      fmt::format("{{'descr': '{}{}', 'fortran_order': False, 'shape': ({}{}), }}", sizeOf(dtype) == 1 ? '|' : '<',
                  nameOf(dtype), fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
  size_t start = kMagic.size() + 4;
  header.append((64 - (start + header.size() + 1) % 64) % 64, ' ');
  header += '\n';
  std::string text(kMagic);
  text += {'\1', '\0', static_cast<char>(header.size() & 0xff), static_cast<char>(header.size() >> 8)};
  return text + header;
}

} // namespace inet
