#!/usr/bin/env python3
"""Opposite and nearly opposite examples, whose angle is pi: the compiled kernels against the reference evaluator in f64.

run_opposite.py --inetc INETC [NETWORK...]

The first rectifier takes these angles from the distance to the negated example, which is as exact as the one to the example is
for nearly equal examples. Errors are measured in sqrt(K_ii K_jj) of the same kernel, as the entries may be 0.
"""

import math
import pathlib
import random
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(HERE))
import npy  # noqa: E402
from kernels import check_each, kernel, run  # noqa: E402

BOUND = {"f64": 1e-13, "f32": 1e-6}
# Behind a smooth activation its covariance is subtracted from variances: half of the digits of what is nearly opposite.
SMOOTH = {"f64": 2e-8, "f32": 1e-3}
# So it is behind a pool, with the kernels of an example's own positions.
POOLED = {"f64": 1e-8, "f32": 3e-4}
# The angle between signs is the root of that between inputs, and a rectifier takes the root of it: the fourth root of what the
# scale rounds inputs by.
SIGNS = {"f64": 1e-13, "f32": 3e-5}
# Where one number of an image differs its scale does, and all other patches are parallel, of different sizes: half of the digits of
# that difference.
PARALLEL = {"f64": 1e-10, "f32": 3e-6}
CONV = "default conv { pad = same, w_std = sqrt(2) }"
# name: (input shape, statements, bounds)
NETWORKS = {
    "one": ([1], "return input -> dense -> relu -> dense", BOUND),
    "deep": ([3], "x = input -> dense  for i in 0..4 { x = x -> relu -> dense(w_std = sqrt(2)) }  return x", BOUND),
    "bias": ([1], "return input -> dense(b_std = 0.01) -> relu -> dense(b_std = 0.1) -> relu -> dense", BOUND),
    "standard": ([3], "return input -> dense(8, b_std = 0.1, parameterization = standard) -> relu -> dense(4, parameterization = "
                      "standard)", BOUND),
    "registers": ([40], "return input -> dense(w_std = 1.3) -> relu -> dense -> relu -> dense", BOUND),
    "matrices": ([200], "return input -> dense(b_std = 0.05) -> relu -> dense -> relu -> dense", BOUND),
    "blas": ([5000], "return input -> dense -> relu -> dense", BOUND),
    "residual": ([3], "x = input -> dense  x = x + 0.5 * (x -> dense(w_std = 1.2))  return x -> relu -> dense", BOUND),
    "concatenated": ([3], "x = concat(input -> dense(2), input -> dense(4, w_std = 1.2))  return x -> dense -> relu -> dense",
                     BOUND),
    "product": ([3], "x = input -> dense  x = (x * (input -> dense -> abs -> dense)) -> dense  return x -> relu -> dense", BOUND),
    "normalized": ([3], "return input -> dense -> layer_norm -> relu -> dense", BOUND),
    "abs": ([2], "return input -> dense -> abs -> dense", BOUND),
    "leaky": ([2], "return input -> dense -> leaky_relu(0.3) -> dense -> relu -> dense", BOUND),
    "sign": ([2], "return input -> dense -> sign -> dense -> relu -> dense -> relu -> dense", SIGNS),
    "step": ([2], "return input -> dense -> rectified_monomial(0) -> dense", BOUND),
    "erf": ([2], "return input -> dense -> erf -> dense(b_std = 0.1) -> relu -> dense", SMOOTH),
    "sin": ([40], "return input -> dense -> sin -> dense -> relu -> dense", SMOOTH),
    "conv": ([6, 5, 3], f"{CONV}  return input -> conv(3) -> relu -> conv(3) -> relu -> flatten -> dense", BOUND),
    "conv_bias": ([6, 5, 3], f"{CONV}  return input -> conv(3, b_std = 0.02) -> relu -> conv(3) -> relu -> global_avg_pool -> dense",
                  BOUND),
    "conv_linear": ([6, 5, 3], f"{CONV}  x = input -> conv(3)  x = (x -> conv(3)) + x  return x -> relu -> conv(3) -> flatten -> "
                               "dense", BOUND),
    "strided": ([7, 3], f"{CONV}  return input -> conv(3, stride = 2) -> relu -> conv(3) -> flatten -> dense", BOUND),
    "circular": ([6, 6, 2], f"{CONV}  return input -> conv(3, pad = circular) -> relu -> global_avg_pool -> dense", BOUND),
    "long": ([40, 2], "return input -> conv(13, pad = same) -> relu -> flatten -> dense", BOUND),
    "flat": ([4, 3, 2], "return input -> conv(2) -> flatten -> dense -> relu -> dense", BOUND),
    "pooled_first": ([6, 6, 2], f"{CONV}  return input -> conv(3) -> avg_pool(2, stride = 2) -> relu -> flatten -> dense",
                     POOLED),
    "pooled_inside": ([6, 6, 2], f"{CONV}  return input -> conv(3) -> relu -> avg_pool(2, stride = 2) -> conv(3) -> relu -> flatten "
                                 "-> dense", BOUND),
}


def make_examples(shape):
    """(x1, x2, those in x2 of which one number differs): some examples; they negated, exactly and nearly, in sizes of their own;
    and the examples themselves."""
    rng = random.Random(3)
    size = math.prod(shape)
    x1 = [[rng.gauss(0, 1) for _ in range(size)] for _ in range(2)] + [[1.0] * size]
    x2, parallel = [], set()
    for base in x1:
        for scale in (1.0, 1.7, 1e-3, 1e3):
            x2.append([-scale * v for v in base])
        for near in (1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7):
            x2.append([-v * (1 + near * rng.gauss(0, 1)) for v in base])
            parallel.add(len(x2))
            x2.append([-base[0] + near, *(-v for v in base[1:])])
    return x1, x2 + x1, parallel


def diagonal(program, name, folder):
    """{result: K_ii of the examples in the file of that name}."""
    found = kernel(program, ["--x1", folder / f"{name}.npy"], folder, threads=2)
    return {result: [values[i * n + i] for i in range(n)] for result, ((n, _), values) in found.items()}


def check(inetc, name, folder):
    shape, text, bounds = NETWORKS[name]
    source, program, reference = folder / "n.inet", folder / "n", folder / "reference"
    source.write_text(f"network n {{ input {shape}\n{text} }}\n")
    run([inetc, source, "--target=reference", "-o", reference])
    *sets, parallel = make_examples(shape)
    for file, examples in zip(("x1", "x2"), sets):
        npy.write(folder / f"{file}.npy", (len(examples), *shape), [v for e in examples for v in e], "<f4")
    pair = ["--x1", folder / "x1.npy", "--x2", folder / "x2.npy"]
    want = kernel(reference, pair, folder, threads=2)
    own = {file: diagonal(reference, file, folder) for file in ("x1", "x2")}
    faults = []
    for precision, bound in bounds.items():
        run([inetc, source, f"--precision={precision}", "-o", program])
        got = kernel(program, pair, folder, threads=2)
        for result, ((_, columns), values) in want.items():
            worst = {}
            for entry, (a, b) in enumerate(zip(values, got[result][1])):
                i, j = divmod(entry, columns)
                allowed = max(bound, PARALLEL[precision] if j in parallel and len(shape) > 1 else 0)
                error = abs(a - b) / math.sqrt(own["x1"][result][i] * own["x2"][result][j])
                if not error <= worst.get(allowed, (0, 0, 0))[0]:
                    worst[allowed] = error, i, j
            for allowed, (error, i, j) in worst.items():
                print(f"{name} {precision} {result}: {error:.2g} of {allowed:g} at {i}, {j}")
                if not error <= allowed:
                    faults.append(f"{name} {precision} {result}: error {error:.2g} at {i}, {j}, allowed is {allowed:g}")
    return faults


if __name__ == "__main__":
    check_each(NETWORKS, check, __doc__)
