/* A program of your own with a compiled network in it: the kernels of three made-up 8x8 images, printed, and what the
 * network predicts of a fourth once it has learnt the three. See README.md. */
#include "mlp.h"

#include <stdio.h>

enum { examples = 3 };

static char error[256];

/* Pixels are 0 to 16: a white image, its left half, a checkerboard; and a white image with a black frame. */
static void paint(float images[examples + 1][mlp_features]) {
  for (int pixel = 0; pixel < mlp_features; ++pixel) {
    int row = pixel / 8, column = pixel % 8;
    images[0][pixel] = 16;
    images[1][pixel] = column < 4 ? 16 : 0;
    images[2][pixel] = (row + column) % 2 ? 16 : 0;
    images[3][pixel] = row % 7 && column % 7 ? 16 : 0;
  }
}

static void print(const char *name, float matrix[examples][examples]) {
  printf("%s\n", name);
  for (int i = 0; i < examples; ++i)
    printf("  %.4f %.4f %.4f\n", matrix[i][0], matrix[i][1], matrix[i][2]);
}

/* Learns how much of each image is white, and asks for the share of `image`. */
static int predict(float images[examples][mlp_features], float image[mlp_features]) {
  const double shares[examples] = {1, 0.5, 0.5};
  struct InetArray x = {images, INET_FLOAT32, examples, mlp_features}, y = {shares, INET_FLOAT64, examples, 1};
  struct InetArray asked = {image, INET_FLOAT32, 1, mlp_features};
  struct InetExamples *training = NULL, *test = NULL;
  struct InetLearner *learner = NULL;
  struct InetPrediction *prediction = NULL;
  struct InetOptions options;
  inet_default_options(&options);
  options.diag_reg = 1e-3;
  options.covariance = INET_COVARIANCE_DIAGONAL;
  int failed = inet_wrap_examples(&mlp_program, &x, &y, &training, error, sizeof error) ||
               inet_learn(&mlp_program, training, &options, &learner, error, sizeof error) ||
               inet_wrap_examples(&mlp_program, &asked, NULL, &test, error, sizeof error) ||
               inet_predict(learner, test, &prediction, error, sizeof error);
  if (!failed)
    printf("share of white  %.9g, variance %.9g\n", inet_mean(prediction, 0)[0], inet_covariance(prediction, 0, 0)[0]);
  inet_free_prediction(prediction);
  inet_free_examples(test);
  inet_free_learner(learner);
  inet_free_examples(training);
  return failed;
}

int main(void) {
  float images[examples + 1][mlp_features], nngp[examples][examples], ntk[examples][examples];
  paint(images);
  /* No second batch: the kernel of the first one with itself. 0 threads: as many as there are cores. */
  if (mlp_kernel(images[0], examples, NULL, 0, nngp[0], ntk[0], 0, error, sizeof error) == 0) {
    print("nngp", nngp);
    print("ntk", ntk);
    if (predict(images, images[3]) == 0)
      return 0;
  }
  fprintf(stderr, "error: %s\n", error);
  return 1;
}
