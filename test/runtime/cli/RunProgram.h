#ifndef INET_TEST_RUNTIME_CLI_RUNPROGRAM_H
#define INET_TEST_RUNTIME_CLI_RUNPROGRAM_H

#include "test/runtime/TemporaryFolder.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace inet::test {

struct ProgramRun {
  int status; // the exit status, or minus the signal that ended it
  std::string out, err;
};

/// Starts a program with its outputs in files of `folder`; returns its process.
inline pid_t startProgram(const TemporaryFolder &folder, std::vector<std::string> words) {
  pid_t child = ::fork();
  if (child != 0)
    return child;
  ::dup2(::open((folder / "stdout").c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600), 1);
  ::dup2(::open((folder / "stderr").c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600), 2);
  std::vector<char *> arguments;
  for (std::string &word : words)
    arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execv(arguments[0], arguments.data());
  ::_exit(127);
}

inline ProgramRun waitFor(const TemporaryFolder &folder, pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status), readFile(folder / "stdout"),
          readFile(folder / "stderr")};
}

inline ProgramRun runProgram(std::vector<std::string> words) {
  TemporaryFolder folder;
  return waitFor(folder, startProgram(folder, std::move(words)));
}

} // namespace inet::test

#endif
