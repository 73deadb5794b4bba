/* predict_in_c TRAIN_X TRAIN_Y TEST_X OUT: what `predict --standardize --diag-reg 0.01 --cov diag --time 10,inf`
 * predicts, through the interface in C. OUT: the means of each time, then the variances of each time and output, as
 * doubles. */
#include "runtime/Inet.h"

#include <math.h>
#include <stdio.h>

extern const struct InetProgram inet_program;

static char error[256];

static int fail(void) {
  fprintf(stderr, "error: %s\n", error);
  return 1;
}

static int write_numbers(FILE *out, const double *numbers, int64_t count) {
  return fwrite(numbers, sizeof *numbers, (size_t)count, out) == (size_t)count;
}

int main(int argc, char **argv) {
  struct InetExamples *training = NULL, *test = NULL;
  struct InetLearner *learner = NULL;
  struct InetPrediction *prediction = NULL;
  struct InetOptions options;
  double times[2];
  FILE *out;
  int64_t rows, outputs, time, output;
  int whole = 1;
  if (argc != 5)
    return 2;
  times[0] = 10;
  times[1] = INFINITY;
  inet_default_options(&options);
  options.standardize = 1;
  options.diag_reg = 0.01;
  options.covariance = INET_COVARIANCE_DIAGONAL;
  options.times = times;
  options.time_count = 2;
  if (inet_open_labelled(&inet_program, argv[1], argv[2], NULL, INET_TASK_BY_LABELS, &training, error, sizeof error) ||
      inet_learn(&inet_program, training, &options, &learner, error, sizeof error) ||
      inet_open_unlabelled(&inet_program, argv[3], NULL, &test, error, sizeof error) ||
      inet_predict(learner, test, &prediction, error, sizeof error))
    return fail();
  out = fopen(argv[4], "wb");
  if (!out)
    return 1;
  rows = inet_prediction_rows(prediction);
  outputs = inet_learner_outputs(learner);
  for (time = 0; time < inet_prediction_times(prediction); ++time)
    whole &= write_numbers(out, inet_mean(prediction, time), rows * outputs);
  for (time = 0; time < inet_prediction_times(prediction); ++time)
    for (output = 0; output < outputs; ++output)
      whole &= write_numbers(out, inet_covariance(prediction, time, output), rows);
  whole &= fclose(out) == 0;
  inet_free_prediction(prediction);
  inet_free_examples(test);
  inet_free_learner(learner);
  inet_free_examples(training);
  return whole ? 0 : 1;
}
