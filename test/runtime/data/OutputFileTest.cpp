#include "runtime/data/OutputFile.h"

#include "runtime/data/Examples.h"
#include "test/runtime/ExpectError.h"
#include "test/runtime/TemporaryFolder.h"

#include <csignal>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace inet;
using namespace inet::test;

namespace {

const std::vector<double> kNumbers = {1, 2, 3, 4, 5, 6};
const NamedArray kArray = {"a", Dtype::f8, {2, 3}, {kNumbers.data(), kNumbers.data() + 3}};

/// Runs `body` in a child process and returns its wait status.
template <class Body> int statusOf(Body body) {
  pid_t child = ::fork();
  if (child == 0) {
    body();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

} // namespace

TEST(OutputFile, AppearsOnlyWhenCommitted) {
  TemporaryFolder folder;
  {
    OutputFile file(folder / "a.npy");
    writeNpy(file, kArray);
    EXPECT_FALSE(std::filesystem::exists(folder / "a.npy"));
  }
  EXPECT_TRUE(folder.names().empty()); // given up: nothing is left
  OutputFile file(folder / "a.npy");
  writeNpy(file, kArray);
  file.commit();
  EXPECT_EQ(folder.names(), (std::vector<std::string>{"a.npy"}));
  EXPECT_EQ(readAll(*openRows(folder / "a.npy")), kNumbers);
}

TEST(OutputFile, ReplacesAnOlderFile) {
  TemporaryFolder folder;
  folder.write("a.npy", "old");
  OutputFile file(folder / "a.npy");
  writeNpy(file, kArray);
  EXPECT_EQ(readFile(folder / "a.npy"), "old");
  file.commit();
  EXPECT_EQ(readAll(*openRows(folder / "a.npy")), kNumbers);
}

TEST(OutputFile, ArchivesReadBackAndDoNotDependOnTheClock) {
  TemporaryFolder folder;
  std::vector<float> more = {7, 8};
  for (const char *name : {"a.npz", "b.npz"}) {
    OutputFile file(folder / name);
    writeNpz(file, {kArray, {"b", Dtype::f4, {2}, {more.data()}}});
    file.commit();
  }
  EXPECT_EQ(folder.names(), (std::vector<std::string>{"a.npz", "b.npz"}));
  EXPECT_EQ(readAll(*openRows(folder / "a.npz:a")), kNumbers);
  EXPECT_EQ(openRows(folder / "a.npz:a")->shape(), (Shape{2, 3}));
  EXPECT_EQ(readAll(*openRows(folder / "a.npz:b")), (std::vector<double>{7, 8}));
  EXPECT_EQ(readFile(folder / "a.npz"), readFile(folder / "b.npz"));
}

TEST(OutputFile, UnwritablePlacesAreRefusedAtOnce) {
  TemporaryFolder folder;
  EXPECT_ERROR(OutputFile(folder / "absent/a.npy"), "absent/a.npy: cannot write: No such file or directory");
  EXPECT_ERROR(OutputFile(folder.path()), "a folder, the name of a file expected");
  std::filesystem::permissions(folder.path(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  int status = statusOf([&] {
    if (::geteuid() == 0 && ::setuid(65534) != 0) // root may write anywhere
      ::_exit(41);
    try {
      OutputFile file(folder / "a.npy");
    } catch (const Error &error) {
      ::_exit(std::string(error.what()).find("cannot write: Permission denied") != std::string::npos ? 42 : 43);
    }
  });
  EXPECT_EQ(WEXITSTATUS(status), 42);
}

// A limit on the size of files stands for a full disk: write fails with EFBIG instead of ENOSPC.
TEST(OutputFile, FullDiskLeavesNothing) {
  TemporaryFolder folder;
  std::vector<double> numbers(10000, 1.0);
  NamedArray array = {"a", Dtype::f8, {10000}, {numbers.data()}};
  for (bool archive : {false, true}) {
    int status = statusOf([&] {
      std::signal(SIGXFSZ, SIG_IGN);
      rlimit limit = {4096, 4096};
      ::setrlimit(RLIMIT_FSIZE, &limit);
      try {
        OutputFile file(folder / "a.out");
        if (archive)
          writeNpz(file, {array});
        else
          writeNpy(file, array);
        file.commit();
      } catch (const Error &error) {
        bool named = std::string(error.what()).find("a.out: cannot write: File too large") != std::string::npos;
        ::_exit(named ? 42 : 43);
      }
    });
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 42);
    EXPECT_TRUE(folder.names().empty());
  }
}

TEST(OutputFile, KilledRunsLeaveNothing) {
  TemporaryFolder folder;
  for (int signal : {SIGINT, SIGTERM}) {
    int status = statusOf([&] {
      removeTemporaryFilesOnSignals();
      OutputFile file(folder / "a.npy");
      writeNpy(file, kArray);
      ::raise(signal);
    });
    EXPECT_TRUE(WIFSIGNALED(status)); // and the parent sees why it ended
    EXPECT_EQ(WTERMSIG(status), signal);
    EXPECT_TRUE(folder.names().empty());
  }
}

TEST(OutputFile, FollowsLinks) {
  TemporaryFolder folder;
  std::filesystem::create_directory(folder / "scratch");
  std::filesystem::create_symlink("scratch/a.npy", folder / "link.npy"); // to nothing yet, then to a file
  for (int i = 0; i < 2; ++i) {
    OutputFile file(folder / "link.npy");
    writeNpy(file, kArray);
    file.commit();
    EXPECT_TRUE(std::filesystem::is_symlink(folder / "link.npy"));
    EXPECT_EQ(readAll(*openRows(folder / "scratch/a.npy")), kNumbers);
  }
}

TEST(OutputFile, ReplacesNoDevicesOrPipes) {
  TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe.npy").c_str(), 0600), 0);
  EXPECT_ERROR(OutputFile(folder / "pipe.npy"), "a device or pipe, the name of a file expected");
  EXPECT_TRUE(std::filesystem::is_fifo(folder / "pipe.npy"));
}

// What kills a run between the names of two files leaves both new: another process gives the names.
TEST(OutputFile, FilesAreCommittedTogetherThoughTheRunIsKilled) {
  for (int signal : {SIGKILL, SIGTERM, SIGINT}) {
    TemporaryFolder folder;
    folder.write("a.npy", "old");
    folder.write("b.npy", "old");
    static int deadly;
    deadly = signal;
    int status = statusOf([&] {
      removeTemporaryFilesOnSignals();
      OutputFile a(folder / "a.npy"), b(folder / "b.npy");
      writeNpy(a, kArray);
      writeNpy(b, kArray);
      OutputFile::afterRename = [] { ::kill(::getppid(), deadly); };
      OutputFile::commitTogether({&a, &b});
      ::pause(); // what is no SIGKILL comes once the names are given
    });
    EXPECT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(WTERMSIG(status), signal);
    for (int i = 0; i < 500 && readFile(folder / "b.npy") == "old"; ++i)
      ::usleep(10000);
    EXPECT_EQ(readAll(*openRows(folder / "a.npy")), kNumbers) << signal;
    EXPECT_EQ(readAll(*openRows(folder / "b.npy")), kNumbers) << signal;
    EXPECT_EQ(folder.names(), (std::vector<std::string>{"a.npy", "b.npy"}));
  }
}

TEST(OutputFile, NoneOfTheFilesWhereOneCannotBeNamed) {
  TemporaryFolder folder;
  std::filesystem::create_directory(folder / "there");
  folder.write("a.npy", "old");
  OutputFile a(folder / "a.npy"), b(folder / "there/b.npy");
  std::filesystem::remove(folder / "there");
  EXPECT_ERROR(OutputFile::commitTogether({&a, &b}), "cannot write: No such file or directory");
  EXPECT_EQ(readFile(folder / "a.npy"), "old");
  EXPECT_EQ(folder.names(), (std::vector<std::string>{"a.npy"}));
}
