#include "runtime/cli/InetMain.h"

#include "runtime/Error.h"
#include "runtime/cli/Commands.h"
#include "runtime/data/OutputFile.h"
#include "runtime/kernel/Variant.h"
#include "runtime/linalg/Blas.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <new>
#include <unistd.h>

namespace inet {
namespace {

Report runCommand(const InetProgram &program, const Arguments &arguments) {
  if (arguments.command != Command::info)
    reserveBlasMemory(arguments.threads);
  switch (arguments.command) {
  case Command::info:
    return runInfo(program, arguments);
  case Command::kernel:
    return runKernel(program, arguments);
  case Command::predict:
    return runPredict(program, arguments);
  case Command::evaluate:
    return runEvaluate(program, arguments);
  case Command::curve:
    return runCurve(program, arguments);
  case Command::report:
    return runReport(program, arguments);
  }
  throw Error("unknown command");
}

void print(FILE *stream, const std::string &text) {
  if (std::fwrite(text.data(), 1, text.size(), stream) != text.size() || std::fflush(stream) != 0)
    throw Error(fmt::format("standard output: cannot write: {}", std::strerror(errno)));
}

int fail(std::string message, int status) {
  for (char &c : message)
    if (static_cast<unsigned char>(c) < 0x20) // one line, whatever names and libraries put into it
      c = ' ';
  std::fputs(fmt::format("error: {}\n", message).c_str(), stderr); // where that fails the status still says it
  return status;
}

/// A file that is opened while standard output is closed would take its number, and with it what is printed: whatever
/// is closed becomes a place that refuses to be written.
void occupyStandardStreams() {
  int opened;
  do
    opened = ::open("/dev/null", O_RDONLY);
  while (opened >= 0 && opened <= 2);
  if (opened > 2)
    ::close(opened);
}

} // namespace

int inetMain(const InetProgram &program, int argc, const char *const *argv) {
  occupyStandardStreams();
  removeTemporaryFilesOnSignals();
  try {
    std::optional<Arguments> arguments = parseArguments(program, chooseVariant(program).results, argc, argv);
    if (arguments)
      print(stdout, runCommand(program, *arguments).format(arguments->json));
    return 0;
  } catch (const UsageError &error) {
    return fail(error.what(), 2);
  } catch (const std::bad_alloc &) {
    return fail("out of memory", 1);
  } catch (const std::exception &error) {
    return fail(error.what(), 1);
  }
}

} // namespace inet
