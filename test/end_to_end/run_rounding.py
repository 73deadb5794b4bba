#!/usr/bin/env python3
"""Small training sets whose kernels f32 cannot hold: the program says so, what it recommends is right to 1 %, f64 is right,
and no variance is below 0.

run_rounding.py --inetc INETC
"""

import argparse
import json
import math
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import npy  # noqa: E402

SMOOTH = """network smooth { input [1]
  return input -> dense(w_std = 1.5, b_std = 1) -> erf -> dense(w_std = 1.5, b_std = 1) -> erf -> dense }"""
SMOOTH_POINTS = [(0.00002, -6.79), (0.0004, -6.7), (0.002, -0.06), (0.0054, 0.01), (0.0055, 0.01), (0.0099, 0.09),
                 (0.022, 0.29), (0.041, 0.4), (0.0576, 0.27), (0.0577, 0.27), (0.0604, 0.23), (0.1, -0.48)]
# The means at the first five points with diag_reg = 1e-6, features and targets standardised, in 60 digits.
SMOOTH_MEANS = [-7.426, -5.665, -0.621, 0.159, 0.068]

POLYNOMIAL = "network polynomial { input [1] return input -> dense(w_std = 1, b_std = 1) -> monomial(2) -> dense }"
POLYNOMIAL_POINTS = [(x, math.sin((x - 2.5) ** 2)) for x in (.1, .6, 1.3, 1.9, 2.2, 2.8, 3.4, 4.1, 4.6, 4.9)]
# The first mean and the smallest variance at 0, 0.25, ... 5 with diag_reg = 1e-6, nngp.
POLYNOMIAL_MEAN, POLYNOMIAL_VARIANCE = -0.639, 9.3e-5


def run(*command, expected=0):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    if done.returncode != expected:
        sys.exit(f"{' '.join(map(str, command))}\nexit status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout if expected == 0 else done.stderr


def table(path, points):
    path.write_text("x,y\n" + "".join(f"{x!r},{y!r}\n" for x, y in points), encoding="ascii")
    return path


def size(points):
    return math.sqrt(sum(y * y for _, y in points) / len(points))


class Case:
    """A network in both precisions with its points."""

    def __init__(self, inetc, folder, text, points, options, test=None):
        self.folder, self.points = folder, points
        name = text.split()[1]
        (folder / f"{name}.inet").write_text(text, encoding="ascii")
        self.programs = {precision: folder / f"{name}_{precision}" for precision in ("f32", "f64")}
        for precision, program in self.programs.items():
            run(inetc, folder / f"{name}.inet", f"--precision={precision}", "-o", program)
        self.options = ["--train", table(folder / f"{name}.csv", points), "--task", "regression", *options]
        if test:
            self.options += ["--test", table(folder / f"{name}_test.csv", test)]

    def predict(self, precision, diag_reg, *options):
        """(figures, means, variances)"""
        out = self.folder / "p.npz"
        figures = json.loads(run(self.programs[precision], "predict", *self.options, "--cov", "diag", "--diag-reg",
                                 diag_reg, "--out", out, "--json", *options))
        arrays = npy.read_archive(out)
        return figures, list(arrays["mean"][1]), list(arrays["cov"][1])

    def check_advice(self, diag_reg, what):
        """What is recommended is predicted as f64 predicts it, to 1 % of the targets' size."""
        (_, got, _), (_, want, _) = self.predict("f32", diag_reg), self.predict("f64", diag_reg)
        error = max(abs(a - b) for a, b in zip(got, want)) / size(self.points)
        print(f"{what}: diag_reg {diag_reg}, {100 * error:.2g} % off")
        return [] if error < 0.01 else [f"{what}: diag_reg {diag_reg} is {100 * error:.2g} % off"]

    def check(self, name):
        faults = []
        message = run(self.programs["f32"], "predict", *self.options, "--out", self.folder / "p.npz", expected=1)
        faults += self.check_advice(float(message.split("--diag-reg ")[1].split()[0]), f"{name}: advice of the error")
        figures, means, variances = self.predict("f32", 1e-6)
        if not any("may move means" in note for note in figures.get("notes", [])):
            faults.append(f"{name}: nothing is said of the rounding of f32 with diag_reg 1e-6")
        faults += self.check_advice(figures["rounding"]["better_diag_reg"], f"{name}: advice of the note")
        if min(variances) < 0:
            faults.append(f"{name}: a variance is {min(variances)}")
        automatic, _, _ = self.predict("f32", "auto")
        faults += self.check_advice(automatic["diag_reg"], f"{name}: auto")
        exact, want, variances = self.predict("f64", 1e-6)
        if "notes" in exact or exact["rounding"]["mean"] > 1e-6:
            faults.append(f"{name}: f64 is said to be off by {exact['rounding']['mean']}: {exact.get('notes')}")
        error = max(abs(a - b) for a, b in zip(means, want)) / size(self.points)
        if error > figures["rounding"]["mean"]:
            faults.append(f"{name}: f32 is off by {error}, estimated {figures['rounding']['mean']}")
        return faults, want, variances


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inetc", required=True)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        smooth = Case(arguments.inetc, folder, SMOOTH, SMOOTH_POINTS, ["--standardize"])
        faults, means, _ = smooth.check("smooth")
        if max(abs(a - b) for a, b in zip(means, SMOOTH_MEANS)) > 5e-4:
            faults.append(f"smooth in f64: {means[:5]}, exact {SMOOTH_MEANS}")
        polynomial = Case(arguments.inetc, folder, POLYNOMIAL, POLYNOMIAL_POINTS, ["--kernel", "nngp"],
                          [(i / 4, 0.0) for i in range(21)])
        more, means, variances = polynomial.check("polynomial")
        if abs(means[0] - POLYNOMIAL_MEAN) > 5e-4 or abs(min(variances) - POLYNOMIAL_VARIANCE) > 5e-7:
            more.append(f"polynomial in f64: {means[0]}, {min(variances)}")
        faults += more
    sys.exit("\n".join(faults) or 0)


if __name__ == "__main__":
    main()
