#!/usr/bin/env python3
"""Compiles the networks of golden cases, runs them and compares their kernels entry by entry.

run_golden.py --inetc INETC --precision f32|f64 CASE...         each CASE is a folder as README.md describes
run_golden.py --inetc INETC --precision f32|f64 --beside FOLDER  all cases in FOLDER that are not here as well

Exit status 0: all agree; 1: some do not; 77: nothing to run (with --beside).
"""

import argparse
import json
import math
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import npy  # noqa: E402

SKIPPED = 77
FLOOR = {"f64": 1e-3, "f32": 1e-2}  # of the largest entry of a column: what smaller entries are measured against


class Unsupported(Exception):
    """The compiler says that it does not have a layer of the network yet."""


def run(command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        if re.search("not supported yet", done.stderr):
            raise Unsupported(done.stderr.strip().splitlines()[0])
        raise RuntimeError(f"{' '.join(map(str, command))}\nexit status {done.returncode}\n{done.stdout}{done.stderr}")


def rtol(case, name, result, precision, i, j):
    """The relative tolerance of entry (i, j)."""
    if precision == "f32":
        return case["rtol_f32"]
    if case["same_inputs"] and result == "ntk" and i == j and not case.get("exact"):
        return 1e-7  # the peer's own error: the angle of two equal vectors, from a difference of equal numbers
    if name.startswith("fc_coincident_") and i == 0 and j == 0:
        return 1e-12  # the two inputs are equal, so nothing cancels
    return case[f"rtol_{precision}"]


def worst_entry(want, got, rows, columns, floor, tolerance):
    """(ratio, i, j): the entry whose error is the largest part of what it may be; above 1 it disagrees."""
    whole = max(abs(value) for value in want)
    worst = (0.0, 0, 0)
    for j in range(columns):
        largest = max(abs(want[i * columns + j]) for i in range(rows)) or whole
        for i in range(rows):
            error = abs(got[i * columns + j] - want[i * columns + j])
            allowed = tolerance(i, j) * max(abs(want[i * columns + j]), floor * largest)
            ratio = 0.0 if error == 0 else error / allowed if allowed > 0 else math.inf
            # Not `ratio > worst`: a NaN must lose.
            if not ratio <= worst[0]:
                worst = (ratio if ratio == ratio else math.inf, i, j)
    return worst


def check(inetc, folder, precision, scratch):
    """Compiles and runs one case; returns the disagreements, a line each."""
    case = json.loads((folder / "case.json").read_text())
    network = scratch / "network"
    run([inetc, folder / "net.inet", f"--precision={precision}", "-o", network])
    inputs = ["--x1", folder / "x1.npy"] + ([] if case["same_inputs"] else ["--x2", folder / "x2.npy"])
    run([network, "kernel", *inputs, "--out", f"{scratch}/"])

    faults = []
    for result in ("nngp", "ntk"):
        shape, want = npy.read(folder / f"{result}.npy")
        got_shape, got = npy.read(scratch / f"{result}.npy")
        if got_shape != shape or got.typecode != {"f32": "f", "f64": "d"}[precision]:
            faults.append(f"{result}: shape {got_shape} of '{got.typecode}', expected {shape} in {precision}")
            continue
        ratio, i, j = worst_entry(want, got, *shape, FLOOR[precision],
                                  lambda i, j: rtol(case, folder.name, result, precision, i, j))
        entry = i * shape[1] + j
        line = f"{result}: worst entry [{i}, {j}] is {got[entry]!r}, expected {want[entry]!r}: {ratio:.3g} of its tolerance"
        print(f"{folder.name} {precision} {line}")
        if ratio > 1:
            faults.append(line)
    return faults


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inetc", required=True)
    parser.add_argument("--precision", choices=["f32", "f64"], required=True)
    parser.add_argument("--beside", type=pathlib.Path)
    parser.add_argument("cases", nargs="*", type=pathlib.Path)
    arguments = parser.parse_args()

    cases = arguments.cases
    if arguments.beside:
        cases = [path.parent for path in sorted(arguments.beside.glob("*/case.json"))
                 if not (HERE / path.parent.name / "case.json").exists()]
    ran = failed = 0
    for folder in cases:
        with tempfile.TemporaryDirectory() as scratch:
            try:
                faults = check(arguments.inetc, folder, arguments.precision, pathlib.Path(scratch))
            except Unsupported as reason:
                if not arguments.beside:
                    sys.exit(str(reason))
                print(f"skipped {folder.name}: {reason}")
                continue
            except (RuntimeError, OSError, ValueError) as fault:
                faults = [str(fault)]
        ran += 1
        failed += bool(faults)
        for fault in faults:
            print(f"FAILED {folder.name} {arguments.precision}: {fault}")
    print(f"{ran} cases ran, {failed} failed")
    if ran == 0:
        sys.exit(SKIPPED if arguments.beside else "no cases")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
