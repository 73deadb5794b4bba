#!/usr/bin/env python3
"""Compiles the network of a case of test/golden_predict in f64 and compares what `predict` writes with the case.

run_predictions.py --inetc INETC CASE
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import npy  # noqa: E402

RELATIVE_ERROR = 1e-9  # to the largest entry: kernels right to 1e-12, and a condition number of 1e3 or so


def run(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\nexit status {done.returncode}\n{done.stdout}{done.stderr}")


def fault(what, got, want):
    """Why the two arrays differ, or None."""
    (got_shape, got_values), (shape, values) = got, want
    # One time may or may not have an axis of its own.
    if [size for size in got_shape if size != 1] != [size for size in shape if size != 1]:
        return f"{what}: shape {got_shape}, expected {shape}"
    error = max(abs(a - b) for a, b in zip(got_values, values)) / max(map(abs, values))
    print(f"{what}: {error:.1e} of the largest entry")
    return None if error <= RELATIVE_ERROR else f"{what}: error {error} of the largest entry"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inetc", required=True)
    parser.add_argument("case", type=pathlib.Path)
    arguments = parser.parse_args()
    case = arguments.case
    facts = json.loads((case / "case.json").read_text())
    times = ",".join(map(repr, npy.read(case / "times.npy")[1]))

    faults = []
    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name)
        network = scratch / "network"
        run(arguments.inetc, case / "net.inet", "--precision=f64", "-o", network)
        for kernel in ("nngp", "ntk"):

            def predict(*options):
                out = scratch / "p.npz"
                run(network, "predict", "--train-x", case / "x_train.npy", "--train-y", case / "y_train.npy", "--kernel",
                    kernel, "--diag-reg", repr(facts["diag_reg"]), "--cov", "full", "--out", out, *options)
                return npy.read_archive(out)

            for golden, options in [
                (f"{kernel}_inf_{{}}", ["--time", "inf"]),
                (f"{kernel}_inf_{{}}_absolute", ["--diag-reg-absolute"]),
                (f"{kernel}_t_{{}}", ["--time", times, "--learning-rate", repr(facts["learning_rate"])]),
            ]:
                got = predict("--test-x", case / "x_test.npy", *options)
                for result in ("mean", "cov"):
                    what = golden.format(result)
                    faults.append(fault(f"{case.name} {what}", got[result], npy.read(case / f"{what}.npy")))
            # The training set itself is predicted as the same examples of a test set are.
            every = ["--time", f"{times},inf"]
            alone, as_test = predict(*every), predict("--test-x", case / "x_train.npy", *every)
            for result in ("mean", "cov"):
                faults.append(fault(f"{case.name} {kernel} training set {result}", alone[result], as_test[result]))
    sys.exit("\n".join(filter(None, faults)) or 0)


if __name__ == "__main__":
    main()
