// Large buffers, and how much memory there is for them.
#ifndef INET_RUNTIME_KERNEL_MEMORY_H
#define INET_RUNTIME_KERNEL_MEMORY_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace inet {

/// Zeroed memory, aligned to 64 bytes at least. From 4 MB on it is aligned to 2 MB and asks for huge pages: a fault on
/// every 4 KB would cost the kernel matrix more time per entry than a short chain of activations.
class Buffer {
public:
  Buffer() = default;
  /// Throws Error where the system does not give the memory.
  explicit Buffer(int64_t bytes);
  ~Buffer();
  Buffer(Buffer &&other) noexcept
      : data_(std::exchange(other.data_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
  Buffer &operator=(Buffer &&other) noexcept {
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }

  void *data() const { return data_; }
  template <class T> T *as() const { return static_cast<T *>(data_); }
  int64_t bytes() const { return bytes_; }

private:
  void *data_ = nullptr;
  int64_t bytes_ = 0;
};

/// Bytes that a new allocation may take before the machine (MemAvailable) or the control group of this process runs
/// out; a huge number where neither can be read.
double availableMemory();

/// "0.3 MB", "74.5 GB"; a GB is 1e9 bytes.
std::string formatBytes(double bytes);

/// Throws Error where `bytes` is more than what is available; `what` begins the message and `details` explains the sum.
void requireMemory(const std::string &what, double bytes, const std::string &details);

} // namespace inet

#endif
