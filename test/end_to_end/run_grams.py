#!/usr/bin/env python3
"""Every way to compute the gram of a tile, on inputs of many widths, against the reference evaluator.

run_grams.py --inetc INETC

The examples are ordinary ones and hard ones: equal, nearly equal, scaled, negated, zero, huge and tiny. Tiles are small, so that
blocks of products begin and end anywhere, and results both in whole cache lines and not. Also: the same bits for every tiling and number of threads (but those of BLAS, which
sums in another order), and K(X, X) exactly symmetric. Ways that need a processor that this one is not are said to be skipped.
"""

import argparse
import itertools
import pathlib
import random
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(HERE))
import npy  # noqa: E402
from kernels import has_amx, is_symmetric, kernel, run  # noqa: E402

NETWORK = """network n {{
  input [{features}]
  default dense {{ w_std = sqrt(2) }}
  x = input -> dense
  for i in 0..2 {{ x = x -> {activation} -> dense }}
  return x
}}
"""
WIDTHS = (13, 32, 100, 784)
GRAMS = {"f32": ("direct", "registers", "bf16x6", "blas"), "f64": ("direct", "registers", "int8x28", "blas")}
AMX = ("bf16x6", "int8x28")
TILINGS = ("tile-rows=1024", "tile-rows=4 tile-columns=16", "tile-rows=20 tile-columns=48")
# Rounding through three layers: relative, of erf (whose kernels pass through zero) to the largest entry. Of an example and its
# negative relu's NTK keeps half of the digits: the squared distance is near its largest value, where K has a root.
BOUND, NEGATED = {"f32": 2e-6, "f64": 4e-15}, {"f32": 1e-3, "f64": 5e-8}


def make_examples(features, activation):
    rng = random.Random(features)

    def ordinary():
        return [rng.gauss(0, 1) for _ in range(features)]

    base = ordinary()
    hard = [[-v for v in base], base, base]
    if activation == "relu":
        hard += [[v * (1 + near * rng.gauss(0, 1)) for v in base] for near in (1e-2, 1e-4, 1e-6)]
        hard += [[size * v for v in base] for size in (1e15, 1e-15, 3.0)] + [[0.0] * features]
    return [ordinary() for _ in range(37)] + hard, [ordinary() for _ in range(64 - len(hard))] + hard, len(hard)


def check(inetc, precision, features, activation, gram, folder, want, inputs, hard):
    """Returns (faults, the largest error)."""
    faults, largest = [], 0.0
    name, first = f"{gram}, {precision}, {features} features, {activation}", None
    for tiling in TILINGS:
        program = folder / "n"
        run([inetc, folder / "n.inet", f"--precision={precision}", "--tile", f"gram={gram} {tiling}", "-o", program])
        got = {what: kernel(program, files, folder, threads=1) for what, files in inputs.items()}
        if kernel(program, inputs["pair"], folder, threads=3) != got["pair"]:
            faults.append(f"{name}: other bits with 3 threads")
        if gram != "blas" and first not in (None, got):
            faults.append(f"{name}: other bits with {tiling}")
        first = got
        for what, results in got.items():
            for result, ((rows, columns), values) in results.items():
                expected = want[what][result][1]
                unit = max(map(abs, expected))
                for entry, (a, b) in enumerate(zip(expected, values)):
                    i, j = divmod(entry, columns)
                    error = abs(a - b) / (unit if activation == "erf" else abs(a)) if a != b else 0.0
                    negated = (i == rows - hard) != (j == columns - hard)
                    largest = max(largest, 0.0 if negated else error)
                    if not error <= (NEGATED if negated else BOUND)[precision]:
                        faults.append(f"{name}, {tiling}: {what} {result} {i}, {j} is {b!r}, expected {a!r}")
                if what == "same" and not is_symmetric((rows, columns), values):
                    faults.append(f"{name}, {tiling}: {result} is not symmetric")
    return faults, largest


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inetc", required=True)
    parser.add_argument("--widths", type=int, nargs="+", default=WIDTHS)
    arguments = parser.parse_args()
    if not has_amx():
        print(f"skipped: {' and '.join(AMX)}, which need a processor with AMX")
    faults = []
    for features in arguments.widths:
        for precision, activation in itertools.product(GRAMS, ("relu", "erf")):
            with tempfile.TemporaryDirectory() as scratch:
                folder = pathlib.Path(scratch)
                (folder / "n.inet").write_text(NETWORK.format(features=features, activation=activation))
                *sides, hard = make_examples(features, activation)
                for file, examples in zip(("x1", "x2"), sides):
                    npy.write(folder / f"{file}.npy", (len(examples), features), [v for e in examples for v in e],
                              "<f4" if precision == "f32" else "<f8")
                x1, x2 = folder / "x1.npy", folder / "x2.npy"
                inputs = {"pair": ["--x1", x1, "--x2", x2], "turned": ["--x1", x2, "--x2", x1], "same": ["--x1", x2]}
                run([arguments.inetc, folder / "n.inet", "--target=reference", f"--precision={precision}", "-o", folder / "reference"])
                want = {what: kernel(folder / "reference", files, folder, threads=2) for what, files in inputs.items()}
                errors = []
                for gram in GRAMS[precision]:
                    if (gram == "direct" and features > 100) or (gram in AMX and not has_amx()):
                        continue  # code for each feature, or none for this machine
                    found, largest = check(arguments.inetc, precision, features, activation, gram, folder, want, inputs, hard)
                    faults += found
                    errors.append(f"{gram} {largest:.2g}")
                print(f"{features} features, {precision}, {activation}: {', '.join(errors)}", flush=True)
    sys.exit("\n".join(faults[:50]) or 0)


if __name__ == "__main__":
    main()
