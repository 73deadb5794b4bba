#!/usr/bin/env python3
"""The hard pairs of examples: equal, nearly equal, scaled, constant, negated, with patches of zeros or of nearly nothing, huge and
tiny.

run_spatial_numerics.py --inetc INETC [NETWORK...]

Kernels of deep networks in f32 against the reference evaluator in f64, which carries squared distances of inputs of unit size
and so loses nothing on these pairs (test/reference/SpatialTest.cpp compares it with long double). Then: the same bits for 1, 2
and 3 threads, and K(X, X) exactly symmetric.
"""

import math
import pathlib
import random
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(HERE))
import npy  # noqa: E402
from kernels import check_each, is_symmetric, kernel, run  # noqa: E402

SHAPE = (8, 8, 3)
SIZE = 192
CHAIN = """network n {{
  input [8, 8, 3]
  default conv {{ pad = same, w_std = {w_std}, b_std = {b_std} }}
  x = input -> conv(3)
  for i in 1..{depth} {{ x = x -> relu -> conv(3) }}
  return x -> relu -> {readout} -> dense
}}
"""
MIDDLE = """network n {
  input [8, 8, 3]
  default conv { pad = same, w_std = sqrt(2) }
  x = input -> conv(3) -> relu -> conv(3) -> relu -> avg_pool(2, stride = 2)
  x = x -> conv(3) -> relu -> conv(3) -> relu -> avg_pool(2, stride = 2)
  return x -> conv(3) -> relu -> READOUT -> dense
}
"""
NORMALIZED = """network n {
  input [8, 8, 3]
  default conv { pad = same, w_std = sqrt(2) }
  x = input -> conv(3) -> layer_norm -> relu -> conv(3) -> layer_norm -> relu
  return x -> READOUT -> dense
}
"""
PRODUCTS = """network n {
  input [8, 8, 3]
  default conv { pad = same, w_std = sqrt(2) BIAS }
  x = input -> conv(3)
  x = ((x -> relu -> conv(3)) * (x -> relu -> conv(3))) -> conv(3)
  x = ((x -> relu -> conv(3)) * (x -> relu -> conv(3) -> relu -> conv(3))) -> conv(3) -> relu -> conv(3)
  return x -> relu -> global_avg_pool -> dense
}
"""
# What f32 keeps on squared distances through 21 layers; behind a pool in the middle, where the distance is again a difference
# of larger numbers; and of negated examples, for which the covariance would be exact and the distance is not.
DEEP, POOLED, NEGATED = 2e-6, 3e-4, 1e-4
# Where nothing but a bias is left of both examples their patches are parallel, of different sizes: the angle is 0, of which half of
# the digits are lost.
PARALLEL = 1e-5
BIASES_ALONE = 3e-5  # of all pairs, and sizes 10^15 apart
NETWORKS = {
    "flatten": (CHAIN.format(w_std="sqrt(2)", b_std=0, depth=21, readout="flatten"), DEEP),
    "global_avg_pool": (CHAIN.format(w_std="sqrt(2)", b_std=0, depth=21, readout="global_avg_pool"), DEEP),
    "flatten_bias": (CHAIN.format(w_std="sqrt(2)", b_std=0.1, depth=21, readout="flatten"), DEEP),
    # the input is 1e-48 of the variance in the end
    "small_weights": (CHAIN.format(w_std=0.1, b_std=1, depth=21, readout="flatten"), BIASES_ALONE),
    "products": (PRODUCTS.replace("BIAS", ""), DEEP),
    "products_bias": (PRODUCTS.replace("BIAS", ", b_std = 0.3"), DEEP),
    "normalized": (NORMALIZED.replace("READOUT", "global_avg_pool"), DEEP),
    "pooled_flatten": (MIDDLE.replace("READOUT", "flatten"), POOLED),
    "pooled_global": (MIDDLE.replace("READOUT", "global_avg_pool"), POOLED),
}


def make_examples():
    """(x1, x2, the indices in x1 of those that are nearly nothing but for a corner, those in x2 of negated examples)."""
    rng = random.Random(4)
    image = [rng.gauss(0, 1) for _ in range(SIZE)]
    other = [rng.gauss(0, 1) for _ in range(SIZE)]
    # all of an image but one corner far smaller than that, down to nothing beside it
    dim = [[v * (1 if i < 12 else size) for i, v in enumerate(other)] for size in (1e-3, 1e-6, 1e-9, 1e-14, 1e-20, 1e-30)]
    patch = [0.0 if 2 <= i // 24 < 7 and 1 <= i // 3 % 8 < 6 else v for i, v in enumerate(image)]
    constant = [0.7] * SIZE
    x1 = [image, patch, constant, other, *dim]
    x2 = [*dim]
    for base in (image, patch, constant, dim[2]):
        x2.append(base)
        for near in (1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7):
            x2.append([v * (1 + near * rng.gauss(0, 1)) for v in base])
        for scale in (1e-4, 1e-2, 1.5, 1e2, 1e4):
            x2.append([scale * v for v in base])
    x2.append([1e4 * v * (1 + 1e-5 * rng.gauss(0, 1)) for v in image])
    x2 += [[size * v for v in base] for size in (1e15, 1e-15) for base in (image, constant, other)]
    negated = len(x2)
    x2 += [[-v for v in base] for base in x1]
    return x1, x2, range(len(x1) - len(dim), len(x1)), range(negated, len(x2))


def make_product_examples():
    """The same for four factors, whose kernels outgrow f32 where inputs are of size 1e15; fewer, as it takes minutes."""
    x1, x2, dim, negated = make_examples()
    kept = [j for j, example in enumerate(x2) if 1e-10 < max(map(abs, example)) < 1e10]
    return x1[:3], [x2[j] for j in kept], range(0), range(kept.index(negated[0]), len(kept))


def make_black_examples():
    """The same for layer norm, which makes as much of a dark patch as of a bright one: numbers are 0 or at least 1/255 of the largest,
    as pixels are."""
    rng = random.Random(5)
    image = [rng.randrange(256) / 255 for _ in range(SIZE)]
    margin = [v if 2 <= i // 24 < 7 and 1 <= i // 3 % 8 < 6 else 0.0 for i, v in enumerate(image)]
    hole = [0.0 if 2 <= i // 24 < 7 and 1 <= i // 3 % 8 < 6 else v for i, v in enumerate(image)]
    pixel = [1.0 if i == 100 else 0.0 for i in range(SIZE)]
    x1 = [image, margin, hole, pixel, [0.0] * SIZE, [0.7] * SIZE, [1 / 255] * SIZE]
    return x1, x1 + [[min(1.0, v * 1.02) for v in each] for each in x1], range(0), range(0)


def check(inetc, name, folder):
    text, bound = NETWORKS[name]
    source, program, reference = folder / "n.inet", folder / "n", folder / "reference"
    source.write_text(text)
    run([inetc, source, "--target=reference", "-o", reference])
    # small tiles, so that threads have some to share
    run([inetc, source, "--precision=f32", "--tile", "tile-rows=2 tile-columns=16", "-o", program])
    makers = {"normalized": make_black_examples, "products": make_product_examples, "products_bias": make_product_examples}
    x1, x2, dim, negated = makers.get(name, make_examples)()
    for file, examples in (("x1", x1), ("x2", x2)):
        npy.write(folder / f"{file}.npy", (len(examples), *SHAPE), [v for e in examples for v in e], "<f4")
    pair = ["--x1", folder / "x1.npy", "--x2", folder / "x2.npy"]
    want, got = kernel(reference, pair, folder, threads=2), kernel(program, pair, folder, threads=2)
    faults = []
    for result in want:
        worst = {}
        for entry, (a, b) in enumerate(zip(want[result][1], got[result][1])):
            i, j = divmod(entry, len(x2))
            error = 0.0 if a == b else abs(a - b) / abs(a) if a else math.inf
            allowed = max(bound, NEGATED if j in negated else PARALLEL if i in dim and "b_std = 0.1" in text else 0)
            if not error <= worst.get(allowed, (0, 0, 0))[0]:
                worst[allowed] = error, i, j
            if not error <= allowed:
                faults.append(f"{name} {result}: entry {i}, {j} is {b!r}, expected {a!r}: {error:.2g}")
        print(name, result, ", ".join(f"{error:.2g} of {allowed:g} at {i}, {j}" for allowed, (error, i, j) in worst.items()))
    for order in ("turns=line", "turns=line abreast=4", "turns=nest abreast=2", "band-rows=3 band-layers=4"):
        run([inetc, source, "--precision=f32", "--tile", f"{order} tile-rows=4 tile-columns=16", "-o", folder / "other"])
        if kernel(folder / "other", pair, folder, threads=2) != got:
            faults.append(f"{name}: other bits with {order}")
    alone = folder / "alone"  # where more rows go abreast
    run([inetc, source, "--precision=f32", "--get=nngp", "--tile", "tile-rows=4 tile-columns=16", "-o", alone])
    if kernel(alone, pair, folder, threads=2)["nngp"] != got["nngp"]:
        faults.append(f"{name}: other bits of the nngp without the ntk")
    same = ["--x1", folder / "x2.npy"]
    bits = [kernel(program, same, folder, threads) for threads in (1, 2, 3)]
    if bits[1] != bits[0] or bits[2] != bits[0]:
        faults.append(f"{name}: other bits with other numbers of threads")
    for result, (shape, values) in bits[0].items():
        if not is_symmetric(shape, values):
            faults.append(f"{name} {result}: not symmetric")
    return faults


if __name__ == "__main__":
    check_each(NETWORKS, check, __doc__)
