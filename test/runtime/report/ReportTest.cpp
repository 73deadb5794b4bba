#include "runtime/report/Report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

using namespace inet;
using testing::HasSubstr;

namespace {

Evaluation classified() {
  Evaluation evaluation;
  evaluation.setting.network = "net";
  evaluation.setting.kernel = "ntk";
  evaluation.setting.precision = "f32";
  evaluation.setting.diagReg = 0.01;
  evaluation.setting.task = Task::classification;
  evaluation.setting.trainExamples = 7;
  evaluation.setting.testExamples = 4;
  evaluation.setting.outputs = 2;
  evaluation.setting.threads = 3;
  Scores scores;
  scores.time = std::numeric_limits<double>::infinity();
  scores.examples = 4;
  scores.accuracy = 0.75;
  scores.correct = 3;
  scores.negativeLogLikelihood = 0.5;
  evaluation.scores = {scores};
  evaluation.seconds = {0.25, 3723, 1, 4000};
  return evaluation;
}

} // namespace

TEST(Report, AnEvaluationAsATable) {
  EXPECT_EQ(Report(classified()).format(false), "network                  net\n"
                                                "kernel                   ntk in f32, diag_reg 0.01\n"
                                                "examples                 7 to learn from, 4 to predict; 2 classes\n"
                                                "threads                  3\n"
                                                "noise                    0, added to the diagonal of the training "
                                                "kernel\n"
                                                "accuracy                 75.00 % (3 of 4)\n"
                                                "negative log likelihood  0.5\n"
                                                "time                     kernel 0.25 s, solve 1:02:03, predict 1 s, "
                                                "total 1:06:40\n");
}

TEST(Report, AnEvaluationAsAnObject) {
  EXPECT_EQ(Json::parse(Report(classified()).format(true)), Json::parse(R"({
    "network": "net", "kernel": "ntk", "precision": "f32", "diag_reg": 0.01, "diag_reg_absolute": false,
    "diag_reg_auto": false, "loss": "mse", "momentum": 0.0, "learning_rate": 1.0, "task": "classification", "train_examples": 7, "test_examples": 4, "outputs": 2,
    "threads": 3, "noise": 0.0, "rounding": {"mean": 0.0, "variance": null, "in_f64": 1.0}, "time": "inf",
    "accuracy": 0.75, "correct": 3, "negative_log_likelihood": 0.5,
    "seconds": {"kernel": 0.25, "solve": 3723.0, "predict": 1.0, "total": 4000.0}})"));
}

TEST(Report, SeveralTimesAndTheLastOfThem) {
  Evaluation evaluation = classified();
  evaluation.setting.note = "look again";
  evaluation.setting.classNames = {"cat", "dog"};
  evaluation.scores.insert(evaluation.scores.begin(), evaluation.scores.front());
  evaluation.scores.front().time = 10;
  evaluation.scores.front().accuracy = 0.25;
  evaluation.scores.front().negativeLogLikelihood.reset();
  evaluation.scores.front().whyNoLikelihood = "a reason";
  Json json = toJson(evaluation);
  EXPECT_EQ(json["accuracy"], 0.75);
  EXPECT_EQ(json["times"][0]["time"], 10.0);
  EXPECT_EQ(json["times"][0]["negative_log_likelihood"], nullptr);
  EXPECT_EQ(json["note"], "look again");
  EXPECT_EQ(json["classes"], (std::vector<std::string>{"cat", "dog"}));
  std::string text = Report(evaluation).format(false);
  EXPECT_THAT(text, HasSubstr("negative log likelihood (t = 10)   none: a reason\n"));
  EXPECT_THAT(text, HasSubstr("accuracy (t = inf)"));
}

TEST(Report, ARegressionHasAnRmse) {
  Evaluation evaluation = classified();
  evaluation.setting.task = Task::regression;
  evaluation.setting.outputs = 1;
  evaluation.scores.front().accuracy.reset();
  evaluation.scores.front().rootMeanSquareError = 1.5;
  EXPECT_EQ(toJson(evaluation)["rmse"], 1.5);
  evaluation.scores.front().coverage95 = 0.9;
  EXPECT_EQ(toJson(evaluation)["coverage_95"], 0.9);
  EXPECT_THAT(Report(evaluation).format(false), HasSubstr("in the 95% band          90.00 % (noise included)\n"));
  EXPECT_FALSE(toJson(evaluation).contains("accuracy"));
  EXPECT_THAT(Report(evaluation).format(false), HasSubstr("1 target column\n"));
  EXPECT_THAT(Report(evaluation).format(false), HasSubstr("RMSE                     1.5\n"));
}

TEST(Report, ProbabilitiesAreALineAndAllOfThemAnObject) {
  Evaluation evaluation = classified();
  const RowMatrix p = RowMatrix({{0.5, 0.5}, {0.25, 0.75}}).array().log();
  Scores &scores = evaluation.scores.front();
  scores.classes = scoreClasses(p, {0, 1}, {0, 0}, 2);
  scores.probabilities = "a way";
  scores.temperature = 0.5;
  scores.noiseInProbabilities = true;
  EXPECT_THAT(Report(evaluation).format(false), HasSubstr("a way with noise, temperature 0.5: Brier score 0.8125, "
                                                          "calibration error 62.50 %\n"));
  const Json json = toJson(evaluation)["probabilities"];
  EXPECT_EQ(json["variance_includes_noise"], true);
  EXPECT_EQ(json["temperature"], 0.5);
  EXPECT_EQ(json["confusion"], Json::parse("[[1, 1], [0, 0]]"));
  EXPECT_EQ(json["classes"][1]["recall"], nullptr);
  EXPECT_EQ(json["classes"][0]["precision"], 1.0);
  EXPECT_EQ(json["reliability"]["bins"][0]["count"], 1);
  EXPECT_EQ(json["reliability"]["bins"][1]["right"], 0);
  EXPECT_EQ(json["brier"], 0.8125);
}

TEST(Report, ASolveSaysWhatItsFiguresAreWorth) {
  Evaluation evaluation = classified();
  SolveFacts &solve = evaluation.solve;
  EXPECT_EQ(Report(evaluation).format(false).find("note"), std::string::npos);
  solve.noise = 0.25;
  solve.rounding = {{0.005, 0.0}, {0.3, 0.02}};
  solve.roundingInF64 = 1e-8;
  solve.betterDiagReg = 1e-4;
  solve.negative = {2, -1e-5};
  solve.conflicts.equalExamples = 3;
  solve.conflicts.groups = 2;
  solve.conflicts.examples = 5;
  solve.conflicts.first = {3, 41};
  solve.conflicts.noise = 0.5;
  const std::string text = Report(evaluation).format(false);
  EXPECT_THAT(text,
              HasSubstr("the rounding of the kernel in f32 may move means by 30 % of the targets' size and variances "
                        "by 2 % of the prior variance; --diag-reg 0.0001 would keep means within 1 %; f64 (inetc "
                        "--precision f64) 3e-07 %\n"));
  EXPECT_THAT(text, HasSubstr("2 variances were below 0 by rounding, the least -1e-05; they count as 0\n"));
  EXPECT_THAT(text,
              HasSubstr("5 training examples in 2 groups are equal to this network and have different targets, as "
                        "have 3 and 41 (from 0): a noise of variance 0.5 (--diag-reg-absolute)\n"));
  const Json json = toJson(evaluation);
  EXPECT_EQ(json["notes"].size(), 3u);
  EXPECT_EQ(json["rounding"]["mean"], 0.3);
  EXPECT_EQ(json["rounding"]["better_diag_reg"], 1e-4);
  EXPECT_EQ(json["negative_variances"]["count"], 2);
  EXPECT_EQ(json["equal_examples"]["groups_that_differ"], 2);
  solve.rounding = {{0.0099, 0.0099}}; // within 1 %
  EXPECT_EQ(toJson(evaluation)["notes"].size(), 2u);
}

TEST(Report, EvidenceAndLeaveOneOutFollowTheTestSet) {
  Evaluation evaluation = classified();
  evaluation.evidence = -12.5;
  evaluation.leaveOneOut = evaluation.scores.front();
  const std::string text = Report(evaluation).format(false);
  EXPECT_THAT(text, HasSubstr("accuracy (leave one out)                 75.00 % (3 of 4)\n"));
  EXPECT_THAT(text, HasSubstr("-12.5 nats (log marginal likelihood of the training set)\n"));
  EXPECT_EQ(toJson(evaluation)["evidence"], -12.5);
  EXPECT_EQ(toJson(evaluation)["leave_one_out"]["accuracy"], 0.75);
}

TEST(Report, NumbersThatAreNotFiniteAreNull) {
  WrittenPrediction prediction;
  prediction.setting.diagReg = std::numeric_limits<double>::quiet_NaN();
  prediction.path = "a\xff"; // a file name need not be UTF-8
  EXPECT_EQ(Json::parse(Report(prediction).format(true))["diag_reg"], nullptr);
}
