// Files that appear whole or not at all.
#ifndef INET_RUNTIME_DATA_OUTPUTFILE_H
#define INET_RUNTIME_DATA_OUTPUTFILE_H

#include "runtime/data/Array.h"

namespace inet {

/// A file under construction. It has no name (or, where the file system has no unnamed files, a temporary one in the
/// same folder, removed if the run fails or is interrupted) until `commit` has brought it to the disk and renamed it.
class OutputFile {
public:
  /// A link is followed. Throws Error where the folder does not exist or cannot be written, or what is there is not a
  /// file: called before the work begins, not after it.
  explicit OutputFile(const std::string &path);
  ~OutputFile();
  OutputFile(const OutputFile &) = delete;
  OutputFile &operator=(const OutputFile &) = delete;

  const std::string &path() const { return path_; }
  int descriptor() const { return fd_; }
  /// Throws Error, for instance when the disk is full.
  void write(const void *data, int64_t size);
  /// fsync, rename to the final name (replacing a file of that name), fsync of the folder.
  void commit() { commitTogether({this}); }

  /// Commits several files, all or none of them: all are on the disk before the first gets its name, and the names are
  /// given by a process of its own, which goes on where this one is killed, also by SIGKILL. Only what ends that
  /// process too in the microseconds between two names, as a failing machine, leaves old and new files side by side.
  static void commitTogether(const std::vector<OutputFile *> &files);

  /// Tests only: called by that process after every name.
  static void (*afterRename)();

private:
  static int nameAll(const std::vector<OutputFile *> &files);

  std::string path_, destination_, folder_, temporary_, unnamed_; // unnamed_: how this process names the unnamed file
  int fd_ = -1;
  bool named_ = false;
  int slot_ = -1; // in the table of files that a signal removes
};

/// Writes one array as .npy (version 1.0), without committing the file.
void writeNpy(OutputFile &file, const NamedArray &array);

/// Writes the arrays as an uncompressed .npz that does not depend on the clock, without committing the file.
void writeNpz(OutputFile &file, const std::vector<NamedArray> &arrays);

/// Removes the temporary files of this process when SIGINT, SIGTERM or SIGHUP ends it. Called once, by main.
void removeTemporaryFilesOnSignals();

} // namespace inet

#endif
