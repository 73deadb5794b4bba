// predict and evaluate of an executable. That the predictions are right is tested in runtime/predict; here: that they
// are made from the right files, in the right units, and come out in the right shapes.
#include "runtime/data/Examples.h"
#include "runtime/data/OutputFile.h"
#include "test/runtime/HandWrittenKernel.h"
#include "test/runtime/cli/RunProgram.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <numbers>
#include <random>

using namespace inet;
using namespace inet::test;
using testing::HasSubstr;
using Json = nlohmann::json;
using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

namespace {

constexpr int64_t kTrain = 40, kTest = 12;

Matrix randomMatrix(int64_t rows, int64_t columns, unsigned seed) {
  std::mt19937 engine(seed);
  std::normal_distribution<double> normal;
  return Matrix::NullaryExpr(rows, columns, [&] { return normal(engine); });
}

Matrix kernelOf(const Matrix &x, const Matrix &y, bool ntk) {
  return Matrix::NullaryExpr(x.rows(), y.rows(), [&](auto i, auto j) {
    Entry entry = handWrittenEntry(x.row(i).data(), y.row(j).data());
    return ntk ? entry.ntk : entry.nngp;
  });
}

class Prediction : public testing::Test {
protected:
  Prediction() : x(randomMatrix(kTrain, kFeatures, 1)), test(randomMatrix(kTest, kFeatures, 2)) {
    xFile = write("x.npy", x);
    testFile = write("test.npy", test);
  }

  std::string write(const std::string &name, const Matrix &matrix) {
    OutputFile file(folder / name);
    writeNpy(file, {"", Dtype::f8, {matrix.rows(), matrix.cols()}, {matrix.data()}});
    file.commit();
    return folder / name;
  }
  std::string writeLabels(const std::string &name, const std::vector<int64_t> &labels) {
    OutputFile file(folder / name);
    writeNpy(file, {"", Dtype::i8, {int64_t(labels.size())}, {labels.data()}});
    file.commit();
    return folder / name;
  }

  ProgramRun run(const std::string &command, std::vector<std::string> words, const char *program = HAND_WRITTEN_F64) {
    words.insert(words.begin(), {program, command});
    return runProgram(std::move(words));
  }
  Json json(const std::string &command, std::vector<std::string> words, const char *program = HAND_WRITTEN_F64) {
    words.push_back("--json");
    ProgramRun done = run(command, std::move(words), program);
    EXPECT_EQ(done.status, 0) << done.err;
    return done.status == 0 ? Json::parse(done.out) : Json();
  }
  /// An array of the archive p.npz as rows x rest.
  Matrix result(const std::string &name, const Shape &expected) {
    auto source = openRows(folder / ("p.npz:" + name));
    EXPECT_EQ(source->shape(), expected);
    std::vector<double> values = readAll(*source);
    return Eigen::Map<Matrix>(values.data(), source->rows(), source->rowSize());
  }

  Matrix x, test;
  TemporaryFolder folder;
  std::string xFile, testFile;
};

} // namespace

TEST_F(Prediction, IsTheGaussianProcessPosterior) {
  Matrix y = randomMatrix(kTrain, 2, 3);
  std::string yFile = write("y.npy", y);
  Json figures =
      json("predict", {"--train-x", xFile, "--train-y", yFile, "--test-x", testFile, "--kernel", "nngp", "--diag-reg",
                       "0.1", "--diag-reg-absolute", "--cov", "full", "--out", folder / "p.npz"});
  EXPECT_EQ(figures["shapes"]["cov"], (std::vector<int64_t>{kTest, kTest}));
  EXPECT_EQ(figures["times"], (std::vector<std::string>{"inf"}));
  Matrix regularized = kernelOf(x, x, false) + 0.1 * Matrix::Identity(kTrain, kTrain);
  Matrix cross = kernelOf(test, x, false);
  Matrix mean = cross * regularized.ldlt().solve(y);
  Matrix covariance = kernelOf(test, test, false) - cross * regularized.ldlt().solve(cross.transpose());
  // f64, condition number some 1e2.
  EXPECT_LT((result("mean", {kTest, 2}) - mean).cwiseAbs().maxCoeff(), 1e-11);
  EXPECT_LT((result("cov", {kTest, kTest}) - covariance).cwiseAbs().maxCoeff(), 1e-11);
}

TEST_F(Prediction, DiagonalCovarianceAndTimes) {
  std::string yFile = write("y.npy", randomMatrix(kTrain, 3, 3));
  std::vector<std::string> words = {"--train-x",  xFile,  "--train-y", yFile,       "--test-x", testFile,
                                    "--diag-reg", "1e-2", "--time",    "0,1e3,inf", "--out",    folder / "p.npz",
                                    "--cov"};
  for (const char *kernel : {"nngp", "ntk"}) {
    words.insert(words.end(), {"full", "--kernel", kernel});
    json("predict", words);
    Matrix full = result("cov", {3, kTest, kTest}), mean = result("mean", {3, kTest, 3});
    words[words.size() - 3] = "diag";
    json("predict", words);
    Matrix diagonal = result("cov", {3, kTest});
    EXPECT_EQ(mean, result("mean", {3, kTest, 3}));
    for (int64_t t = 0; t < 3; ++t)
      for (int64_t i = 0; i < kTest; ++i)
        EXPECT_NEAR(diagonal(t, i), full(t, i * (kTest + 1)), 1e-11); // summed in another order
    EXPECT_EQ(mean.row(0).cwiseAbs().maxCoeff(), 0);                  // nothing learnt yet
    words.resize(words.size() - 3);
  }
}

TEST_F(Prediction, SinglePrecisionIsClose) {
  std::string yFile = write("y.npy", randomMatrix(kTrain, 1, 3));
  Matrix means[2];
  for (bool single : {false, true}) {
    json("predict",
         {"--train-x", xFile, "--train-y", yFile, "--test-x", testFile, "--diag-reg", "0.1", "--cov", "diag", "--out",
          folder / "p.npz"},
         single ? HAND_WRITTEN_F32 : HAND_WRITTEN_F64);
    means[single] = result("mean", {kTest, 1});
  }
  EXPECT_LT((means[0] - means[1]).cwiseAbs().maxCoeff(), 1e-4); // kernels to 1e-6, condition number some 1e2
}

TEST_F(Prediction, WithoutTestExamplesTheTrainingSetIsPredicted) {
  Matrix y = randomMatrix(kTrain, 2, 3);
  json("predict", {"--train-x", xFile, "--train-y", write("y.npy", y), "--out", folder / "p.npz"});
  EXPECT_LT((result("mean", {kTrain, 2}) - y).cwiseAbs().maxCoeff(), 1e-9); // f64, condition number some 1e4
}

TEST_F(Prediction, EvaluateScoresWhatPredictPredicts) {
  Matrix y = randomMatrix(kTrain, 1, 3), yTest = randomMatrix(kTest, 1, 4);
  std::vector<std::string> words = {"--train-x",  xFile,    "--train-y",          write("y.npy", y),
                                    "--test-x",   testFile, "--kernel",           "ntk",
                                    "--diag-reg", "0.05",   "--diag-reg-absolute"};
  std::vector<std::string> predict = words, evaluate = words;
  predict.insert(predict.end(), {"--cov", "diag", "--out", folder / "p.npz"});
  evaluate.insert(evaluate.end(), {"--test-y", write("yt.npy", yTest)});
  json("predict", predict);
  Json figures = json("evaluate", evaluate);
  Matrix mean = result("mean", {kTest, 1}), variance = result("cov", {kTest}).array() + 0.05;
  Eigen::ArrayXd error2 = (mean - yTest).array().square();
  EXPECT_NEAR(figures["rmse"], std::sqrt(error2.mean()), 1e-12);
  double likelihood = ((2 * std::numbers::pi * variance.array()).log() / 2 + error2 / (2 * variance.array())).mean();
  EXPECT_NEAR(figures["negative_log_likelihood"], likelihood, 1e-12);
  const auto inside = error2 <= 1.959963984540054 * 1.959963984540054 * variance.array();
  EXPECT_EQ(figures["coverage_95"], double(inside.count()) / kTest);
  for (const char *part : {"kernel", "solve", "predict", "total"})
    EXPECT_GE(figures["seconds"][part].get<double>(), 0);
  ProgramRun text = run("evaluate", evaluate);
  EXPECT_THAT(text.out, HasSubstr(fmt::format("{:.6g}", figures["rmse"].get<double>())));
}

TEST_F(Prediction, ClassesAreRead) {
  // The class is the sign of the first feature, far from 0: a task for any kernel.
  auto labelled = [&](Matrix &examples) {
    std::vector<int64_t> classes;
    for (int64_t i = 0; i < examples.rows(); ++i) {
      classes.push_back(i % 2);
      examples(i, 0) = i % 2 ? 5 : -5;
    }
    return classes;
  };
  std::string y = writeLabels("y.npy", labelled(x)), yTest = writeLabels("yt.npy", labelled(test));
  std::vector<std::string> files = {"--train-x", write("x.npy", x),       "--train-y", y,
                                    "--test-x",  write("test.npy", test), "--test-y",  yTest};
  Json figures = json("evaluate", files);
  EXPECT_EQ(figures["task"], "classification");
  EXPECT_EQ(figures["accuracy"], 1.0);
  EXPECT_EQ(figures["correct"], kTest);
  EXPECT_FALSE(figures.contains("rmse"));
  EXPECT_THAT(run("evaluate", files).out, HasSubstr("100.00 % (12 of 12)"));
  Json sure = figures["probabilities"];
  EXPECT_EQ(sure["made_by"], "logistic, by quadrature over the predictive Gaussian");
  EXPECT_EQ(sure["confusion"][1][1], kTest / 2);
  EXPECT_EQ(sure["confusion"][0][1], 0);
  EXPECT_EQ(sure["reliability"]["bins"].size(), 10u);
  std::vector<std::string> cold = files, noisy = files;
  cold.insert(cold.end(), {"--temperature", "0.1", "--bins", "4"});
  Json colder = json("evaluate", cold)["probabilities"];
  EXPECT_LT(colder["negative_log_likelihood"], sure["negative_log_likelihood"]); // all are right
  EXPECT_EQ(colder["reliability"]["bins"].size(), 4u);
  noisy.insert(noisy.end(), {"--noise", "--diag-reg", "10"});
  EXPECT_EQ(json("evaluate", noisy)["probabilities"]["variance_includes_noise"], true);
  files.insert(files.end(), {"--time", "0,inf"});
  Json times = json("evaluate", files);
  EXPECT_EQ(times["times"].size(), 2u);
  EXPECT_EQ(times["times"][0]["time"], 0.0);
  EXPECT_EQ(times["times"][1]["accuracy"], 1.0);
  EXPECT_EQ(times["accuracy"], 1.0); // the last
}

TEST_F(Prediction, ProbabilitiesAndNoiseAreWrittenWhereTheyAreAskedFor) {
  std::vector<int64_t> labels;
  for (int64_t i = 0; i < kTrain; ++i)
    labels.push_back(i % 3);
  const std::vector<std::string> words = {"--train-x",  xFile,    "--train-y", writeLabels("y.npy", labels),
                                          "--test-x",   testFile, "--out",     folder / "p.npz",
                                          "--diag-reg", "0.5"};
  auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), words.begin(), words.end());
    return more;
  };
  Json plain = json("predict", with({"--probabilities", "--cov", "diag"}));
  EXPECT_EQ(plain["variance_includes_noise"], false);
  Matrix probabilities = result("probabilities", {kTest, 3}), variance = result("cov", {kTest});
  EXPECT_LT((probabilities.rowwise().sum().array() - 1).abs().maxCoeff(), 1e-12);
  Matrix mean = result("mean", {kTest, 3});
  // The mean of a softmax over a symmetric Gaussian keeps the order of the means.
  for (int64_t i = 0; i < kTest; ++i) {
    Eigen::Index largest, likeliest;
    mean.row(i).maxCoeff(&largest);
    probabilities.row(i).maxCoeff(&likeliest);
    EXPECT_EQ(largest, likeliest) << i;
  }
  // Without --cov they are the same, and the variance that they took is not written.
  Json alone = json("predict", with({"--probabilities"}));
  EXPECT_EQ(result("probabilities", {kTest, 3}), probabilities);
  EXPECT_FALSE(alone["shapes"].contains("cov"));
  EXPECT_EQ(alone["probabilities_made_by"], "softmax, mean of 512 samples of the predictive Gaussian (seed 1)");
  Json noisy = json("predict", with({"--probabilities", "--cov", "diag", "--noise"}));
  EXPECT_EQ(noisy["variance_includes_noise"], true);
  EXPECT_LT((result("cov", {kTest}).array() - variance.array() - noisy["noise"].get<double>()).abs().maxCoeff(), 1e-14);
  EXPECT_LT(result("probabilities", {kTest, 3}).maxCoeff(), probabilities.maxCoeff());
  EXPECT_THAT(run("predict", with({"--probabilities", "--task", "regression"})).err,
              HasSubstr("--probabilities: a regression found; a classification expected"));
}

// The variances and means of each class come out, and what predict writes is what evaluate scores.
TEST_F(Prediction, DirichletClassesHaveProbabilitiesOfTheirOwn) {
  const auto labelsOf = [](const Matrix &examples) {
    std::vector<int64_t> labels(examples.rows());
    for (int64_t i = 0; i < examples.rows(); ++i)
      examples.row(i).head(3).maxCoeff(&labels[i]);
    return labels;
  };
  const std::vector<int64_t> right = labelsOf(test);
  const std::string y = writeLabels("y.npy", labelsOf(x)), yTest = writeLabels("yt.npy", right);
  const std::vector<std::string> words = {"--train-x",  xFile,       "--train-y",   y,     "--test-x", testFile,
                                          "--classify", "dirichlet", "--alpha-eps", "0.02"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), words.begin(), words.end());
    return more;
  };
  for (const bool ntk : {false, true}) {
    const std::string kernel = ntk ? "ntk" : "nngp";
    const Json written =
        json("predict", with({"--kernel", kernel, "--probabilities", "--cov", "diag", "--out", folder / "p.npz"}));
    const Matrix mean = result("mean", {kTest, 3}), variance = result("cov", {3, kTest}),
                 probabilities = result("probabilities", {kTest, 3});
    EXPECT_EQ(written["probabilities_made_by"],
              "Dirichlet targets; softmax, mean of 512 samples of the predictive Gaussian (seed 1)");
    const double scale = written["dirichlet"]["scale"];
    const Matrix cross = scale * kernelOf(test, x, ntk), own = scale * kernelOf(test, test, ntk);
    const std::vector<int64_t> labels = labelsOf(x);
    for (int64_t c = 0; c < 3; ++c) { // the variance by its formula
      Eigen::VectorXd noise(kTrain);
      for (int64_t i = 0; i < kTrain; ++i)
        noise(i) = std::log(1 / (0.02 + (labels[i] == c)) + 1);
      const Matrix a = scale * kernelOf(x, x, ntk) + Matrix(noise.asDiagonal());
      const Matrix reduced = cross * a.ldlt().solve(cross.transpose());
      EXPECT_LT((variance.row(c).transpose() - (own - reduced).diagonal()).cwiseAbs().maxCoeff(), 1e-10 * scale);
    }
    std::vector<int64_t> counted(kTest);
    int64_t correct = 0;
    for (int64_t i = 0; i < kTest; ++i) {
      probabilities.row(i).maxCoeff(&counted[i]);
      correct += counted[i] == right[i];
    }
    const Json scored = json("evaluate", with({"--kernel", kernel, "--test-y", yTest, "--leave-one-out"}));
    EXPECT_EQ(scored["dirichlet"], written["dirichlet"]);
    EXPECT_EQ(scored["dirichlet"]["scale_examples"], kTrain);
    EXPECT_EQ(scored["correct"], correct);
    EXPECT_TRUE(scored["negative_log_likelihood"].is_null());
    EXPECT_FALSE(scored.contains("evidence"));
    EXPECT_LT(scored["leave_one_out"]["accuracy"], 1.0);
    double likelihood = 0;
    for (int64_t i = 0; i < kTest; ++i)
      likelihood -= std::log(probabilities(i, right[i])) / kTest;
    EXPECT_NEAR(scored["probabilities"]["negative_log_likelihood"], likelihood, 1e-13);
  }
  const Json itself = json("predict", {"--train-x", xFile, "--train-y", y, "--classify", "dirichlet", "--probabilities",
                                       "--out", folder / "p.npz"});
  EXPECT_EQ(itself["dirichlet"]["alpha_eps"], 0.01);
  EXPECT_FALSE(itself["shapes"].contains("cov"));
  result("probabilities", {kTrain, 3});
}

TEST_F(Prediction, DirichletRefusesWhatItHasNot) {
  std::vector<int64_t> labels(kTrain, 0);
  labels[3] = 1;
  const std::string y = writeLabels("y.npy", labels);
  const auto error = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"--train-x", xFile, "--train-y", y, "--out", folder / "p.npz"});
    const ProgramRun done = run("predict", more);
    EXPECT_NE(done.status, 0);
    return done.err;
  };
  const auto dirichlet = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"--classify", "dirichlet", "--probabilities"});
    return error(more);
  };
  EXPECT_THAT(dirichlet({"--time", "5,inf"}),
              HasSubstr("--classify dirichlet: --time 5,inf found; inf alone expected"));
  EXPECT_THAT(dirichlet({"--cov", "full"}), HasSubstr("--classify dirichlet: --cov full found; none or diag, "));
  EXPECT_THAT(dirichlet({"--diag-reg", "auto"}), HasSubstr("--classify dirichlet: --diag-reg auto found; a number"));
  EXPECT_THAT(dirichlet({"--momentum", "0.5"}),
              HasSubstr("--classify dirichlet: --loss mse with --momentum 0.5 found; mse and 0 expected"));
  EXPECT_THAT(dirichlet({"--noise"}), HasSubstr("--classify dirichlet: --noise found; it is of --classify gaussian"));
  EXPECT_THAT(dirichlet({"--task", "regression"}),
              HasSubstr("a regression found; a classification expected (see --task)"));
  EXPECT_THAT(dirichlet({"--alpha-eps", "0"}), HasSubstr("--alpha-eps: 0 found; a finite number above 0 expected"));
  EXPECT_THAT(error({"--alpha-eps", "0.1"}), HasSubstr("--alpha-eps: 0.1 found; it is of --classify dirichlet alone"));
  EXPECT_THAT(error({"--classify", "dirichlet"}), HasSubstr("--classify dirichlet: no --probabilities found"));
  EXPECT_THAT(error({"--classify", "softmax"}), HasSubstr("--classify"));
  const std::string real = write("real.npy", randomMatrix(kTest, 1, 3));
  EXPECT_THAT(run("evaluate", {"--train-x", testFile, "--train-y", real, "--test-x", testFile, "--test-y", real,
                               "--classify", "dirichlet"})
                  .err,
              HasSubstr("--classify dirichlet: a regression found; a classification expected (see --task)"));
}

// In units of the targets that are 10 times as large, each output's density is 10^n times as small.
TEST_F(Prediction, EvidenceAndLeaveOneOutAreInTheUnitsOfTheTargets) {
  const Matrix y = randomMatrix(kTrain, 1, 3);
  auto evaluate = [&](double unit, std::vector<std::string> more) {
    more.insert(more.end(), {"--train-x", xFile, "--train-y", write("y.npy", y * unit), "--test-x", xFile, "--test-y",
                             folder / "y.npy", "--kernel", "nngp", "--standardize", "--diag-reg", "0.1"});
    return json("evaluate", more);
  };
  const Json one = evaluate(1, {"--leave-one-out"}), ten = evaluate(10, {"--leave-one-out"});
  EXPECT_NEAR(one["evidence"].get<double>() - ten["evidence"].get<double>(), kTrain * std::log(10), 1e-9);
  EXPECT_NEAR(one["leave_one_out"]["rmse"].get<double>() * 10, ten["leave_one_out"]["rmse"].get<double>(), 1e-9);
  EXPECT_GT(one["leave_one_out"]["rmse"], one["rmse"]); // the examples themselves are no help
  EXPECT_FALSE(evaluate(1, {"--time", "5"}).contains("evidence"));
  std::vector<std::string> finite = {"--train-x",       xFile,    "--train-y", folder / "y.npy",
                                     "--test-x",        xFile,    "--test-y",  folder / "y.npy",
                                     "--leave-one-out", "--time", "5"};
  EXPECT_THAT(run("evaluate", finite).err, HasSubstr("--leave-one-out: finite times found; inf among them expected"));
}

TEST_F(Prediction, CurvesGoThroughTraining) {
  const std::string y = write("y.npy", x.col(0)), yTest = write("yt.npy", test.col(0));
  const std::vector<std::string> files = {"--train-x", xFile, "--train-y",  y,     "--test-x", testFile,
                                          "--test-y",  yTest, "--diag-reg", "0.01"};
  auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), files.begin(), files.end());
    return more;
  };
  const Json curves = json("curve", with({"--points", "5", "--sizes", "3", "--out", folder / "curve.csv"}));
  ASSERT_EQ(curves["sets"].size(), 2u);
  EXPECT_EQ(curves["sets"][1]["set"], "test");
  EXPECT_EQ(curves["sets"][0]["points"].size(), 6u); // 5 and the end
  EXPECT_GT(curves["sets"][0]["points"][0]["loss"], curves["sets"][0]["points"][5]["loss"]);
  EXPECT_EQ(curves["sizes"][0]["points"][2]["train_examples"], kTrain);
  // The end is what evaluate says.
  EXPECT_NEAR(curves["sets"][1]["points"][5]["rmse"].get<double>(), json("evaluate", files)["rmse"].get<double>(),
              1e-12);
  const std::string table = readFile(folder / "curve.csv");
  EXPECT_THAT(table, HasSubstr("set,train_examples,time,loss,accuracy,rmse,negative_log_likelihood,coverage_95\n"));
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 1 + 2 * 6 + 2);
  EXPECT_THAT(run("curve", with({"--time", "10,1", "--sizes", "0"})).out, HasSubstr("  t = 1 "));
  EXPECT_THAT(run("curve", with({"--time", "1,inf"})).err, HasSubstr("--time: inf found; finite times expected"));
  EXPECT_THAT(run("curve", with({"--momentum", "0.9"})).err, HasSubstr("predict, evaluate or report expected"));
  EXPECT_THAT(run("curve", with({"--out", folder / "curve.txt"})).err, HasSubstr("FILE.csv expected"));
}

TEST_F(Prediction, DiagRegIsFoundOrRefused) {
  const std::vector<std::string> files = {
      "--train-x",      xFile,       "--train-y", write("y.npy", randomMatrix(kTrain, 1, 3)), "--out",
      folder / "p.npz", "--diag-reg"};
  auto with = [&](const std::string &diagReg) {
    std::vector<std::string> words = files;
    words.push_back(diagReg);
    return words;
  };
  const Json found = json("predict", with("auto"));
  EXPECT_EQ(found["diag_reg_auto"], true);
  EXPECT_GT(found["diag_reg"], 0);
  EXPECT_LT(found["rounding"]["mean"], 1e-3);
  EXPECT_THAT(run("predict", with("automatic")).err,
              HasSubstr("--diag-reg: 'automatic' found; auto or a number from 0"));
  EXPECT_EQ(run("predict", with("-1")).status, 2);
  EXPECT_EQ(run("predict", with("inf")).status, 2);
}

TEST_F(Prediction, StandardizedTargetsKeepTheirUnits) {
  Matrix y = (randomMatrix(kTrain, 2, 3).array().rowwise() * Eigen::Array<double, 1, 2>(1000, 0.1)) + 50;
  Matrix yTest = (randomMatrix(kTest, 2, 4).array().rowwise() * Eigen::Array<double, 1, 2>(1000, 0.1)) + 50;
  std::vector<std::string> words = {"--train-x", xFile,        "--train-y", write("y.npy", y), "--test-x",
                                    testFile,    "--diag-reg", "0.1",       "--standardize"};
  std::vector<std::string> predict = words, evaluate = words;
  predict.insert(predict.end(), {"--cov", "diag", "--out", folder / "p.npz"});
  evaluate.insert(evaluate.end(), {"--test-y", write("yt.npy", yTest)});
  json("predict", predict);
  Json figures = json("evaluate", evaluate);

  // The same by hand: standardized files, and what comes out scaled back.
  auto deviation = [](const Matrix &m) -> Eigen::RowVectorXd {
    return ((m.rowwise() - m.colwise().mean()).array().square().colwise().sum() / double(m.rows())).sqrt();
  };
  auto standardized = [&](const Matrix &m, const Matrix &by) -> Matrix {
    return (m.rowwise() - by.colwise().mean()).array().rowwise() / deviation(by).array();
  };
  Matrix mean = result("mean", {kTest, 2}), covariance = result("cov", {2, kTest});
  json("predict",
       {"--train-x", write("sx.npy", standardized(x, x)), "--train-y", write("sy.npy", standardized(y, y)), "--test-x",
        write("st.npy", standardized(test, x)), "--diag-reg", "0.1", "--cov", "diag", "--out", folder / "p.npz"});
  Matrix plainMean = result("mean", {kTest, 2}), plainCovariance = result("cov", {kTest});
  for (int64_t c = 0; c < 2; ++c) {
    double scale = deviation(y)[c];
    Eigen::VectorXd want = plainMean.col(c).array() * scale + y.col(c).mean();
    EXPECT_LT((mean.col(c) - want).cwiseAbs().maxCoeff(), 1e-10 * scale + 1e-12 * 50); // f64, condition number some 1e2
    EXPECT_LT((covariance.row(c).transpose() - plainCovariance * scale * scale).cwiseAbs().maxCoeff(),
              1e-10 * scale * scale);
  }
  EXPECT_NEAR(figures["rmse"], std::sqrt((mean - yTest).array().square().mean()), 1e-8);
}

TEST_F(Prediction, SoftmaxIsItsGradientFlow) {
  std::vector<int64_t> classes;
  Matrix onehot = Matrix::Zero(kTrain, 3);
  for (int64_t i = 0; i < kTrain; ++i) {
    classes.push_back(i * i % 3);
    onehot(i, classes.back()) = 1;
  }
  std::vector<std::string> words = {"--train-x", xFile,     "--train-y", writeLabels("y.npy", classes),
                                    "--test-x",  testFile,  "--classes", "3",
                                    "--loss",    "softmax", "--time",    "2,20"};
  std::vector<std::string> predict = words;
  predict.insert(predict.end(), {"--probabilities", "--out", folder / "p.npz"});
  Json figures = json("predict", predict);
  EXPECT_EQ(figures["loss"], "softmax");
  EXPECT_GT(figures["steps"], 0);
  EXPECT_EQ(figures["probabilities_made_by"], "softmax of the mean");
  EXPECT_FALSE(figures.contains("max_learning_rate"));
  Matrix mean = result("mean", {2, kTest, 3}), probabilities = result("probabilities", {2, kTest, 3});

  // Steps of Runge and Kutta's classical method, in the dual coordinates: its error is far below 1e-7.
  Matrix kernel = kernelOf(x, x, true), cross = kernelOf(test, x, true), dual = Matrix::Zero(kTrain, 3);
  auto slope = [&](const Matrix &at) -> Matrix {
    Matrix p = (-kernel * at).array().exp();
    p.array().colwise() /= p.rowwise().sum().eval().array();
    return (p - onehot) / double(kTrain);
  };
  const double step = 0.01;
  for (int i = 0; i < 2000; ++i) {
    if (i == 200)
      EXPECT_LT((Eigen::Map<Matrix>(mean.data(), kTest, 3) + cross * dual).cwiseAbs().maxCoeff(), 1e-7);
    Matrix a = slope(dual), b = slope(dual + step / 2 * a), c = slope(dual + step / 2 * b), d = slope(dual + step * c);
    dual += step / 6 * (a + 2 * b + 2 * c + d);
  }
  Matrix last = -cross * dual;
  EXPECT_LT((Eigen::Map<Matrix>(mean.data() + kTest * 3, kTest, 3) - last).cwiseAbs().maxCoeff(), 1e-7);
  Matrix expected = last.array().exp();
  expected.array().colwise() /= expected.rowwise().sum().eval().array();
  EXPECT_LT((Eigen::Map<Matrix>(probabilities.data() + kTest * 3, kTest, 3) - expected).cwiseAbs().maxCoeff(), 1e-7);

  words.insert(words.end(), {"--test-y", writeLabels("t.npy", std::vector<int64_t>(kTest, 1))});
  ProgramRun text = run("evaluate", words);
  EXPECT_THAT(text.out, HasSubstr("of the targets none: outputs are logits"));
  EXPECT_THAT(text.out, HasSubstr("softmax\n"));
  EXPECT_EQ(json("evaluate", words)["times"].size(), 2u);
}

TEST_F(Prediction, LogisticIsSoftmaxOfTwoClassesInTwiceTheTime) {
  std::vector<int64_t> classes;
  for (int64_t i = 0; i < kTrain; ++i)
    classes.push_back(i / 3 % 2);
  auto mean = [&](const std::string &loss, const std::string &time, const std::string &momentum) {
    json("predict", {"--train-x", xFile, "--train-y", writeLabels("y.npy", classes), "--test-x", testFile, "--loss",
                     loss, "--time", time, "--momentum", momentum, "--out", folder / "p.npz"});
    return result("mean", {kTest, 2});
  };
  Matrix logistic = mean("logistic", "6", "0");
  EXPECT_LT((logistic - mean("softmax", "3", "0")).cwiseAbs().maxCoeff(), 1e-7); // steps of 1e-9
  EXPECT_EQ(logistic.col(0), -logistic.col(1));
  EXPECT_GT((mean("logistic", "6", "0.9") - logistic).cwiseAbs().maxCoeff(), 1e-3);
}

TEST_F(Prediction, MomentumEndsWhereDescentEnds) {
  std::vector<std::string> words = {
      "--train-x", xFile,           "--train-y",  write("y.npy", randomMatrix(kTrain, 2, 3)),
      "--test-x",  testFile,        "--diag-reg", "0.1",
      "--out",     folder / "p.npz"};
  json("predict", words);
  Matrix plain = result("mean", {kTest, 2});
  words.insert(words.end(), {"--momentum", "0.9", "--time", "inf"});
  Json figures = json("predict", words);
  EXPECT_LT((result("mean", {kTest, 2}) - plain).cwiseAbs().maxCoeff(), 1e-11); // condition 1e2
  EXPECT_EQ(figures["momentum"], 0.9);
  // The training set is predicted as other examples would be.
  words[5] = xFile;
  json("predict", words);
  Matrix asTest = result("mean", {kTrain, 2});
  words.erase(words.begin() + 4, words.begin() + 6);
  json("predict", words);
  // Between two sets the hand-written kernel knows the angle of equal examples to 1e-8 only.
  EXPECT_LT((result("mean", {kTrain, 2}) - asTest).cwiseAbs().maxCoeff(), 1e-7);
}

TEST_F(Prediction, SaysWhereDiscreteDescentWouldDiverge) {
  std::vector<std::string> words = {"--train-x", xFile,    "--train-y",  write("y.npy", randomMatrix(kTrain, 2, 3)),
                                    "--test-x",  testFile, "--test-y",   write("t.npy", randomMatrix(kTest, 2, 4)),
                                    "--time",    "3",      "--momentum", "0"};
  Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(kernelOf(x, x, true));
  const double limit = 2 * kTrain * 2 / solver.eigenvalues()(kTrain - 1);
  EXPECT_NEAR(json("evaluate", words)["max_learning_rate"], limit, 1e-12 * limit);
  EXPECT_THAT(run("evaluate", words).out, HasSubstr("1; discrete descent diverges from "));
  words.back() = "0.5";
  EXPECT_NEAR(json("evaluate", words)["max_learning_rate"], 1.5 * limit, 1e-12 * limit);
  EXPECT_THAT(run("evaluate", words).out, testing::Not(HasSubstr("from which discrete")));
  words.insert(words.end(), {"--learning-rate", std::to_string(2 * limit)});
  EXPECT_THAT(run("evaluate", words).out, HasSubstr("from which discrete gradient descent diverges"));
}

TEST_F(Prediction, TheNtkAsACovariance) {
  Matrix y = randomMatrix(kTrain, 2, 3);
  json("predict", {"--train-x", xFile, "--train-y", write("y.npy", y), "--test-x", testFile, "--kernel", "ntkgp",
                   "--diag-reg", "0.1", "--diag-reg-absolute", "--cov", "full", "--out", folder / "p.npz"});
  Matrix regularized = kernelOf(x, x, true) + 0.1 * Matrix::Identity(kTrain, kTrain);
  Matrix cross = kernelOf(test, x, true);
  Matrix covariance = kernelOf(test, test, true) - cross * regularized.ldlt().solve(cross.transpose());
  EXPECT_LT((result("mean", {kTest, 2}) - cross * regularized.ldlt().solve(y)).cwiseAbs().maxCoeff(), 1e-11);
  EXPECT_LT((result("cov", {kTest, kTest}) - covariance).cwiseAbs().maxCoeff(), 1e-11);
  Json figures = json("evaluate", {"--train-x", xFile, "--train-y", folder / "y.npy", "--test-x", testFile, "--test-y",
                                   write("t.npy", randomMatrix(kTest, 2, 4)), "--kernel", "ntkgp"});
  EXPECT_EQ(figures["kernel"], "ntkgp");
  EXPECT_TRUE(figures["negative_log_likelihood"].is_number());
}

TEST_F(Prediction, WhatFlowsRefuse) {
  std::vector<int64_t> classes(kTrain, 0);
  classes[0] = 2, classes[1] = 1;
  std::string three = writeLabels("three.npy", classes), reals = write("reals.npy", randomMatrix(kTrain, 1, 3));
  auto refusal = [&](const std::string &labels, std::vector<std::string> more) {
    more.insert(more.begin(), {"--train-x", xFile, "--train-y", labels, "--out", folder / "p.npz"});
    ProgramRun done = run("predict", more);
    return fmt::format("{} {}", done.status, done.err);
  };
  EXPECT_THAT(refusal(three, {"--loss", "softmax"}),
              HasSubstr("2 error: --loss softmax: time inf found; finite --time T1,T2,... expected"));
  EXPECT_THAT(refusal(three, {"--loss", "softmax", "--time", "1,inf"}), HasSubstr("2 error: --loss softmax: time inf"));
  EXPECT_THAT(refusal(three, {"--loss", "softmax", "--time", "-1"}), HasSubstr("2 error: --time: '-1' found"));
  EXPECT_THAT(refusal(three, {"--loss", "hinge"}), HasSubstr("2 error: --loss"));
  EXPECT_THAT(refusal(three, {"--momentum", "1"}),
              HasSubstr("2 error: --momentum: 1 found; a number from 0 to below 1 expected"));
  EXPECT_THAT(refusal(three, {"--momentum", "nan"}), HasSubstr("2 error: --momentum"));
  EXPECT_THAT(refusal(three, {"--momentum", "0.9", "--cov", "diag"}),
              HasSubstr("2 error: --momentum: --cov diag found; none expected"));
  EXPECT_THAT(refusal(three, {"--momentum", "0.9", "--diag-reg", "auto"}),
              HasSubstr("2 error: --momentum: --diag-reg auto found; a number expected"));
  EXPECT_THAT(refusal(three, {"--loss", "softmax", "--time", "1", "--kernel", "ntkgp"}),
              HasSubstr("1 error: --loss softmax: the kernel ntkgp found, nngp or ntk expected"));
  EXPECT_THAT(refusal(three, {"--loss", "logistic", "--time", "1"}),
              HasSubstr("1 error: --loss logistic: 3 classes found, 2 expected"));
  EXPECT_THAT(refusal(reals, {"--loss", "softmax", "--time", "1"}),
              HasSubstr("1 error: --loss softmax: a regression found; a classification expected (see --task)"));
  EXPECT_FALSE(std::filesystem::exists(folder / "p.npz"));
}

TEST_F(Prediction, TablesHoldTheirLabels) {
  auto table = [&](const std::string &name, int rows, unsigned seed) {
    std::string text = "a,b,c,d,e,size,kind\n";
    Matrix values = randomMatrix(rows, kFeatures, seed);
    for (int i = 0; i < rows; ++i)
      text += fmt::format("{},{},{},{},{},{},{}\n", i % 2 ? 5.0 : -5.0, values(i, 1), values(i, 2), values(i, 3),
                          values(i, 4), 3 * i, i % 2 ? "dog" : "cat");
    return folder.write(name, text);
  };
  std::string train = table("train.csv", 30, 5), sevenColumns = train;
  ProgramRun tooMany = run("evaluate", {"--train-x", train, "--test-x", train, "--task", "classification"});
  EXPECT_EQ(tooMany.status, 1);
  EXPECT_THAT(tooMany.err, HasSubstr("train.csv: shape [30, 6] found, [n, 5] expected"));

  std::string text = readFile(train), six;
  for (size_t begin = 0; begin < text.size();) { // without the column `size`
    size_t end = text.find('\n', begin), last = text.rfind(',', end), size = text.rfind(',', last - 1);
    six += text.substr(begin, size - begin) + text.substr(last, end + 1 - last);
    begin = end + 1;
  }
  std::string file = folder.write("six.csv", six);
  Json figures = json("evaluate", {"--train", file, "--test", file, "--task", "classification", "--diag-reg", "1e-3"});
  EXPECT_EQ(figures["classes"], (std::vector<std::string>{"cat", "dog"}));
  EXPECT_EQ(figures["accuracy"], 1.0);
  ProgramRun noTask = run("evaluate", {"--train", file, "--test", file});
  EXPECT_THAT(noTask.err, HasSubstr("need --task classification or --task regression"));
  EXPECT_EQ(noTask.status, 1);
  json("predict", {"--train", file, "--test", file, "--task", "classification", "--label", "kind", "--diag-reg", "1e-3",
                   "--out", folder / "p.npz"});
  result("mean", {30, 2});
}

TEST_F(Prediction, SaysWhatTablesWereTakenFor) {
  std::string train = folder.write("t.csv", ",0,1,2,3,4,5\n0,1,2,3,4,5.5,a\n1,2,1,4,3,5,b\n2,3,1,4,1,5,b\n");
  std::string tested = folder.write("u.csv", "0,1,2,3,4\n1,2,3,4,5.5\n2,1,4,3,5\n"), out = folder / "p.npz";
  std::vector<std::string> words = {"--train", train, "--test", tested, "--task", "classification", "--out", out};
  Json done = json("predict", words);
  EXPECT_EQ(done["train_examples"], 3);
  EXPECT_EQ(done["test_examples"], 2);
  EXPECT_EQ(done["notes"], Json({"1 class has a single training example: a"}));
  ASSERT_EQ(done["files"].size(), 2u);
  const Json &learnt = done["files"][0];
  EXPECT_EQ(learnt["file"], train);
  EXPECT_EQ(learnt["rows"], "3");
  EXPECT_EQ(learnt["label"], "'5' (column 7)");
  EXPECT_EQ(learnt["features"], "5");
  EXPECT_EQ(learnt["left out"], "column 1, which has no name: an index");
  EXPECT_EQ(done["files"][1]["rows"], "2");
  EXPECT_EQ(done["files"][1]["header"], "0, 1, 2, 3, 4");
  EXPECT_THAT(run("predict", words).out, HasSubstr("t.csv: rows 3, header , 0, 1, 2, 3, 4, 5, label '5' (column 7), "));
  words.insert(words.end(), {"--header", "no"});
  EXPECT_THAT(run("predict", words).err, HasSubstr("t.csv: shape [4, 6] found, [n, 5] expected"));
  EXPECT_THAT(run("kernel", {"--x1", tested, "--out", folder / "k.npz"}).out, HasSubstr("u.csv: rows 2, header 0, 1"));
}

TEST_F(Prediction, AnExampleTooLargeForTheKernelIsNamed) {
  // Its variance fits f32, but not the square that this kernel takes of it; with other examples there is none.
  x.row(7) *= 1e12;
  std::string large = write("large.npy", x), labels = write("y.npy", randomMatrix(kTrain, 1, 3));
  std::string trainLabels = write("y2.npy", randomMatrix(kTest, 1, 4)), out = folder / "p.npz";
  auto error = [&](const std::vector<std::string> &words) {
    std::vector<std::string> all = {"--out", out, "--quiet"};
    all.insert(all.end(), words.begin(), words.end());
    return run("predict", all, HAND_WRITTEN_F32).err;
  };
  const std::string expected = "large.npy: example 7: its nngp with itself is inf in f32; its values are too large";
  EXPECT_THAT(error({"--train-x", large, "--train-y", labels, "--kernel", "nngp"}), HasSubstr(expected));
  for (const char *covariance : {"diag", "full"})
    EXPECT_THAT(error({"--train-x", testFile, "--train-y", trainLabels, "--test-x", large, "--diag-reg", "1", "--cov",
                       covariance}),
                HasSubstr(expected));
  EXPECT_EQ(error({"--train-x", testFile, "--train-y", trainLabels, "--test-x", large, "--diag-reg", "1"}), "");
}

TEST_F(Prediction, ErrorsAreOneLineAndLeaveNoFile) {
  Matrix twice(2 * kTrain, kFeatures);
  twice << x, x;
  std::string doubled = write("twice.npy", twice), y = write("y.npy", randomMatrix(2 * kTrain, 1, 3));
  std::vector<std::string> words = {"--train-x", doubled,  "--train-y", y,
                                    "--test-x",  testFile, "--out",     folder / "p.npz"};
  ProgramRun indefinite = run("predict", words);
  EXPECT_EQ(indefinite.status, 1);
  EXPECT_THAT(indefinite.err, testing::MatchesRegex("error: .*not positive definite.*diag.reg[^\n]*\n"));
  EXPECT_FALSE(std::filesystem::exists(folder / "p.npz"));
  // In f32 the kernel itself is rounded: the diag_reg that is advised must do there too.
  ProgramRun single = run("predict", words, HAND_WRITTEN_F32);
  std::string advised = single.err.substr(single.err.find_first_of("123456789", single.err.rfind("diag")));
  std::vector<std::string> regularized = words;
  regularized.insert(regularized.end(), {"--diag-reg", advised.substr(0, advised.find_first_not_of("0123456789.e-"))});
  EXPECT_EQ(run("predict", regularized, HAND_WRITTEN_F32).status, 0) << single.err;
  std::filesystem::remove(folder / "p.npz");
  words[1] = xFile;
  EXPECT_THAT(run("predict", words).err, HasSubstr("y.npy: 80 labels found, 40 expected: one for each example of "));
  words[7] = folder / "p.npy";
  words[1] = doubled;
  EXPECT_THAT(run("predict", words).err, HasSubstr("--out: '"));
  std::vector<int64_t> classes(kTrain, 3);
  classes[0] = 1;
  ProgramRun labels = run("evaluate", {"--train-x", xFile, "--train-y", writeLabels("l.npy", classes), "--test-x",
                                       testFile, "--test-y", writeLabels("m.npy", std::vector<int64_t>(kTest, 4))});
  EXPECT_THAT(labels.err, HasSubstr("m.npy: label [0] is 4; the training labels have the classes 0 to 3"));
}

TEST_F(Prediction, NumbersAtTheEndsOfTheirRange) {
  const Matrix y = randomMatrix(kTrain, 1, 3);
  for (double unit : {1e160, 1e300, 1e-170, 1e-300}) {
    const std::string yFile = write("y.npy", y * unit);
    const std::vector<std::string> words = {"--train-x", xFile,        "--train-y", yFile,          "--test-x",
                                            xFile,       "--diag-reg", "0.1",       "--standardize"};
    std::vector<std::string> evaluate = words;
    evaluate.insert(evaluate.end(), {"--test-y", yFile});
    const double error = json("evaluate", evaluate)["rmse"].get<double>() / unit;
    EXPECT_TRUE(error > 1e-3 && error < 10) << error;
    std::vector<std::string> predict = words;
    predict.insert(predict.end(), {"--out", folder / "p.npz"});
    EXPECT_EQ(run("predict", predict).status, 0);
    // the same means, brought back to their units in two ways that round in f64 each
    EXPECT_NEAR(std::sqrt((result("mean", {kTrain, 1}) / unit - y).squaredNorm() / kTrain), error, 1e-10);
    std::filesystem::remove(folder / "p.npz");
    predict.insert(predict.end(), {"--cov", "diag"}); // the square of the unit has no double
    EXPECT_THAT(run("predict", predict).err, HasSubstr("the covariance of the predictions"));
    EXPECT_FALSE(std::filesystem::exists(folder / "p.npz"));
  }
  const std::string yFile = write("y.npy", y), small = write("small.npy", x * 1e-25);
  EXPECT_THAT(run("kernel", {"--x1", small, "--out", folder / "k.npz"}, HAND_WRITTEN_F32).err,
              HasSubstr("small.npy: value [0, 0] is "));
  EXPECT_EQ(run("kernel", {"--x1", small, "--out", folder / "k.npz"}).status, 0);
  EXPECT_EQ(run("kernel", {"--x1", write("zero.npy", x * 0), "--out", folder / "k.npz"}, HAND_WRITTEN_F32).status, 0);
  const std::string far = write("far.npy", randomMatrix(kTest, 1, 4) * 1e308);
  EXPECT_THAT(run("evaluate", {"--train-x", xFile, "--train-y", write("near.npy", y * 1e-10), "--test-x", testFile,
                               "--test-y", far, "--standardize", "--diag-reg", "0.1"})
                  .err,
              HasSubstr("far.npy: label [0]: "));
}

TEST_F(Prediction, OneLargeLabelIsNamedBeforeItsMemoryIsTaken) {
  std::vector<int64_t> labels(200000, 0);
  labels[17] = 65000;
  const Matrix many = Matrix::Zero(200000, kFeatures);
  EXPECT_THAT(run("predict", {"--train-x", write("many.npy", many), "--train-y", writeLabels("l.npy", labels), "--out",
                              folder / "p.npz"})
                  .err,
              HasSubstr("l.npy: label [17] is 65000: a target for each of 65001 classes and 200000 examples needs"));
}

TEST_F(Prediction, ThreadsChangeNoByte) {
  const std::string yFile = write("y.npy", randomMatrix(kTrain, 3, 3));
  std::vector<std::string> words = {"--train-x", xFile,   "--train-y", yFile,    "--test-x", testFile, "--diag-reg",
                                    "1e-2",      "--cov", "full",      "--time", "5,inf",    "--out",  folder / "p.npz",
                                    "--threads", "1"};
  EXPECT_EQ(run("predict", words).status, 0);
  const std::string expected = readFile(folder / "p.npz");
  for (const char *threads : {"2", "3", "5"}) {
    words.back() = threads;
    EXPECT_EQ(run("predict", words).status, 0);
    EXPECT_EQ(readFile(folder / "p.npz"), expected) << threads;
  }
}

TEST_F(Prediction, AReportIsOnePageAndTheFiguresOfEvaluate) {
  std::vector<int64_t> labels, testLabels;
  for (int64_t i = 0; i < kTrain; ++i)
    labels.push_back(x(i, 0) > 0);
  for (int64_t i = 0; i < kTest; ++i)
    testLabels.push_back(test(i, 0) > 0);
  const std::string page = folder / "it's.html";
  std::vector<std::string> words = {"--train-x", xFile,    "--train-y",  writeLabels("y.npy", labels),
                                    "--test-x",  testFile, "--test-y",   writeLabels("u.npy", testLabels),
                                    "--time",    "10,inf", "--diag-reg", "0.1"};
  Json evaluated = json("evaluate", words);
  std::ofstream(folder / "other.json") << evaluated.dump();
  words.insert(words.end(), {"--out", page, "--compare", folder / "other.json"});
  Json reported = json("report", words);
  EXPECT_EQ(reported["accuracy"], evaluated["accuracy"]);
  EXPECT_EQ(reported["probabilities"], evaluated["probabilities"]);
  EXPECT_EQ(reported["out"], page);
  EXPECT_EQ(reported["eigenvalues"].size(), size_t(kTrain));
  EXPECT_EQ(reported["shown"]["uncertain"].size(), size_t(kTest));
  const std::string html = readFile(page);
  EXPECT_TRUE(html.starts_with("<!DOCTYPE html>"));
  EXPECT_TRUE(html.ends_with("</html>\n"));
  EXPECT_THAT(html, HasSubstr("other.json"));
  EXPECT_THAT(html, HasSubstr("it&#39;\\&#39;&#39;s.html")); // the command, quoted for a shell, then for HTML
  EXPECT_THAT(run("report", words).out, HasSubstr("written"));

  const auto refused = [&](size_t position, const std::string &word) {
    std::vector<std::string> wrong = words;
    wrong[wrong.size() - position] = word;
    ProgramRun done = run("report", wrong);
    EXPECT_EQ(done.status, 1);
    return done.err;
  };
  EXPECT_THAT(refused(3, "page.pdf"), HasSubstr("--out: 'page.pdf' found, FILE.html expected"));
  EXPECT_THAT(refused(1, xFile), HasSubstr("no JSON found; what `evaluate --json` prints expected"));
}
