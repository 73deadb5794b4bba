#ifndef INET_TEST_RUNTIME_DATA_WRITEGZIP_H
#define INET_TEST_RUNTIME_DATA_WRITEGZIP_H

#include <stdexcept>
#include <string>
#include <zlib.h>

namespace inet::test {

/// Writes `bytes` to `path`, packed by gzip, and returns `path`.
inline std::string writeGzip(const std::string &path, const std::string &bytes) {
  gzFile file = ::gzopen(path.c_str(), "wb");
  if (!file || ::gzwrite(file, bytes.data(), unsigned(bytes.size())) != int(bytes.size()) || ::gzclose(file) != Z_OK)
    throw std::runtime_error("cannot write " + path);
  return path;
}

} // namespace inet::test

#endif
