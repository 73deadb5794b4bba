// The executable of a network, run as a user runs it. The network is written by hand: test/runtime/HandWrittenKernel.h.
#include "runtime/data/Examples.h"
#include "runtime/data/OutputFile.h"
#include "test/runtime/HandWrittenKernel.h"
#include "test/runtime/cli/RunProgram.h"

#include <cmath>
#include <csignal>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <numbers>
#include <random>
#include <thread>

using namespace inet;
using namespace inet::test;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;
using Json = nlohmann::json;

namespace {

class Cli : public testing::Test {
protected:
  ProgramRun run(std::vector<std::string> words, const char *program = HAND_WRITTEN_F64) {
    words.insert(words.begin(), program);
    return runProgram(std::move(words));
  }

  Json json(std::vector<std::string> words, const char *program = HAND_WRITTEN_F64) {
    words.push_back("--json");
    ProgramRun done = run(std::move(words), program);
    EXPECT_EQ(done.status, 0) << done.err;
    EXPECT_EQ(done.err, "");
    return done.status == 0 ? Json::parse(done.out) : Json();
  }

  /// The command fails with status 1, prints nothing but one line "error: ..." that contains `text`.
  void expectError(std::vector<std::string> words, const std::string &text, int status = 1) {
    ProgramRun done = run(std::move(words));
    EXPECT_EQ(done.status, status);
    EXPECT_EQ(done.out, "");
    EXPECT_THAT(done.err, StartsWith("error: "));
    EXPECT_THAT(done.err, HasSubstr(text));
    EXPECT_EQ(done.err.find('\n'), done.err.size() - 1) << done.err;
  }

  std::string npy(const std::string &name, const Shape &shape, const std::vector<double> &values) {
    OutputFile file(folder / name);
    writeNpy(file, {"", Dtype::f8, shape, {values.data()}});
    file.commit();
    return folder / name;
  }
  std::string labels(const std::string &name, const std::vector<int64_t> &values) {
    OutputFile file(folder / name);
    writeNpy(file, {"", Dtype::i8, {int64_t(values.size())}, {values.data()}});
    file.commit();
    return folder / name;
  }

  std::vector<double> examples(int64_t rows, unsigned seed) {
    std::mt19937 engine(seed);
    std::normal_distribution<double> normal;
    std::vector<double> x(rows * kFeatures);
    for (double &value : x)
      value = normal(engine);
    return x;
  }
  std::string exampleFile(const std::string &name, int64_t rows, unsigned seed) {
    return npy(name, {rows, kFeatures}, examples(rows, seed));
  }
  std::vector<double> array(const std::string &file, Shape expected) {
    auto source = openRows(file);
    EXPECT_EQ(source->shape(), expected);
    return readAll(*source);
  }

  TemporaryFolder folder;
};

} // namespace

TEST_F(Cli, HelpForEveryCommand) {
  for (const char *command : {"info", "kernel", "predict", "evaluate", "report"}) {
    ProgramRun done = run({command, "--help"});
    EXPECT_EQ(done.status, 0);
    EXPECT_THAT(done.out, HasSubstr("--threads"));
    EXPECT_THAT(done.out, HasSubstr("--json"));
    EXPECT_EQ(done.err, "");
  }
  EXPECT_THAT(run({"--help"}).out, HasSubstr("hand_written"));
}

TEST_F(Cli, WrongUsageIsOneLineAndStatus2) {
  expectError({}, "no command found; info, kernel, predict, evaluate, curve or report expected", 2);
  expectError({"train"}, "unknown command 'train'; info, kernel, predict, evaluate, curve or report expected", 2);
  expectError({"kernl", "--x1", "x.npy"}, "unknown command 'kernl'", 2);
  expectError({"kernel", "--x1", "x.npy"}, "--out", 2);
  expectError({"kernel", "--x1", "x.npy", "--out", "k.npz", "--thread", "2"}, "--thread", 2);
  expectError({"kernel", "--x1", "x.npy", "--out", "k.npz", "--threads", "0"}, "--threads", 2);
  expectError({"info", "--n", "0"}, "--n: '0' found, a whole number above 0 and below 1e12 expected", 2);
  expectError({"info", "--n", "1e6"}, "--n: '1e6' found, a whole number above 0 and below 1e12 expected", 2);
  expectError({"info", "--n", "99999999999999999999"}, "--n: '99999999999999999999' found", 2);
  expectError({"kernel", "--x1", "x.npy", "--out", "k.npz", "--get", "cntk"}, "--get: 'cntk' found", 2);
  std::vector<std::string> predict = {"predict", "--train-x", "x.npy", "--out", "p.npz"};
  auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), predict.begin(), predict.end());
    return more;
  };
  expectError(with({"--time", "1,soon"}), "--time: 'soon' found; inf or numbers from 0 expected", 2);
  expectError(with({"--time=-1"}), "--time: '-1' found", 2);
  expectError(with({"--time", "nan"}), "--time: 'nan' found", 2);
  expectError(with({"--diag-reg=-1"}), "--diag-reg: -1 found; a finite number from 0 expected", 2);
  expectError(with({"--learning-rate", "0"}), "--learning-rate: 0 found; a finite number above 0 expected", 2);
  expectError(with({"--cov", "half"}), "--cov", 2);
}

TEST_F(Cli, Info) {
  Json info = json({"info", "--n", "1000"});
  EXPECT_EQ(info["network"], "hand_written");
  EXPECT_EQ(info["architecture"], (std::vector<std::string>{"input [5]", "dense", "relu", "dense"}));
  EXPECT_EQ(info["input_shape"], (std::vector<int>{5}));
  EXPECT_GT(info["kernel_seconds"]["per_entry"], 0.0);
  // the same product but for its roundings: some 1e-16 of a time far below a second for each of 500,500 entries
  EXPECT_NEAR(info["kernel_seconds"]["total"].get<double>() * info["threads"].get<double>(),
              info["kernel_seconds"]["per_entry"].get<double>() * 500500, 1e-9);
  EXPECT_EQ(info["flops_per_pair"], 30);
  EXPECT_EQ(info["spec_hash"], "1234567890abcdef");
  EXPECT_EQ(info["kernel_bytes"]["results"], 2 * 8 * 1000 * 1000);
  EXPECT_EQ(info["kernel_bytes"]["prepared"], 1000 * 6 * 8);
  ProgramRun text = run({"info", "--n", "1000", "--n2", "2000"});
  EXPECT_THAT(text.out, HasSubstr("kernel 1000 x 2000"));
  EXPECT_THAT(text.out, HasSubstr("dense"));
}

TEST_F(Cli, KernelOfTwoFiles) {
  std::string x1 = exampleFile("x1.npy", 40, 1), x2 = exampleFile("x2.npy", 70, 2);
  Json figures = json({"kernel", "--x1", x1, "--x2", x2, "--out", folder / "k.npz"});
  EXPECT_EQ(figures["shape"], (std::vector<int>{40, 70}));
  for (const char *part : {"prepare", "kernel", "write", "total"})
    EXPECT_GE(figures["seconds"][part].get<double>(), 0);
  std::vector<double> nngp = array(folder / "k.npz:nngp", {40, 70}), ntk = array(folder / "k.npz:ntk", {40, 70});
  std::vector<double> a = examples(40, 1), b = examples(70, 2);
  for (int64_t i = 0; i < 40; ++i)
    for (int64_t j = 0; j < 70; ++j) {
      Entry want = handWrittenEntry(&a[i * kFeatures], &b[j * kFeatures]);
      ASSERT_NEAR(nngp[i * 70 + j], want.nngp, 1e-13); // f64, some 20 roundings of numbers near 1
      ASSERT_NEAR(ntk[i * 70 + j], want.ntk, 1e-13);
    }
}

TEST_F(Cli, KernelFilesDoNotDependOnThreads) {
  std::string x = exampleFile("x.npy", 500, 1);
  for (const char *threads : {"1", "5"}) {
    ProgramRun done =
        run({"kernel", "--x1", x, "--out", folder / (std::string("k") + threads + ".npz"), "--threads", threads},
            HAND_WRITTEN_F32);
    ASSERT_EQ(done.status, 0) << done.err;
  }
  EXPECT_EQ(readFile(folder / "k1.npz"), readFile(folder / "k5.npz"));
}

TEST_F(Cli, KernelIntoAFolderOrOneFile) {
  std::string x = exampleFile("x.npy", 20, 1);
  ASSERT_EQ(run({"kernel", "--x1", x, "--out", folder / "new/folder/"}, HAND_WRITTEN_F32).status, 0);
  auto nngp = openRows(folder / "new/folder/nngp.npy");
  EXPECT_EQ(nngp->dtype(), Dtype::f4);
  ASSERT_EQ(run({"kernel", "--x1", x, "--get", "ntk", "--out", folder / "t.npy"}, HAND_WRITTEN_F32).status, 0);
  EXPECT_EQ(readFile(folder / "t.npy"), readFile(folder / "new/folder/ntk.npy"));
  expectError({"kernel", "--x1", x, "--out", folder / "t.npy"},
              "FILE.npz, DIR/ or, for one result alone, FILE.npy expected");
}

TEST_F(Cli, KernelReadsTables) {
  std::string table = folder.write("x.csv", "a,b,c,d,e,kind\n1,2,3,4,5,cat\n5,4,3,2,1,dog\n");
  std::string x = npy("x.npy", {2, 5}, {1, 2, 3, 4, 5, 5, 4, 3, 2, 1});
  ASSERT_EQ(run({"kernel", "--x1", table, "--label", "kind", "--out", folder / "t.npz"}).status, 0);
  ASSERT_EQ(run({"kernel", "--x1", x, "--out", folder / "x.npz"}).status, 0);
  EXPECT_EQ(readFile(folder / "t.npz"), readFile(folder / "x.npz"));
  std::string reordered = folder.write("r.csv", "b,a,c,d,e,kind\n1,2,3,4,5,cat\n");
  expectError({"kernel", "--x1", table, "--x2", reordered, "--label", "kind", "--out", folder / "u.npz"},
              "x.csv: 'b' found where 'a' was expected");
  expectError({"kernel", "--x1", table, "--out", folder / "u.npz"},
              "shape [2, 6] found, [n, 5] expected: the network's input is [5]");
}

TEST_F(Cli, BadDataIsOneLineAndLeavesNoFile) {
  std::string out = folder / "k.npz", x = exampleFile("x.npy", 9, 1);
  auto kernelOf = [&](const std::string &file) {
    return std::vector<std::string>{"kernel", "--x1", file, "--out", out};
  };
  expectError(kernelOf(folder / "absent.npy"), "absent.npy: No such file or directory");
  expectError(kernelOf(npy("w.npy", {2, 4}, std::vector<double>(8))), "shape [2, 4] found, [n, 5] expected");
  std::vector<double> bad = examples(30, 2);
  bad[12 * kFeatures + 3] = NAN;
  expectError(kernelOf(npy("n.npy", {30, 5}, bad)), "n.npy: value [12, 3] is nan; a finite number was expected");
  std::vector<double> large = examples(3, 2);
  large[1 * kFeatures] = 1e80; // the square is finite in f64, the product of two squares is not
  expectError(kernelOf(npy("l.npy", {3, 5}, large)), "the nngp: entry [1, 1] is inf in f64: the numbers of these");
  std::string bytes = readFile(x);
  expectError(kernelOf(folder.write("t.npy", bytes.substr(0, bytes.size() - 1))), "t.npy: truncated");
  expectError({"kernel", "--x1", x, "--out", folder / "absent/k.npz"}, "cannot write: No such file or directory");
  expectError({"kernel", "--x1", x, "--out", folder / "k.txt"}, "FILE.npz, DIR/");
  EXPECT_FALSE(std::filesystem::exists(out));
  for (const std::string &name : folder.names())
    EXPECT_THAT(name, testing::Not(HasSubstr("tmp")));
}

TEST_F(Cli, InputsAreNotOverwritten) {
  std::string x = exampleFile("x.npy", 9, 1), bytes = readFile(x);
  expectError({"kernel", "--x1", x, "--out", folder / "./x.npy", "--get", "ntk"}, "is also an input");
  std::filesystem::create_directory(folder / "k");
  std::filesystem::rename(x, folder / "k/ntk.npy");
  expectError({"kernel", "--x1", folder / "k/ntk.npy", "--out", folder / "k"}, "ntk.npy' is also an input");
  EXPECT_EQ(readFile(folder / "k/ntk.npy"), bytes);
  std::string archive = folder / "d.npz";
  ASSERT_EQ(run({"kernel", "--x1", folder / "k/ntk.npy", "--out", archive}).status, 0);
  expectError({"predict", "--train-x", folder / "k/ntk.npy", "--train-y", archive + ":nngp", "--out", archive},
              "d.npz' is also an input");
}

TEST_F(Cli, TooLargeForTheMemoryIsSaidBeforehand) {
  // 2 million examples of bytes that nobody wrote: the file is a hole. Their kernels would be 64 TB.
  std::string header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2000000, 5), }";
  std::string path = folder.write("x.npy", std::string("\x93NUMPY\1\0", 8) + char(header.size()) + '\0' + header);
  std::filesystem::resize_file(path, 10 + header.size() + 10000000);
  expectError({"kernel", "--x1", path, "--out", folder / "k.npz"},
              "the kernel of 2000000 x 2000000 examples needs 64000.1 GB of memory (64000.0 GB results, ");
  std::string y = npy("y.npy", {2000000}, std::vector<double>(2000000, 1.0));
  expectError({"evaluate", "--train-x", path, "--train-y", y, "--test-x", path, "--test-y", y},
              "prediction from 2000000 examples needs ");
}

TEST_F(Cli, KilledRunsLeaveNothing) {
  std::string x = exampleFile("x.npy", 12000, 1);
  TemporaryFolder outputs, logs;
  for (int signal : {SIGINT, SIGTERM, SIGKILL}) {
    pid_t child = startProgram(logs, {HAND_WRITTEN_F32, "kernel", "--x1", x, "--out", outputs / "k.npz"});
    std::this_thread::sleep_for(std::chrono::milliseconds(150)); // 70 million entries take a second or so
    ::kill(child, signal);
    EXPECT_EQ(waitFor(logs, child).status, -signal);
    EXPECT_TRUE(outputs.names().empty());
  }
}

TEST_F(Cli, OutputThatCannotBePrintedIsAnError) {
  ProgramRun done = runProgram({"/bin/sh", "-c", std::string(HAND_WRITTEN_F64) + " info >/dev/full"});
  EXPECT_EQ(done.status, 1);
  EXPECT_THAT(done.err, HasSubstr("error: standard output: cannot write: No space left on device"));
}

TEST_F(Cli, WhatCannotBeSaidLeavesTheStatus) {
  const std::string program = HAND_WRITTEN_F64;
  for (const char *closed : {" 2>&-", " 2>/dev/full", " >&- 2>&-"}) {
    EXPECT_EQ(runProgram({"/bin/sh", "-c", program + " kernel --x1 no.npy --out k.npz" + closed}).status, 1) << closed;
    EXPECT_EQ(runProgram({"/bin/sh", "-c", program + " kernel" + closed}).status, 2) << closed;
  }
  EXPECT_EQ(runProgram({"/bin/sh", "-c", program + " info >&-"}).status, 1);
  EXPECT_EQ(runProgram({"/bin/sh", "-c", program + " --help >/dev/full"}).status, 1);
}

TEST_F(Cli, UsageNamesTheProgramNotItsPath) {
  const std::string out = runProgram({HAND_WRITTEN_F64, "--help"}).out;
  EXPECT_THAT(out, HasSubstr("hand_written_F64 [OPTIONS]"));
  EXPECT_THAT(out, testing::Not(HasSubstr("/hand_written_F64")));
}

// OpenBLAS asks for its buffers for ever: each of these ends within seconds, and says so where it cannot work.
TEST_F(Cli, LittleAddressSpaceIsRefused) {
  for (int megabytes : {150, 200, 250, 300, 350, 400, 500}) {
    ProgramRun done =
        runProgram({"/bin/sh", "-c",
                    "ulimit -v " + std::to_string(megabytes) +
                        "000; exec timeout 20 " HAND_WRITTEN_F64 " predict --threads 2 --train-x no.npy --out p.npz"});
    EXPECT_EQ(done.status, 1) << megabytes << ": " << done.err;
  }
}
