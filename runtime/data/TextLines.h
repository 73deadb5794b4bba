// The lines of a text file, whatever ends them, packed by gzip or not, in UTF-8 or UTF-16.
#ifndef INET_RUNTIME_DATA_TEXTLINES_H
#define INET_RUNTIME_DATA_TEXTLINES_H

#include <cstdint>
#include <memory>
#include <string>

namespace inet {

class TextLines {
public:
  /// Throws Error where the file cannot be opened.
  explicit TextLines(const std::string &path);
  ~TextLines();
  TextLines(const TextLines &) = delete;
  TextLines &operator=(const TextLines &) = delete;

  /// The next line in UTF-8, ended by '\n' alone whatever ends it in the file (LF, CR LF, CR, or its end); false after
  /// the last. Byte order marks are left out. Throws Error for what cannot be read and for what is no text.
  bool next(std::string &line);
  int64_t count() const { return count_; } ///< lines read so far
  bool isUtf16() const;

private:
  class Bytes;
  bool fill();

  std::string path_;
  std::unique_ptr<Bytes> bytes_;
  std::string text_; ///< read and not yet given away: from position_ on
  size_t position_ = 0;
  int64_t count_ = 0;
  bool ended_ = false;
};

} // namespace inet

#endif
