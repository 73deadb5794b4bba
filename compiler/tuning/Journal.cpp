#include "compiler/tuning/Journal.h"

#include "runtime/Error.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

using ::inet::Error;
using ::inet::Json;

namespace inetc {
namespace {

[[noreturn]] void failed(const std::string &path, const char *what) {
  throw Error(fmt::format("{}: {}: {}", path, what, std::strerror(errno)));
}

std::string readWhole(int file, const std::string &path) {
  std::string text;
  char buffer[1 << 16];
  while (true) {
    const ssize_t count = ::read(file, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      failed(path, "cannot read");
    if (count == 0)
      return text;
    text.append(buffer, size_t(count));
  }
}

std::string shown(const Json &object, const std::string &key) {
  return object.contains(key) ? ::inet::printable(object[key].dump()) : "nothing";
}

void requireSame(const std::string &path, const Json &found, const Json &expected) {
  for (const auto &[key, value] : expected.items())
    if (!found.is_object() || !found.contains(key) || found[key] != value)
      throw Error(fmt::format("{}: the journal of another search: {} is {} there, {} here (remove it, or name another "
                              "--out)",
                              path, key, shown(found, key), shown(expected, key)));
}

} // namespace

Journal::Journal(std::string path, const Json &identity, bool resume) : path(std::move(path)) {
  file = ::open(this->path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (file < 0)
    failed(this->path, "cannot open the journal");
  try {
    if (::flock(file, LOCK_EX | LOCK_NB) != 0)
      throw Error(fmt::format("{}: another search writes this journal", this->path));
    read(identity, resume);
  } catch (...) {
    ::close(file);
    throw;
  }
}

Journal::~Journal() {
  if (file >= 0)
    ::close(file);
}

void Journal::read(const Json &identity, bool resume) {
  const std::string text = readWhole(file, path);
  const size_t whole = text.rfind('\n') + 1; // 0 where there is no line; what follows the last is torn
  size_t number = 0;
  for (size_t begin = 0; begin < whole;) {
    const size_t end = text.find('\n', begin);
    const Json line = Json::parse(text.begin() + int64_t(begin), text.begin() + int64_t(end), nullptr, false);
    begin = end + 1;
    if (line.is_discarded() || !line.is_object() || (number > 0 && !(line.contains("key") && line.contains("result"))))
      throw Error(fmt::format("{}:{}: no line of a journal (remove it to begin anew)", path, number + 1));
    if (number++ == 0)
      requireSame(path, line, identity);
    else
      results[line["key"].get<std::string>()] = line["result"];
  }
  if (!results.empty() && !resume)
    throw Error(
        fmt::format("{}: a search that was not finished, with {} results: --resume goes on with it; or remove it", path,
                    results.size()));
  if (::ftruncate(file, off_t(whole)) != 0 || ::lseek(file, 0, SEEK_END) < 0)
    failed(path, "cannot write");
  if (number == 0)
    write(identity);
}

void Journal::write(const Json &line) {
  const std::string text = line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  for (size_t done = 0; done < text.size();) {
    const ssize_t count = ::write(file, text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      failed(path, "cannot write");
    done += size_t(count);
  }
  if (::fsync(file) != 0)
    failed(path, "cannot write");
}

const Json *Journal::find(const std::string &key) const {
  auto found = results.find(key);
  return found == results.end() ? nullptr : &found->second;
}

void Journal::append(const std::string &key, const Json &result) {
  write({{"key", key}, {"result", result}});
  results[key] = result;
}

void Journal::remove() { ::unlink(path.c_str()); }

} // namespace inetc
