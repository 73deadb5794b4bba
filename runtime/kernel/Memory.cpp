#include "runtime/kernel/Memory.h"

#include "runtime/Error.h"

#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <limits>
#include <optional>
#include <sys/mman.h>

namespace inet {
namespace {

constexpr int64_t kHugePage = 2 << 20;

int64_t mappedBytes(int64_t bytes) {
  int64_t unit = bytes >= 2 * kHugePage ? kHugePage : 4096;
  return (bytes + unit - 1) / unit * unit;
}

/// The number after `key` in a file of lines "key number ..."; an empty key: the first number.
std::optional<double> readNumber(const std::string &path, const std::string &key) {
  std::ifstream file(path);
  std::string word;
  while (file >> word) {
    double value = 0;
    if (key.empty() || word == key) {
      if (key.empty())
        file.seekg(0);
      if (file >> value)
        return value;
      return std::nullopt;
    }
    file.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  }
  return std::nullopt;
}

/// What the control group (version 2) of this process still allows: containers have their own limit.
std::optional<double> controlGroupMemory() {
  std::ifstream groups("/proc/self/cgroup");
  std::string line, folder = "/sys/fs/cgroup";
  while (std::getline(groups, line))
    if (line.starts_with("0::"))
      folder += line.substr(3);
  auto limit = readNumber(folder + "/memory.max", "");
  auto used = readNumber(folder + "/memory.current", "");
  if (!limit || !used)
    return std::nullopt;
  // Pages of files that nobody uses are given back when memory is asked for.
  return *limit - *used + readNumber(folder + "/memory.stat", "inactive_file").value_or(0);
}

} // namespace

Buffer::Buffer(int64_t bytes) : bytes_(bytes) {
  int64_t mapped = mappedBytes(std::max<int64_t>(bytes, 1));
  bool huge = mapped >= 2 * kHugePage;
  int64_t reserved = mapped + (huge ? kHugePage : 0);
  void *base = ::mmap(nullptr, reserved, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (base == MAP_FAILED)
    throw Error(fmt::format("out of memory: the system refuses {}", formatBytes(static_cast<double>(bytes))));
  char *begin = static_cast<char *>(base);
  if (huge) {
    char *aligned = begin + (kHugePage - reinterpret_cast<uintptr_t>(begin) % kHugePage) % kHugePage;
    if (aligned != begin)
      ::munmap(begin, aligned - begin);
    if (aligned - begin != kHugePage)
      ::munmap(aligned + mapped, kHugePage - (aligned - begin));
    ::madvise(aligned, mapped, MADV_HUGEPAGE); // a wish: small pages are as right
    begin = aligned;
  }
  data_ = begin;
}

Buffer::~Buffer() {
  if (data_)
    ::munmap(data_, mappedBytes(std::max<int64_t>(bytes_, 1)));
}

double availableMemory() {
  double available = std::numeric_limits<double>::max();
  if (auto kilobytes = readNumber("/proc/meminfo", "MemAvailable:"))
    available = *kilobytes * 1024;
  if (auto group = controlGroupMemory())
    available = std::min(available, *group);
  return std::max(available, 0.0);
}

std::string formatBytes(double bytes) {
  return bytes < 1e9 ? fmt::format("{:.1f} MB", bytes / 1e6) : fmt::format("{:.1f} GB", bytes / 1e9);
}

void requireMemory(const std::string &what, double bytes, const std::string &details) {
  double available = availableMemory();
  if (bytes > available)
    throw Error(fmt::format("{} needs {:.1f} GB of memory ({}), {:.1f} GB are available", what, bytes / 1e9, details,
                            available / 1e9));
}

} // namespace inet
