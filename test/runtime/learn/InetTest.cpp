// The interface in C, and that it predicts what the command predicts, bit for bit.
#include "runtime/Inet.h"

#include "runtime/data/Examples.h"
#include "runtime/data/OutputFile.h"
#include "test/runtime/HandWrittenKernel.h"
#include "test/runtime/cli/RunProgram.h"

#include <cmath>
#include <cstring>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <random>

using namespace inet;
using namespace inet::test;
using testing::HasSubstr;

namespace {

constexpr int64_t kTrain = 300, kTest = 40; // several tiles

std::vector<double> normals(int64_t count, unsigned seed) {
  std::mt19937 engine(seed);
  std::normal_distribution<double> normal;
  std::vector<double> values(count);
  for (double &value : values)
    value = normal(engine);
  return values;
}

template <class T> InetArray arrayOf(const std::vector<T> &values, uint32_t number, int64_t columns) {
  return {values.data(), number, int64_t(values.size()) / columns, columns};
}

struct ExamplesDeleter {
  void operator()(InetExamples *examples) const { inet_free_examples(examples); }
  void operator()(InetLearner *learner) const { inet_free_learner(learner); }
  void operator()(InetPrediction *prediction) const { inet_free_prediction(prediction); }
};
template <class Handle> using Owned = std::unique_ptr<Handle, ExamplesDeleter>;

class CLearning : public testing::Test {
protected:
  CLearning() { inet_default_options(&options); }

  Owned<InetExamples> wrap(const InetArray &x, const InetArray *y = nullptr) {
    InetExamples *examples = nullptr;
    EXPECT_EQ(inet_wrap_examples(&program, &x, y, &examples, error, sizeof error), 0) << error;
    return Owned<InetExamples>(examples);
  }
  Owned<InetLearner> learn(InetExamples *training) {
    InetLearner *learner = nullptr;
    EXPECT_EQ(inet_learn(&program, training, &options, &learner, error, sizeof error), 0) << error;
    return Owned<InetLearner>(learner);
  }
  Owned<InetPrediction> predict(InetLearner *learner, InetExamples *test) {
    InetPrediction *prediction = nullptr;
    EXPECT_EQ(inet_predict(learner, test, &prediction, error, sizeof error), 0) << error;
    return Owned<InetPrediction>(prediction);
  }
  std::string write(const std::string &name, Dtype dtype, const Shape &shape, const void *values) {
    OutputFile file(folder / name);
    writeNpy(file, {"", dtype, shape, {values}});
    file.commit();
    return folder / name;
  }
  /// What the command writes, an array of p.npz.
  std::vector<double> written(const std::string &name) { return readAll(*openRows(folder / ("p.npz:" + name))); }
  void runCommand(std::vector<std::string> words) {
    words.insert(words.begin(), HAND_WRITTEN_F32);
    ProgramRun done = runProgram(std::move(words));
    ASSERT_EQ(done.status, 0) << done.err;
    commandOutput = done.out;
  }

  const InetProgram &program = handWrittenProgram(INET_F32);
  InetOptions options;
  std::vector<double> x = normals(kTrain * kFeatures, 1), test = normals(kTest * kFeatures, 2);
  TemporaryFolder folder;
  std::string commandOutput;
  char error[256] = "";
};

} // namespace

TEST_F(CLearning, AProgramInCPredictsWhatTheCommandPredicts) {
  std::vector<double> y = normals(kTrain * 2, 3);
  std::string xFile = write("x.npy", Dtype::f8, {kTrain, kFeatures}, x.data());
  std::string yFile = write("y.npy", Dtype::f8, {kTrain, 2}, y.data());
  std::string testFile = write("t.npy", Dtype::f8, {kTest, kFeatures}, test.data());
  runCommand({"predict", "--train-x", xFile, "--train-y", yFile, "--test-x", testFile, "--standardize", "--diag-reg",
              "0.01", "--cov", "diag", "--time", "10,inf", "--out", folder / "p.npz"});
  ProgramRun done = runProgram({PREDICT_IN_C, xFile, yFile, testFile, folder / "out"});
  ASSERT_EQ(done.status, 0) << done.err;
  std::vector<double> want = written("mean"), covariance = written("cov");
  want.insert(want.end(), covariance.begin(), covariance.end());
  std::string bytes = readFile(folder / "out");
  ASSERT_EQ(want.size(), size_t(2 * kTest * 2 + 2 * 2 * kTest));
  ASSERT_EQ(bytes.size(), want.size() * sizeof(double));
  EXPECT_EQ(std::memcmp(bytes.data(), want.data(), bytes.size()), 0);
  ProgramRun absent = runProgram({PREDICT_IN_C, folder / "absent.npy", yFile, testFile, folder / "out"});
  EXPECT_EQ(absent.status, 1);
  EXPECT_THAT(absent.err, HasSubstr("absent.npy: No such file or directory"));
}

TEST_F(CLearning, AProgramInBothPrecisionsIsEachOfThem) {
  const InetProgram &both = handWrittenInBoth(), &doubles = handWrittenProgram(INET_F64);
  std::vector<float> singles(x.begin(), x.end());
  std::vector<float> f32(kTrain * kTrain), f32OfBoth(kTrain * kTrain);
  std::vector<double> f64(kTrain * kTrain), f64OfBoth(kTrain * kTrain);
  auto in = [&](const InetProgram &of, uint32_t dtype, const void *from, void *nngp) {
    return inet_compute_kernel_in(&of, dtype, from, kTrain, nullptr, 0, nngp, nullptr, 0, error, sizeof error);
  };
  ASSERT_EQ(in(program, INET_F32, singles.data(), f32.data()), 0) << error;
  ASSERT_EQ(in(doubles, INET_F64, x.data(), f64.data()), 0) << error;
  ASSERT_EQ(in(both, INET_F64, x.data(), f64OfBoth.data()), 0) << error;
  EXPECT_EQ(f64OfBoth, f64);
  ASSERT_EQ(in(both, INET_F32, singles.data(), f32OfBoth.data()), 0) << error;
  EXPECT_EQ(f32OfBoth, f32);
  // where the dtype is not said it is f32
  std::fill(f32OfBoth.begin(), f32OfBoth.end(), 0.f);
  ASSERT_EQ(
      inet_compute_kernel(&both, singles.data(), kTrain, nullptr, 0, f32OfBoth.data(), nullptr, 0, error, sizeof error),
      0);
  EXPECT_EQ(f32OfBoth, f32);
  EXPECT_EQ(in(program, INET_F64, x.data(), f64.data()), 1);
  EXPECT_STREQ(error, "f64 found; this program computes in f32 only (inetc --precision)");
  EXPECT_EQ(in(both, 7, x.data(), f64.data()), 1);
  EXPECT_STREQ(error, "dtype 7 found; one of InetDtype expected");
}

TEST_F(CLearning, LearnsInThePrecisionThatIsAskedFor) {
  std::vector<double> y = normals(kTrain, 3);
  InetArray xs = arrayOf(x, INET_FLOAT64, kFeatures), ys = arrayOf(y, INET_FLOAT64, 1);
  options.diag_reg = 0.01;
  auto mean = [&](const InetProgram &of, uint32_t precision, uint32_t dtype) {
    InetExamples *examples = nullptr;
    InetLearner *learner = nullptr;
    options.precision = precision;
    EXPECT_EQ(inet_wrap_examples(&of, &xs, &ys, &examples, error, sizeof error), 0) << error;
    Owned<InetExamples> ownedExamples(examples);
    EXPECT_EQ(inet_learn(&of, examples, &options, &learner, error, sizeof error), 0) << error;
    Owned<InetLearner> ownedLearner(learner);
    EXPECT_EQ(inet_learner_dtype(learner), dtype);
    Owned<InetPrediction> prediction = predict(learner, wrap(arrayOf(test, INET_FLOAT64, kFeatures)).get());
    return std::vector<double>(inet_mean(prediction.get(), 0), inet_mean(prediction.get(), 0) + kTest);
  };
  const std::vector<double> f64 = mean(handWrittenProgram(INET_F64), INET_PRECISION_AUTOMATIC, INET_F64);
  const std::vector<double> f32 = mean(program, INET_PRECISION_AUTOMATIC, INET_F32);
  EXPECT_NE(f32, f64);
  EXPECT_EQ(mean(handWrittenInBoth(), INET_PRECISION_AUTOMATIC, INET_F64), f64); // 300 examples
  EXPECT_EQ(mean(handWrittenInBoth(), INET_PRECISION_F32, INET_F32), f32);
  Owned<InetExamples> training = wrap(xs, &ys);
  InetLearner *none = nullptr;
  options.precision = INET_PRECISION_F64;
  EXPECT_EQ(inet_learn(&program, training.get(), &options, &none, error, sizeof error), 1);
  EXPECT_THAT(error, HasSubstr("f64 found; this program computes in f32 only"));
  options.precision = 9;
  EXPECT_EQ(inet_learn(&program, training.get(), &options, &none, error, sizeof error), 1);
  EXPECT_STREQ(error, "precision 9 found; one of InetPrecision expected");
}

TEST_F(CLearning, ArraysAreWhatFilesAre) {
  std::vector<int64_t> classes(kTrain), testClasses(kTest);
  for (int64_t i = 0; i < kTrain; ++i)
    classes[i] = (x[i * kFeatures] > 0) + (x[i * kFeatures + 1] > 0);
  for (int64_t i = 0; i < kTest; ++i)
    testClasses[i] = (test[i * kFeatures] > 0) + (test[i * kFeatures + 1] > 0);
  std::string xFile = write("x.npy", Dtype::f8, {kTrain, kFeatures}, x.data());
  std::string yFile = write("y.npy", Dtype::i8, {kTrain}, classes.data());
  std::string testFile = write("t.npy", Dtype::f8, {kTest, kFeatures}, test.data());
  std::string testYFile = write("ty.npy", Dtype::i8, {kTest}, testClasses.data());
  InetArray xs = arrayOf(x, INET_FLOAT64, kFeatures), ys = arrayOf(classes, INET_INT64, 1);
  InetArray ts = arrayOf(test, INET_FLOAT64, kFeatures), tys = arrayOf(testClasses, INET_INT64, 1);
  options.diag_reg = 0.01;
  for (uint32_t covariance : {INET_COVARIANCE_DIAGONAL, INET_COVARIANCE_FULL}) {
    options.covariance = covariance;
    auto training = wrap(xs, &ys), tested = wrap(ts, &tys);
    auto learner = learn(training.get());
    auto prediction = predict(learner.get(), tested.get());
    EXPECT_EQ(inet_learner_task(learner.get()), uint32_t(INET_CLASSIFICATION));
    EXPECT_EQ(inet_learner_outputs(learner.get()), 3);
    EXPECT_EQ(inet_examples_count(tested.get()), kTest);
    EXPECT_EQ(inet_prediction_rows(prediction.get()), kTest);
    EXPECT_EQ(inet_prediction_times(prediction.get()), 1);
    EXPECT_TRUE(std::isinf(inet_prediction_time(prediction.get(), 0)));
    bool full = covariance == INET_COVARIANCE_FULL;
    runCommand({"predict", "--train-x", xFile, "--train-y", yFile, "--test-x", testFile, "--diag-reg", "0.01", "--cov",
                full ? "full" : "diag", "--out", folder / "p.npz"});
    std::vector<double> mean = written("mean"), cov = written("cov");
    EXPECT_EQ(std::memcmp(inet_mean(prediction.get(), 0), mean.data(), mean.size() * 8), 0);
    EXPECT_EQ(cov.size(), size_t(full ? kTest * kTest : kTest));
    EXPECT_EQ(std::memcmp(inet_covariance(prediction.get(), 0, 2), cov.data(), cov.size() * 8), 0);

    runCommand({"evaluate", "--train-x", xFile, "--train-y", yFile, "--test-x", testFile, "--test-y", testYFile,
                "--diag-reg", "0.01", "--json"});
    auto figures = nlohmann::json::parse(commandOutput);
    InetScores scores;
    ASSERT_EQ(inet_score(learner.get(), prediction.get(), tested.get(), 0, &scores, error, sizeof error), 0) << error;
    EXPECT_EQ(scores.accuracy, figures["accuracy"]);
    EXPECT_EQ(scores.correct, figures["correct"]);
    EXPECT_TRUE(std::isnan(scores.rmse));
    if (full) // variances come from another product
      EXPECT_NEAR(scores.negative_log_likelihood, figures["negative_log_likelihood"], 1e-9);
    else
      EXPECT_EQ(scores.negative_log_likelihood, figures["negative_log_likelihood"]);
  }
}

TEST_F(CLearning, PreprocessesAsTheCommandDoes) {
  std::vector<double> y = normals(kTrain, 3);
  InetArray xs = arrayOf(x, INET_FLOAT64, kFeatures), ys = arrayOf(y, INET_FLOAT64, 1);
  InetArray ts = arrayOf(test, INET_FLOAT64, kFeatures);
  options.diag_reg = 0.1;
  options.scale = 3;
  options.standardize = 1;
  options.zca = 1;
  options.zca_epsilon = 0.2;
  auto training = wrap(xs, &ys), tested = wrap(ts);
  auto learner = learn(training.get());
  auto prediction = predict(learner.get(), tested.get());
  runCommand({"predict", "--train-x", write("x.npy", Dtype::f8, {kTrain, kFeatures}, x.data()), "--train-y",
              write("y.npy", Dtype::f8, {kTrain}, y.data()), "--test-x",
              write("t.npy", Dtype::f8, {kTest, kFeatures}, test.data()), "--diag-reg", "0.1", "--scale", "3",
              "--standardize", "--zca", "0.2", "--out", folder / "p.npz"});
  const std::vector<double> want = written("mean");
  EXPECT_EQ(std::memcmp(inet_mean(prediction.get(), 0), want.data(), want.size() * 8), 0);
}

TEST_F(CLearning, ALearnerPredictsAsOftenAsIsWished) {
  std::vector<double> y = normals(kTrain, 3);
  InetArray xs = arrayOf(x, INET_FLOAT64, kFeatures), ys = arrayOf(y, INET_FLOAT64, 1);
  InetArray ts = arrayOf(test, INET_FLOAT64, kFeatures), one = {test.data() + kFeatures, INET_FLOAT64, 1, kFeatures};
  options.kernel = INET_NNGP;
  options.diag_reg = 0.5;
  options.diag_reg_absolute = 1;
  auto training = wrap(xs, &ys), all = wrap(ts), single = wrap(one);
  auto learner = learn(training.get());
  EXPECT_EQ(inet_learner_noise(learner.get()), 0.5);
  EXPECT_EQ(inet_learner_task(learner.get()), uint32_t(INET_REGRESSION));
  EXPECT_EQ(inet_learner_class_name(learner.get(), 0), nullptr);
  auto first = predict(learner.get(), all.get()), second = predict(learner.get(), single.get());
  auto again = predict(learner.get(), all.get()), itself = predict(learner.get(), nullptr);
  EXPECT_EQ(std::memcmp(inet_mean(first.get(), 0), inet_mean(again.get(), 0), kTest * 8), 0);
  // BLAS may add up the products of a single row in another order: f32, condition number some 1e3.
  EXPECT_NEAR(inet_mean(first.get(), 0)[1], inet_mean(second.get(), 0)[0], 1e-3);
  EXPECT_EQ(inet_prediction_rows(itself.get()), kTrain);
  EXPECT_EQ(inet_mean(first.get(), 1), nullptr);
  EXPECT_EQ(inet_mean(first.get(), -1), nullptr);
  EXPECT_EQ(inet_covariance(first.get(), 0, 0), nullptr);
  InetScores scores;
  EXPECT_EQ(inet_score(learner.get(), first.get(), all.get(), 0, &scores, error, sizeof error), 1);
  EXPECT_STREQ(error, "x: no labels found; labels expected to score");
}

TEST_F(CLearning, ClassesOfATableKeepTheirNames) {
  std::string table = folder.write("t.csv", "a,b,c,d,e,kind\n1,2,3,4,5,dog\n5,4,3,2,1,cat\n");
  InetExamples *opened = nullptr;
  ASSERT_EQ(
      inet_open_labelled(&program, table.c_str(), nullptr, "kind", INET_CLASSIFICATION, &opened, error, sizeof error),
      0)
      << error;
  Owned<InetExamples> training(opened);
  options.diag_reg = 0.1;
  auto learner = learn(training.get());
  EXPECT_STREQ(inet_learner_class_name(learner.get(), 0), "cat");
  EXPECT_STREQ(inet_learner_class_name(learner.get(), 1), "dog");
  EXPECT_EQ(inet_learner_class_name(learner.get(), 2), nullptr);
}

TEST_F(CLearning, ErrorsComeBackAsText) {
  std::vector<double> y = normals(kTrain, 3);
  InetArray xs = arrayOf(x, INET_FLOAT64, kFeatures), ys = arrayOf(y, INET_FLOAT64, 1), few = ys;
  few.rows = 7;
  InetExamples *none = nullptr;
  auto wrapping = [&](const InetArray *a, const InetArray *b) {
    int status = inet_wrap_examples(&program, a, b, &none, error, sizeof error);
    EXPECT_EQ(none, nullptr);
    return status == 1 ? std::string(error) : "";
  };
  EXPECT_EQ(wrapping(nullptr, nullptr), "x: null found; an address expected");
  EXPECT_EQ(wrapping(&xs, &few), "y: 7 labels found, 300 expected: one for each example of x");
  InetArray wrong = {x.data(), INET_FLOAT64, 5, 6};
  EXPECT_THAT(wrapping(&wrong, nullptr), HasSubstr("x: shape [5, 6] found, [n, 5] expected"));
  wrong = {x.data(), 17, 5, 5};
  EXPECT_EQ(wrapping(&wrong, nullptr), "x: number type 17 found; one of InetNumber expected");
  wrong = {nullptr, INET_FLOAT64, 5, 5};
  EXPECT_THAT(wrapping(&wrong, nullptr), HasSubstr("x: 5 x 5 numbers at address"));

  auto labelled = wrap(xs, &ys), unlabelled = wrap(xs);
  InetLearner *learner = nullptr;
  auto learning = [&](InetExamples *training) {
    EXPECT_EQ(inet_learn(&program, training, &options, &learner, error, sizeof error), 1);
    EXPECT_EQ(learner, nullptr);
    return std::string(error);
  };
  EXPECT_EQ(learning(unlabelled.get()), "x: no labels found; labels expected to learn from");
  options.kernel = 3;
  EXPECT_EQ(learning(labelled.get()), "kernel 3 found; INET_NNGP, INET_NTK or 0 expected");
  options.kernel = 0;
  options.threads = -1;
  EXPECT_THAT(learning(labelled.get()), HasSubstr("-1 threads found"));
  options.threads = 0;
  options.learning_rate = 0;
  EXPECT_THAT(learning(labelled.get()), HasSubstr("the learning rate is 0"));
  options.learning_rate = 1;
  options.scale = 0;
  EXPECT_EQ(learning(labelled.get()), "scale 0 found; a finite number above 0 expected");
  options.scale = 1;
  options.zca_epsilon = -1;
  EXPECT_EQ(learning(labelled.get()), "zca_epsilon -1 found; a finite number from 0 expected");
  options.zca_epsilon = 0;
  options.standardize = options.standardize_channels = 1;
  EXPECT_EQ(learning(labelled.get()), "standardize and standardize_channels found; one of them expected");
  options.standardize = 0;
  EXPECT_THAT(learning(labelled.get()), HasSubstr("--standardize-channels: the network's input is [5], without "));
  options.standardize_channels = 0;
  std::fill_n(x.begin() + kFeatures, kFeatures, x[0]);
  std::fill_n(x.begin() + 2 * kFeatures, kFeatures, x[0]); // two equal examples: singular
  EXPECT_THAT(learning(labelled.get()), HasSubstr("not positive definite"));
  x[kFeatures + 1] = NAN;
  EXPECT_EQ(learning(labelled.get()), "x: value [1, 1] is nan; a finite number was expected");
}

TEST(CKernel, ComputesIntoTheCallersArrays) {
  std::vector<double> x1 = normals(20 * kFeatures, 6), x2 = normals(9 * kFeatures, 7), nngp(180), ntk(180);
  const InetProgram &program = handWrittenProgram(INET_F64);
  char error[100] = "";
  ASSERT_EQ(inet_compute_kernel(&program, x1.data(), 20, x2.data(), 9, nngp.data(), ntk.data(), 2, error, 100), 0)
      << error;
  Entry want = handWrittenEntry(&x1[19 * kFeatures], &x2[8 * kFeatures]);
  EXPECT_NEAR(nngp[179], want.nngp, 1e-14); // f64, some 20 roundings
  EXPECT_NEAR(ntk[179], want.ntk, 1e-14);
  std::vector<double> square(400);
  ASSERT_EQ(inet_compute_kernel(&program, x1.data(), 20, nullptr, 0, nullptr, square.data(), 0, nullptr, 0), 0);
  EXPECT_EQ(square[1], square[20]);
}

TEST(CKernel, ErrorsComeBackAsText) {
  std::vector<double> x = {1, 2, NAN, 4, 5}, ntk(1);
  const InetProgram &program = handWrittenProgram(INET_F64);
  char error[100] = "", tiny[8] = "";
  auto compute = [&](const void *x1, int64_t n1, void *result, char *message, size_t size) {
    return inet_compute_kernel(&program, x1, n1, nullptr, 0, nullptr, result, 1, message, size);
  };
  EXPECT_EQ(compute(x.data(), 1, ntk.data(), error, sizeof error), 1);
  EXPECT_STREQ(error, "x1: value [0, 2] is nan; a finite number was expected");
  EXPECT_EQ(compute(x.data(), 1, ntk.data(), tiny, sizeof tiny), 1);
  EXPECT_STREQ(tiny, "x1: val");
  EXPECT_EQ(compute(x.data(), 0, ntk.data(), error, sizeof error), 1);
  EXPECT_EQ(compute(nullptr, 1, ntk.data(), error, sizeof error), 1);
  EXPECT_EQ(compute(x.data(), 1, nullptr, error, sizeof error), 1);
  EXPECT_STREQ(error, "no place for a result found; nngp, ntk or both expected");
  EXPECT_EQ(compute(x.data(), 1, ntk.data(), nullptr, 0), 1);
}
