// Options about data: sets divided from one file, and what is done to features before the network sees them.
#include "runtime/data/Examples.h"
#include "runtime/data/OutputFile.h"
#include "runtime/data/Split.h"
#include "test/runtime/HandWrittenKernel.h"
#include "test/runtime/cli/RunProgram.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <random>

using namespace inet;
using namespace inet::test;
using testing::HasSubstr;
using Json = nlohmann::json;

namespace {

using Words = std::vector<std::string>;

class DataOptions : public testing::Test {
protected:
  /// Examples of three classes that overlap, with a column `kind`.
  std::string table(const std::string &name, const std::vector<int64_t> &rows) {
    std::string text = "a,b,c,d,e,kind\n";
    for (int64_t row : rows) {
      std::mt19937 engine(unsigned(row) + 1);
      for (int64_t f = 0; f < kFeatures; ++f)
        text += fmt::format("{:.6f},", double(engine() % 1000) / 250 + double(row % 3 * f) / 4);
      text += fmt::format("class{}\n", row % 3);
    }
    return folder.write(name, text);
  }
  static std::vector<int64_t> allRows(int64_t count = 60) {
    std::vector<int64_t> rows(count);
    for (int64_t r = 0; r < count; ++r)
      rows[r] = r;
    return rows;
  }

  static ProgramRun run(const std::string &command, Words words, const Words &more = {}) {
    words.insert(words.begin(), {HAND_WRITTEN_F64, command});
    words.insert(words.end(), more.begin(), more.end());
    return runProgram(std::move(words));
  }
  static Json json(const std::string &command, const Words &words, const Words &more = {}) {
    Words all = more;
    all.push_back("--json");
    ProgramRun done = run(command, words, all);
    EXPECT_EQ(done.status, 0) << done.err;
    return done.status == 0 ? Json::parse(done.out) : Json();
  }
  std::vector<double> written(const std::string &name) { return readAll(*openRows(folder / ("p.npz:" + name))); }
  /// The rows of each part of a table of `count` rows, as the library divides them.
  static std::vector<std::vector<int64_t>> parts(int64_t count, const std::vector<int64_t> &percent, uint64_t seed) {
    Labels labels;
    labels.shape = {count};
    labels.areClasses = true;
    for (int64_t row : allRows(count))
      labels.texts.push_back(fmt::format("class{}", row % 3));
    return splitRows(labels, findCoding(labels, {}, 0), {percent, seed});
  }

  TemporaryFolder folder;
  Words classes = {"--task", "classification", "--diag-reg", "0.1"};
};

} // namespace

TEST_F(DataOptions, ASplitIsWhatItsPartsInFilesAre) {
  const std::string all = table("all.csv", allRows());
  const auto rows = parts(60, {70, 15, 15}, 7);
  const std::string train = table("train.csv", rows[0]), validation = table("validation.csv", rows[1]),
                    tested = table("test.csv", rows[2]);
  Json split = json("evaluate", classes, {"--train", all, "--split", "70/15/15", "--seed", "7"});
  Json files = json("evaluate", classes, {"--train", train, "--validation", validation, "--test", tested});
  EXPECT_EQ(split["split"], Json::parse(R"({"percent": [70, 15, 15], "seed": 7, "by_class": true})"));
  EXPECT_EQ(split["train_examples"], 42);
  EXPECT_EQ(split["validation_examples"], 9);
  EXPECT_EQ(split["test_examples"], 9);
  EXPECT_EQ(split["files"].size(), 1u); // what the file was taken for is said once
  EXPECT_FALSE(files.contains("split"));
  for (const char *figure : {"accuracy", "negative_log_likelihood", "probabilities", "validation"})
    EXPECT_EQ(split[figure], files[figure]) << figure;

  json("predict", classes, {"--train", all, "--split", "70/15/15", "--seed", "7", "--out", folder / "p.npz"});
  const std::vector<double> mean = written("mean"), found = written("rows");
  EXPECT_EQ(found, std::vector<double>(rows[2].begin(), rows[2].end()));
  json("predict", classes, {"--train", train, "--test", tested, "--out", folder / "p.npz"});
  EXPECT_EQ(mean, written("mean"));
}

TEST_F(DataOptions, SetsAreGivenOnceAndWhole) {
  const std::string all = table("all.csv", allRows());
  Words words = {"--train", all, "--task", "classification"};
  const auto error = [&](const std::string &command, const Words &more) {
    ProgramRun done = run(command, words, more);
    EXPECT_EQ(done.status, 2);
    return done.err;
  };
  EXPECT_THAT(error("evaluate", {}),
              HasSubstr("evaluate: no test set found; --test-x, or --split of --train-x, expec"));
  EXPECT_THAT(error("evaluate", {"--split", "80/20", "--test", all}), HasSubstr("--split and --test-x found; one of "));
  EXPECT_THAT(error("evaluate", {"--split", "80/20", "--validation", all}), HasSubstr("--split and --validation-x "));
  EXPECT_THAT(error("evaluate", {"--split", "80/10"}), HasSubstr("--split: '80/10' found, together 90; two or three"));
  EXPECT_THAT(error("evaluate", {"--seed", "1", "--test", all}), HasSubstr("--seed requires --split"));
  EXPECT_THAT(error("evaluate", {"--split", "80/20", "--seed", "-1"}), HasSubstr("'-1' found, a whole number from 0"));
  EXPECT_THAT(error("evaluate", {"--test", all, "--temperature", "cold"}),
              HasSubstr("--temperature: 'cold' found; auto or a finite number above 0 expected"));
  EXPECT_THAT(error("evaluate", {"--test", all, "--temperature", "0"}), HasSubstr("--temperature: '0' found; auto"));
  ProgramRun few =
      run("evaluate", {"--train", table("few.csv", {0, 1, 2, 3, 4}), "--task", "classification"}, {"--split", "80/20"});
  EXPECT_EQ(few.status, 1);
  EXPECT_THAT(few.err, HasSubstr("few.csv: class 'class2' has 1 example; at least 2 expected, one for each part of "));
}

TEST_F(DataOptions, TheTemperatureIsFittedToTheValidationSet) {
  const std::string all = table("all.csv", allRows(120));
  const Words split = {"--train", all, "--split", "60/20/20", "--kernel", "nngp"};
  Json automatic = json("evaluate", classes, {split[0], split[1], split[2], split[3], "--temperature", "auto"});
  const double temperature = automatic["probabilities"]["temperature"];
  EXPECT_NE(temperature, 1);
  EXPECT_EQ(automatic["probabilities"]["temperature_fitted"], true);
  EXPECT_EQ(automatic["probabilities"]["temperature_fitted_to"], "the validation set");
  const auto likelihood = [&](double t) -> double {
    Json figures =
        json("evaluate", classes, {split[0], split[1], split[2], split[3], "--temperature", fmt::format("{}", t)});
    EXPECT_FALSE(figures["probabilities"].contains("temperature_fitted"));
    return figures["validation"]["probabilities"]["negative_log_likelihood"];
  };
  const double best = likelihood(temperature);
  EXPECT_EQ(best, automatic["validation"]["probabilities"]["negative_log_likelihood"]);
  EXPECT_LT(best, likelihood(temperature * 1.3));
  EXPECT_LT(best, likelihood(temperature / 1.3));

  const std::string out = folder / "p.npz";
  Json figures =
      json("predict", classes,
           {split[0], split[1], split[2], split[3], "--temperature", "auto", "--probabilities", "--out", out});
  EXPECT_EQ(figures["temperatures"], Json({temperature}));
  const std::vector<double> fitted = written("probabilities");
  json("predict", classes,
       {split[0], split[1], split[2], split[3], "--temperature", fmt::format("{}", temperature), "--probabilities",
        "--out", out});
  EXPECT_EQ(fitted, written("probabilities"));
  Json unused = json("predict", classes, {split[0], split[1], split[2], split[3], "--out", out});
  EXPECT_THAT(unused["notes"].back().get<std::string>(), HasSubstr("the validation set is not used"));

  const std::string numbers = folder.write("n.csv", "1,2,3,4,5,6\n2,2,3,4,5,7\n1,3,3,4,5,8\n");
  EXPECT_THAT(run("evaluate", {"--train", numbers, "--task", "regression", "--split", "34/33/33"},
                  {"--temperature", "auto", "--diag-reg", "1"})
                  .err,
              HasSubstr("--temperature auto: a regression found; a classification expected (see --task)"));
}

TEST_F(DataOptions, WithoutAValidationSetTheTemperatureIsFittedToLeaveOneOutPredictions) {
  const std::string all = table("all.csv", allRows(120)), out = folder / "p.npz";
  for (const char *how : {"gaussian", "dirichlet"})
    for (const char *kernel : {"nngp", "ntk"}) {
      const Words set = {"--train", all, "--split", "80/20", "--kernel", kernel, "--classify", how};
      const auto with = [&](Words more) {
        more.insert(more.begin(), set.begin(), set.end());
        return more;
      };
      const Json automatic = json("evaluate", classes, with({"--temperature", "auto", "--leave-one-out"}));
      const double temperature = automatic["probabilities"]["temperature"];
      EXPECT_EQ(automatic["probabilities"]["temperature_fitted_to"], "leave-one-out predictions of the training set");
      const auto likelihood = [&](double t) -> double {
        return json("evaluate", classes,
                    with({"--leave-one-out", "--temperature",
                          fmt::format("{}", t)}))["leave_one_out"]["probabilities"]["negative_log_likelihood"];
      };
      const double best = likelihood(temperature);
      EXPECT_EQ(best, automatic["leave_one_out"]["probabilities"]["negative_log_likelihood"]);
      EXPECT_LT(best, likelihood(temperature * 1.5)) << how << " " << kernel;
      EXPECT_LT(best, likelihood(temperature / 1.5)) << how << " " << kernel;
      // With --leave-one-out or without it, of evaluate and of predict.
      EXPECT_EQ(json("evaluate", classes, with({"--temperature", "auto"}))["probabilities"],
                automatic["probabilities"]);
      const Json figures =
          json("predict", classes, with({"--temperature", "auto", "--probabilities", "--cov", "diag", "--out", out}));
      EXPECT_EQ(figures["temperatures"], Json({temperature}));
      EXPECT_EQ(figures["temperatures_fitted_to"], "leave-one-out predictions of the training set");
    }
  const auto error = [&](Words more) {
    more.insert(more.begin(), {"--train", all, "--split", "80/20", "--temperature", "auto"});
    return run("evaluate", classes, more).err;
  };
  const std::string expected =
      "--temperature auto: no validation set found; --validation-x, or three parts of --split, "
      "expected: training to the end alone";
  EXPECT_THAT(error({"--time", "5,inf"}), HasSubstr(expected));
  EXPECT_THAT(error({"--loss", "softmax", "--time", "5"}), HasSubstr(expected));
}

TEST_F(DataOptions, FeaturesAreScaledStandardizedAndWhitened) {
  const std::string all = table("all.csv", allRows());
  const Words words = {"--train", all, "--split", "80/20", "--kernel", "nngp"};
  const auto figures = [&](Words more) {
    more.insert(more.end(), words.begin(), words.end());
    return json("evaluate", classes, more);
  };
  const Json plain = figures({}), scaled = figures({"--scale", "2"});
  EXPECT_FALSE(plain.contains("preprocessing"));
  EXPECT_EQ(scaled["preprocessing"], Json({"divided by 2"}));
  EXPECT_EQ(plain["accuracy"], scaled["accuracy"]); // a kernel without biases is multiplied by a quarter
  const Json white = figures({"--scale", "2", "--standardize", "--zca", "0.1"});
  EXPECT_EQ(white["preprocessing"], Json({"divided by 2", "standardized by feature", "whitened by ZCA, epsilon 0.1"}));
  EXPECT_THAT(run("evaluate", classes, {"--train", all, "--split", "80/20", "--scale", "2", "--standardize"}).out,
              HasSubstr("features                 divided by 2, then standardized by feature\n"));

  // Statistics are of the training part: with the others in files of their own they are the same.
  const auto rows = parts(60, {80, 20}, 0);
  const std::string train = table("train.csv", rows[0]), tested = table("test.csv", rows[1]);
  const Json files =
      json("evaluate", classes,
           {"--train", train, "--test", tested, "--kernel", "nngp", "--scale", "2", "--standardize", "--zca", "0.1"});
  EXPECT_EQ(files["negative_log_likelihood"], white["negative_log_likelihood"]);
  EXPECT_EQ(files["probabilities"], white["probabilities"]);

  Json kernel = json("kernel", {"--x1", train, "--label", "kind", "--out", folder / "k.npz", "--zca", "0.1"});
  EXPECT_EQ(kernel["preprocessing"], Json({"whitened by ZCA, epsilon 0.1"}));
}

TEST_F(DataOptions, PreprocessingThatCannotBeIsRefused) {
  const std::string all = table("all.csv", allRows());
  const auto error = [&](const Words &more, int status) {
    ProgramRun done = run("evaluate", {"--train", all, "--task", "classification", "--split", "80/20"}, more);
    EXPECT_EQ(done.status, status);
    return done.err;
  };
  EXPECT_THAT(error({"--scale", "0"}, 2), HasSubstr("--scale: 0 found; a finite number above 0 expected"));
  EXPECT_THAT(error({"--zca", "-1"}, 2), HasSubstr("--zca: -1 found; a finite number from 0 expected"));
  EXPECT_THAT(error({"--zca", "inf"}, 2), HasSubstr("--zca: inf found; a finite number from 0 expected"));
  EXPECT_THAT(error({"--standardize", "--standardize-channels"}, 2),
              HasSubstr("--standardize and --standardize-channels found; one of them expected"));
  EXPECT_THAT(error({"--standardize-channels"}, 1),
              HasSubstr("--standardize-channels: the network's input is [5], without channels; positions and"));
}

TEST_F(DataOptions, OnlyImagesAreFlipped) {
  const std::string all = table("all.csv", allRows());
  EXPECT_THAT(run("evaluate", classes, {"--train", all, "--split", "80/20", "--flip"}).err,
              HasSubstr("--flip: the network's input is [5], no image; [height, width, channels] expected"));
  ProgramRun without = run("evaluate", classes, {"--train", all, "--split", "80/20", "--flip", "--leave-one-out"});
  EXPECT_EQ(without.status, 2);
  EXPECT_THAT(without.err, HasSubstr("--leave-one-out and --flip found; one of them expected: the mirror image of "));
  ProgramRun itself = run("predict", classes, {"--train", all, "--flip", "--out", folder / "p.npz"});
  EXPECT_EQ(itself.status, 2);
  EXPECT_THAT(itself.err, HasSubstr("--flip: no test set found; --test-x or --split expected, as the training set "));
}
