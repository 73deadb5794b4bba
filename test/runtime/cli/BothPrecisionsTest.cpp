// A program with the kernels of f32 and f64: each of them is what a program of that precision alone is, bit for bit.
#include "runtime/data/OutputFile.h"
#include "test/runtime/HandWrittenKernel.h"
#include "test/runtime/cli/RunProgram.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <random>

using namespace inet;
using namespace inet::test;
using testing::HasSubstr;
using Json = nlohmann::ordered_json;

namespace {

class BothPrecisions : public testing::Test {
protected:
  ProgramRun run(const char *program, std::vector<std::string> words) {
    words.insert(words.begin(), program);
    return runProgram(std::move(words));
  }
  Json json(std::vector<std::string> words) {
    words.push_back("--json");
    ProgramRun done = run(HAND_WRITTEN_BOTH, std::move(words));
    EXPECT_EQ(done.status, 0) << done.err;
    return done.status == 0 ? Json::parse(done.out) : Json();
  }
  std::string examples(const std::string &name, int64_t rows, int64_t columns = kFeatures) {
    std::mt19937 engine(rows);
    std::normal_distribution<double> normal;
    std::vector<double> values(rows * columns);
    for (double &value : values)
      value = normal(engine);
    OutputFile file(folder / name);
    writeNpy(file, {"", Dtype::f8, {rows, columns}, {values.data()}});
    file.commit();
    return folder / name;
  }
  /// The bytes that a command writes.
  std::string written(const char *program, std::vector<std::string> words) {
    words.insert(words.end(), {"--out", folder / "out.npz"});
    ProgramRun done = run(program, std::move(words));
    EXPECT_EQ(done.status, 0) << done.err;
    return readFile(folder / "out.npz");
  }

  TemporaryFolder folder;
};

} // namespace

TEST_F(BothPrecisions, AKernelIsInF64UnlessItIsSaid) {
  const std::string x = examples("x.npy", 40);
  EXPECT_EQ(written(HAND_WRITTEN_BOTH, {"kernel", "--x1", x}), written(HAND_WRITTEN_F64, {"kernel", "--x1", x}));
  EXPECT_EQ(written(HAND_WRITTEN_BOTH, {"kernel", "--x1", x, "--precision", "f64"}),
            written(HAND_WRITTEN_F64, {"kernel", "--x1", x}));
  EXPECT_EQ(written(HAND_WRITTEN_BOTH, {"kernel", "--x1", x, "--precision", "f32"}),
            written(HAND_WRITTEN_F32, {"kernel", "--x1", x}));
  Json figures = json({"kernel", "--x1", x, "--out", folder / "k.npz"});
  EXPECT_EQ(figures["precision"], "f64");
  EXPECT_EQ(figures["precision_reason"], "as files are unless --precision says f32");
  EXPECT_THAT(run(HAND_WRITTEN_BOTH, {"kernel", "--x1", x, "--out", folder / "k.npz", "--precision=f32"}).out,
              HasSubstr("40 x 40, nngp, ntk in f32 (as asked for)\n"));
}

TEST_F(BothPrecisions, APredictionIsInF64ForFewExamples) {
  std::vector<std::string> words = {
      "predict",  "--train-x",          examples("x.npy", 40), "--train-y", examples("y.npy", 40, 2),
      "--test-x", examples("t.npy", 7), "--diag-reg",          "0.1",       "--cov",
      "diag"};
  const std::string f32 = written(HAND_WRITTEN_F32, words), f64 = written(HAND_WRITTEN_F64, words);
  EXPECT_NE(f32, f64);
  EXPECT_EQ(written(HAND_WRITTEN_BOTH, words), f64);
  words.insert(words.end(), {"--precision", "auto"});
  EXPECT_EQ(written(HAND_WRITTEN_BOTH, words), f64);
  words.back() = "f32";
  EXPECT_EQ(written(HAND_WRITTEN_BOTH, words), f32);
}

TEST_F(BothPrecisions, TheChoiceIsPrintedWithItsReason) {
  std::vector<std::string> words = {"evaluate",
                                    "--train-x",
                                    "",
                                    "--train-y",
                                    "",
                                    "--test-x",
                                    examples("t.npy", 7),
                                    "--test-y",
                                    examples("u.npy", 7, 1),
                                    "--diag-reg",
                                    "1",
                                    "--kernel",
                                    "nngp"};
  auto learn = [&](int64_t rows) {
    words[2] = examples("x.npy", rows);
    words[4] = examples("y.npy", rows, 1);
    return run(HAND_WRITTEN_BOTH, words).out;
  };
  EXPECT_THAT(learn(3000), HasSubstr("nngp in f64 (3,000 examples or fewer), diag_reg 1\n"));
  EXPECT_THAT(learn(3001), HasSubstr("nngp in f32 (more than 3,000 examples), diag_reg 1\n"));
}

TEST_F(BothPrecisions, InfoShowsBoth) {
  Json info = json({"info", "--n", "1000"});
  EXPECT_EQ(info["precision"], "f32, f64");
  EXPECT_EQ(info["spec_hash"], "1234567890abcdf1"); // of both, and each has its own
  EXPECT_EQ(info["kernels"]["f32"]["spec_hash"], "1234567890abcdef");
  EXPECT_EQ(info["kernels"]["f64"]["spec_hash"], "1234567890abcdf0");
  EXPECT_EQ(info["kernels"]["f32"]["lanes"], 16);
  EXPECT_EQ(info["kernels"]["f64"]["lanes"], 8);
  EXPECT_EQ(info["kernels"]["f32"]["kernel_bytes"]["results"], 2 * 4 * 1000 * 1000);
  EXPECT_EQ(info["kernels"]["f64"]["kernel_bytes"]["results"], 2 * 8 * 1000 * 1000);
  const std::string text = run(HAND_WRITTEN_BOTH, {"info", "--n", "1000"}).out;
  for (const char *line : {"nngp, ntk in f32 and f64\n", "bytes per example in f32 ", "hash in f64 ",
                           "kernel 1000 x 1000 in f32 ", "time in f64 "})
    EXPECT_THAT(text, HasSubstr(line));
}

TEST_F(BothPrecisions, OnlyTheyHaveTheOption) {
  EXPECT_THAT(run(HAND_WRITTEN_BOTH, {"predict", "--help"}).out, HasSubstr("--precision"));
  EXPECT_EQ(run(HAND_WRITTEN_F32, {"predict", "--help"}).out.find("--precision"), std::string::npos);
  EXPECT_EQ(run(HAND_WRITTEN_BOTH, {"kernel", "--x1", "x.npy", "--out", "k.npz", "--precision", "f16"}).status, 2);
  EXPECT_EQ(run(HAND_WRITTEN_BOTH, {"info", "--precision", "f32"}).status, 2);
}
