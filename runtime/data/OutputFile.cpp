#include "runtime/data/OutputFile.h"

#include "runtime/Error.h"
#include "runtime/data/Npy.h"

#include <atomic>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace inet {
namespace {

// Names that a signal handler may read: no allocation, no locks. A slot's name is complete before it becomes active.
struct TemporaryName {
  std::atomic<bool> taken{false}, active{false};
  char path[PATH_MAX];
};
TemporaryName temporaryNames[8];

int registerTemporary(const std::string &path) {
  if (path.size() >= PATH_MAX)
    return -1;
  for (int slot = 0; slot < static_cast<int>(std::size(temporaryNames)); ++slot) {
    TemporaryName &entry = temporaryNames[slot];
    if (entry.taken.exchange(true))
      continue;
    std::memcpy(entry.path, path.c_str(), path.size() + 1);
    entry.active = true;
    return slot;
  }
  return -1;
}

void releaseTemporary(int slot) {
  if (slot < 0)
    return;
  temporaryNames[slot].active = false;
  temporaryNames[slot].taken = false;
}

extern "C" void removeAndEnd(int signal) {
  for (TemporaryName &entry : temporaryNames)
    if (entry.active)
      ::unlink(entry.path);
  std::signal(signal, SIG_DFL);
  ::raise(signal);
}

[[noreturn]] void throwErrno(const std::string &path, const char *action) {
  throw Error(fmt::format("{}: cannot {}: {}", path, action, std::strerror(errno)));
}

// What a path names in the end, also where that does not exist.
std::filesystem::path followLinks(std::filesystem::path path) {
  std::error_code none;
  for (int i = 0; i < 40 && std::filesystem::is_symlink(path, none); ++i)
    path = path.parent_path() / std::filesystem::read_symlink(path, none);
  return path;
}

} // namespace

void removeTemporaryFilesOnSignals() {
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction action = {};
    struct sigaction old = {};
    ::sigaction(signal, nullptr, &old);
    if (old.sa_handler == SIG_IGN) // nohup
      continue;
    action.sa_handler = removeAndEnd;
    ::sigaction(signal, &action, nullptr);
  }
}

OutputFile::OutputFile(const std::string &path) : path_(path) {
  std::filesystem::path target = followLinks(path);
  destination_ = target.string();
  folder_ = target.has_parent_path() ? target.parent_path().string() : ".";
  struct stat status;
  bool exists = ::stat(destination_.c_str(), &status) == 0;
  if (target.filename().empty() || (exists && S_ISDIR(status.st_mode)))
    throw Error(fmt::format("{}: a folder, the name of a file expected", path));
  if (exists && !S_ISREG(status.st_mode)) // a rename would replace /dev/null
    throw Error(fmt::format("{}: a device or pipe, the name of a file expected", path));
  static std::atomic<int> counter{0};
  temporary_ = fmt::format("{}/.{}.{}.{}.tmp", folder_, target.filename().string(), ::getpid(), counter++);
  fd_ = ::open(folder_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0666);
  if (fd_ >= 0) {
    unnamed_ = fmt::format("/proc/self/fd/{}", fd_);
    return;
  }
  if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)
    throwErrno(path, "write");
  slot_ = registerTemporary(temporary_);
  named_ = true;
  fd_ = ::open(temporary_.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0666);
  if (fd_ < 0) {
    int saved = errno;
    releaseTemporary(slot_);
    errno = saved;
    throwErrno(path, "write");
  }
}

OutputFile::~OutputFile() {
  if (fd_ >= 0)
    ::close(fd_);
  if (named_)
    ::unlink(temporary_.c_str());
  releaseTemporary(slot_);
}

void OutputFile::write(const void *data, int64_t size) {
  const char *next = static_cast<const char *>(data);
  while (size > 0) {
    // Linux writes at most 2 GiB at a time.
    ssize_t written = ::write(fd_, next, size);
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      throwErrno(path_, "write");
    next += written;
    size -= written;
  }
}

void (*OutputFile::afterRename)() = nullptr;

/// Gives all files temporary names and then their own; returns 0 or errno. Nothing but system calls: it runs in a
/// vfork.
int OutputFile::nameAll(const std::vector<OutputFile *> &files) {
  int error = 0;
  for (OutputFile *file : files)
    if (error == 0 && !file->named_ &&
        ::linkat(AT_FDCWD, file->unnamed_.c_str(), AT_FDCWD, file->temporary_.c_str(), AT_SYMLINK_FOLLOW) != 0)
      error = errno;
  for (OutputFile *file : files) {
    if (error == 0 && ::rename(file->temporary_.c_str(), file->destination_.c_str()) != 0)
      error = errno;
    if (error != 0)
      ::unlink(file->temporary_.c_str());
    else if (afterRename)
      afterRename();
  }
  return error;
}

void OutputFile::commitTogether(const std::vector<OutputFile *> &files) {
  for (OutputFile *file : files)
    if (::fsync(file->fd_) != 0)
      throwErrno(file->path_, "write");
  for (OutputFile *file : files) { // from here on a signal must not remove them
    releaseTemporary(file->slot_);
    file->slot_ = -1;
  }
  // vfork, not fork: tables of a hundred gigabytes of pages would be copied for two system calls. The child shares the
  // memory, in a session of its own, away from signals to the group of this process, and none reaches it.
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, &before);
  volatile int error = 0;
  const pid_t child = ::vfork();
  if (child == 0) {
    ::setsid();
    error = nameAll(files);
    ::_exit(0);
  }
  if (child < 0) // no process is to be had
    error = nameAll(files);
  else
    while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR)
      ;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  for (OutputFile *file : files)
    file->named_ = false;
  if (error != 0) {
    errno = error;
    throwErrno(files.front()->path_, "write");
  }
  for (OutputFile *file : files) {
    int folder = ::open(file->folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0) {
      ::fsync(folder); // some file systems refuse it for folders; the rename stands all the same
      ::close(folder);
    }
  }
}

void writeNpy(OutputFile &file, const NamedArray &array) {
  std::string header = formatNpyHeader(array.dtype, array.shape);
  file.write(header.data(), static_cast<int64_t>(header.size()));
  for (const void *piece : array.pieces)
    file.write(piece, array.pieceBytes());
}

} // namespace inet
