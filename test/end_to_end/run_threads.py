#!/usr/bin/env python3
"""Predictions of the digits are the same file for every number of threads.

run_threads.py --inetc INETC
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

EXAMPLES = pathlib.Path(__file__).resolve().parent.parent.parent / "examples"


def run(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\nexit status {done.returncode}\n{done.stdout}{done.stderr}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inetc", required=True)
    arguments = parser.parse_args()
    digits = EXAMPLES / "data"
    with tempfile.TemporaryDirectory() as folder:
        program, out = pathlib.Path(folder) / "mlp", pathlib.Path(folder) / "p.npz"
        run(arguments.inetc, EXAMPLES / "mlp.inet", "-o", program)
        for kernel in ("nngp", "ntk"):
            for time, covariance in (("inf", "full"), ("1e3,inf", "diag")):
                files = set()
                for threads in (1, 2, 3, 5):
                    run(program, "predict", "--train-x", digits / "digits_train_x.npy",
                        "--train-y", digits / "digits_train_y.npy", "--test-x", digits / "digits_test_x.npy",
                        "--diag-reg", "1e-3", "--kernel", kernel, "--time", time, "--cov", covariance,
                        "--threads", threads, "--quiet", "--out", out)
                    files.add(out.read_bytes())
                if len(files) != 1:
                    sys.exit(f"{kernel}, time {time}, cov {covariance}: {len(files)} results of 1, 2, 3 and 5 threads")
                print(f"{kernel}, time {time}, cov {covariance}: the same {len(out.read_bytes())} bytes")


if __name__ == "__main__":
    main()
