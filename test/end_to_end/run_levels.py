#!/usr/bin/env python3
"""An example at every level of the processor, in both precisions.

run_levels.py --inetc INETC [NAME...]

Each is compiled; what this processor can run is run on a few examples of the data, one of them twice, and compared with the
reference evaluator.
"""

import itertools
import math
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(HERE))
import npy  # noqa: E402
from kernels import check_each, kernel, run  # noqa: E402

EXAMPLES = HERE.parent.parent / "examples"
AS_DIGITS = ["-D", "size=8", "-D", "channels=1", "-D", "brightest=16"]
PARAMETERS = {"cntk": [*AS_DIGITS], "myrtle": [*AS_DIGITS], "wide_resnet": [*AS_DIGITS]}
NAMES = ("branches", "cntk", "deep_residual_mlp", "erf_mlp", "last_layer_only", "mlp", "myrtle", "normalized_mlp",
         "sequence", "standard_mlp", "wide_resnet", "yacht")
# What a processor of each level has, as /proc/cpuinfo says it (compiler/targets/Cpu.cpp).
AVX2 = {"avx2", "fma", "bmi2"}
AVX512 = AVX2 | {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}
LEVELS = {"x86-64": set(), "x86-64-v3": AVX2, "x86-64-v4": AVX512,
          "x86-64-v4-amx": AVX512 | {"avx512_bf16", "amx_tile", "amx_bf16", "amx_int8"}}
# Of sqrt(K_ii K_jj). Rounding through at most 40 layers of a network, each some units in the last place.
BOUND = {"f32": 1e-5, "f64": 1e-13}
EXAMPLES_READ = 3


def flags():
    return set(pathlib.Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace").split())


def read_examples(name):
    """A few lists of features that are the same numbers in f32, the first of them twice."""
    if name == "yacht":
        lines = (EXAMPLES / "data" / "yacht_train.csv").read_text(encoding="ascii").splitlines()[1:]
        rows = [[round(64 * float(word)) / 64 for word in line.split(",")[:-1]] for line in lines]
    else:
        (count, *shape), values = npy.read(EXAMPLES / "data" / "digits_train_x.npy")
        features = math.prod(shape)
        rows = [[float(v) for v in values[i * features:(i + 1) * features]] for i in range(count)]
    return rows[:EXAMPLES_READ] + rows[:1]


def compare(what, got, want, precision):
    """The faults of K(X, X)."""
    faults = []
    for result, ((rows, _), values) in got.items():
        expected = want[result][1]
        for i, j in itertools.product(range(rows), repeat=2):
            unit = math.sqrt(expected[i * rows + i] * expected[j * rows + j])
            bound = BOUND[precision]
            a, b = expected[i * rows + j], values[i * rows + j]
            if not abs(a - b) <= bound * unit:
                faults.append(f"{what}: {result} {i}, {j} is {b!r}, expected {a!r} within {bound} of {unit!r}")
    return faults


def check(inetc, name, folder):
    examples, data = read_examples(name), folder / "x.npy"
    npy.write(data, (len(examples), len(examples[0])), [v for e in examples for v in e])
    network = [inetc, EXAMPLES / f"{name}.inet", *PARAMETERS.get(name, [])]
    run([*network, "--target=reference", "-o", folder / "reference"])
    want = kernel(folder / "reference", ["--x1", data], folder, threads=1)
    here, faults = flags(), []
    for level, precision in itertools.product(LEVELS, BOUND):
        what, program = f"{name}, {level}, {precision}", folder / "program"
        runs = LEVELS[level] <= here
        try:
            run([*network, f"--cpu={level}", f"--precision={precision}", *([] if runs else ["--emit=obj"]), "-o", program])
            if not runs:
                print(f"{what}: compiled, and not run on this processor")
                continue
            got = kernel(program, ["--x1", data], folder, threads=1)
        except RuntimeError as error:
            if "lacks the instruction set x86-64-v4-amx" in str(error):  # a system may not permit what the processor has
                print(f"{what}: compiled, and not permitted on this system")
                continue
            faults.append(f"{what}: {error}")
            continue
        faults += compare(what, got, want, precision)
    return faults


if __name__ == "__main__":
    check_each(NAMES, check, __doc__)
