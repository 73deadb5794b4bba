/* A program of your own that calls a compiled kernel: the kernels of three made-up 8x8 images, printed. See README.md. */
#include "mlp.h"

#include <stdio.h>

enum { examples = 3 };

/* Pixels are 0 to 16: a white image, its left half, a checkerboard. */
static void paint(float images[examples][mlp_features]) {
  for (int pixel = 0; pixel < mlp_features; ++pixel) {
    int row = pixel / 8, column = pixel % 8;
    images[0][pixel] = 16;
    images[1][pixel] = column < 4 ? 16 : 0;
    images[2][pixel] = (row + column) % 2 ? 16 : 0;
  }
}

static void print(const char *name, float matrix[examples][examples]) {
  printf("%s\n", name);
  for (int i = 0; i < examples; ++i)
    printf("  %.4f %.4f %.4f\n", matrix[i][0], matrix[i][1], matrix[i][2]);
}

int main(void) {
  float images[examples][mlp_features], nngp[examples][examples], ntk[examples][examples];
  char error[256];
  paint(images);
  /* No second batch: the kernel of the first one with itself. 0 threads: as many as there are cores. */
  if (mlp_kernel(images[0], examples, NULL, 0, nngp[0], ntk[0], 0, error, sizeof error) != 0) {
    fprintf(stderr, "error: %s\n", error);
    return 1;
  }
  print("nngp", nngp);
  print("ntk", ntk);
  return 0;
}
