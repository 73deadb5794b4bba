/* The library in C: kernels, learning and prediction as the commands of a compiled network do them, bit for bit. Link
 * what `inetc --emit=lib` makes, with the runtime in it. C and C++.
 *
 * Errors: a function that returns int returns 0, or 1 and a line that says why (what was found, what was expected,
 * where) in `error`, which has room for error_size bytes with the final 0 and may be null. It has then changed nothing.
 * Handles (InetExamples, InetLearner, InetPrediction) belong to the caller, who frees each once; freeing null does
 * nothing. What a handle returns as a pointer lives as long as the handle. One handle may be used by one thread at a
 * time; calls that compute, from whatever threads, wait for each other, since each takes all cores. Sizes count
 * examples and numbers, not bytes; arrays are in C order.
 */
#ifndef INET_RUNTIME_INET_H
#define INET_RUNTIME_INET_H

#include "runtime/Abi.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- Kernels --- */

/* Computes the n1 x n2 kernel of x1 with x2, or, where x2 is null, the n1 x n1 kernel of x1 with itself (n2 is then
 * ignored; half the work, exactly symmetric). x1, x2: n x features numbers in the program's dtype (that of its first
 * kernel: f32 where it has f32 and f64), C order, channels last. nngp, ntk: room for n1 * n2 numbers of that dtype
 * each; null where it is not wanted. threads: 0 for all cores. An entry that is too large for the dtype is infinite or
 * a nan, which is not an error. */
int inet_compute_kernel(const struct InetProgram *program, const void *x1, int64_t n1, const void *x2, int64_t n2,
                        void *nngp, void *ntk, int threads, char *error, size_t error_size);

/* The same in a dtype of the caller's, an InetDtype, which all arrays are then in: of a program that has f32 and f64.
 * Fails where the program does not have it. */
int inet_compute_kernel_in(const struct InetProgram *program, uint32_t dtype, const void *x1, int64_t n1,
                           const void *x2, int64_t n2, void *nngp, void *ntk, int threads, char *error,
                           size_t error_size);

/* --- Examples --- */

/* What is learnt: by the labels, integers are classes and reals are targets; a table's need to be told. */
enum InetTask { INET_TASK_BY_LABELS = 0, INET_CLASSIFICATION = 1, INET_REGRESSION = 2 };

enum InetNumber { INET_FLOAT32 = 0, INET_FLOAT64 = 1, INET_UINT8 = 2, INET_INT32 = 3, INET_INT64 = 4 };

/* An array of the caller's: rows x columns numbers. */
struct InetArray {
  const void *data;
  uint32_t number; /* InetNumber */
  int64_t rows, columns;
};

/* Some examples, perhaps with labels. They are read when they are learnt or predicted, not before. */
struct InetExamples;

/* Examples in memory. x: rows x features numbers, channels last; it must stay where it is until the handle is freed. y:
 * a row for each of x; one column of integers, classes from 0, or real targets; it is copied; null where there are no
 * labels. */
int inet_wrap_examples(const struct InetProgram *program, const struct InetArray *x, const struct InetArray *y,
                       struct InetExamples **examples, char *error, size_t error_size);

/* Examples with labels in files, as --train-x and --train-y name them: .npy, FILE.npz:NAME, .csv. y: null where the
 * labels are in the table x. label: the label's column of a table, by name or number from 1; null for the last. task:
 * InetTask; for a test set that of its learner (inet_learner_task). */
int inet_open_labelled(const struct InetProgram *program, const char *x, const char *y, const char *label,
                       uint32_t task, struct InetExamples **examples, char *error, size_t error_size);

/* Examples whose labels do not matter, as --test-x of `predict`: a table's label column is left out. */
int inet_open_unlabelled(const struct InetProgram *program, const char *x, const char *label,
                         struct InetExamples **examples, char *error, size_t error_size);

int64_t inet_examples_count(const struct InetExamples *examples);
void inet_free_examples(struct InetExamples *examples);

/* --- Learning --- */

enum InetCovariance { INET_COVARIANCE_NONE = 0, INET_COVARIANCE_DIAGONAL = 1, INET_COVARIANCE_FULL = 2 };

/* What the kernel is computed in. Automatic: what the program has; where that is f32 and f64, f64 for up to 3,000
 * training examples, and f32 for more. */
enum InetPrecision { INET_PRECISION_AUTOMATIC = 0, INET_PRECISION_F32 = 1, INET_PRECISION_F64 = 2 };

/* Fill it with inet_default_options, then change what is wanted. */
struct InetOptions {
  /* INET_NNGP or INET_NTK; 0: ntk if it was compiled in, else nngp. */
  uint32_t kernel;
  /* InetPrecision; one that the program does not have is an error. */
  uint32_t precision;
  /* InetTask. INET_TASK_BY_LABELS: the one that the examples were opened for, if any. */
  uint32_t task;
  /* 0: the largest label and one. */
  int64_t classes;
  /* 1: features, and real targets, to mean 0 and variance 1 by the statistics of the training set. Predictions are in
   * the targets' own units all the same. */
  int32_t standardize;
  /* 1: instead, each channel of an image by one mean and deviation. */
  int32_t standardize_channels;
  /* Features are divided by it before that; above 0. */
  double scale;
  /* 1: features are whitened after that, by regularised ZCA (kernel/Whitening.h) of this epsilon, from 0. */
  int32_t zca;
  double zca_epsilon;
  /* What is added to the diagonal of the training kernel, from 0: times the mean of that diagonal, or, where absolute
   * is 1, as it is. */
  double diag_reg;
  int32_t diag_reg_absolute;
  /* time_count training times, each from 0 to infinity, in units of 1 / learning_rate: gradient flow on half the mean
   * square error over examples and outputs. None: infinity alone. They are copied. */
  const double *times;
  int64_t time_count;
  /* Above 0. */
  double learning_rate;
  /* InetCovariance, of every prediction. */
  uint32_t covariance;
  /* 0: all cores. What comes out does not depend on it. */
  int32_t threads;
  /* 1: on standard error, where it takes long. */
  int32_t progress;
};

/* ntk, automatic precision, by the labels, features as they are, no regularisation, time infinity, learning rate 1, no
 * covariance, all cores, no progress. */
void inet_default_options(struct InetOptions *options);

/* A training set that was learnt: its kernel, factored. */
struct InetLearner;

/* Learns examples with labels. Fails where memory will not do, where a number is not finite, and where the training
 * kernel with its regularisation is not positive definite. The learner keeps what it needs: the examples may be freed
 * afterwards. */
int inet_learn(const struct InetProgram *program, struct InetExamples *training, const struct InetOptions *options,
               struct InetLearner **learner, char *error, size_t error_size);

/* InetDtype that its kernels are computed in. */
uint32_t inet_learner_dtype(const struct InetLearner *learner);
/* InetTask: classification or regression. */
uint32_t inet_learner_task(const struct InetLearner *learner);
/* Columns of the targets: classes, or real targets. */
int64_t inet_learner_outputs(const struct InetLearner *learner);
/* The name of class `output`, where the labels were texts; else null. */
const char *inet_learner_class_name(const struct InetLearner *learner, int64_t output);
/* What was added to the diagonal of the training kernel, an absolute number: the variance of the noise of the targets,
 * of standardized ones in these units. It is in no variance that is returned. */
double inet_learner_noise(const struct InetLearner *learner);
void inet_free_learner(struct InetLearner *learner);

/* --- Prediction --- */

struct InetPrediction;

/* Predicts the examples of `test` (its labels do not matter), or the training set itself where it is null, at every
 * time. */
int inet_predict(struct InetLearner *learner, struct InetExamples *test, struct InetPrediction **prediction,
                 char *error, size_t error_size);

int64_t inet_prediction_rows(const struct InetPrediction *prediction);
int64_t inet_prediction_times(const struct InetPrediction *prediction);
/* The training time of that index, from 0; infinite where training went to its end. */
double inet_prediction_time(const struct InetPrediction *prediction, int64_t time);
/* rows x outputs numbers in the units of the targets; of classes, each target was onehot - 1/classes. Null where there
 * is no such time. */
const double *inet_mean(const struct InetPrediction *prediction, int64_t time);
/* The posterior covariance of an output, in its units squared, without noise: `rows` variances, or rows x rows numbers
 * where the full one was asked for. Outputs share it, unless several real targets were standardized. Null where there
 * is none. */
const double *inet_covariance(const struct InetPrediction *prediction, int64_t time, int64_t output);

/* How well one time of training meets labels. What does not exist is a nan: accuracy of a regression, RMSE of a
 * classification, the likelihood without covariance or where a variance is 0. */
struct InetScores {
  double accuracy;                /* the share of examples whose largest output is their class */
  int64_t correct;                /* and their number */
  double rmse;                    /* in the units of the targets */
  double negative_log_likelihood; /* nats, the mean over examples and outputs, the regularisation as noise */
};

/* Scores a prediction of `test`, examples with labels. */
int inet_score(const struct InetLearner *learner, const struct InetPrediction *prediction,
               const struct InetExamples *test, int64_t time, struct InetScores *scores, char *error,
               size_t error_size);

void inet_free_prediction(struct InetPrediction *prediction);

#ifdef __cplusplus
}
#endif
#endif /* INET_RUNTIME_INET_H */
