#!/usr/bin/env python3
"""MNIST, three hidden layers of relu: 4,000 images to learn from, 1,000 to test on.

run_large_data.py --inetc INETC --data FOLDER: FOLDER/mnist has {train,test}_{x,y}.npy. Exit status 77, and a line that
says so, where it is not there.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import npy  # noqa: E402

SKIPPED = 77
NETWORK = """network mnist {
  input [28, 28, 1]
  default dense { w_std = sqrt(2), b_std = 0.1 }
  return (input / 255) -> flatten -> dense -> relu -> dense -> relu -> dense -> relu -> dense(10)
}
"""
# By gradient_descent_mse_ensemble of Neural Tangents 0.6.5 in float64 on the same images; in f32 a few may change that lie
# between two classes.
ACCURACY, ACCURACY_ERROR = 0.942, 0.003


def first_rows(source, target, rows):
    shape, values = npy.read(source)
    size = len(values) // shape[0]
    npy.write(target, (rows, *shape[1:]), values[:rows * size], "|u1")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inetc", required=True)
    parser.add_argument("--data", required=True, type=pathlib.Path)
    arguments = parser.parse_args()
    if not (arguments.data / "mnist" / "train_x.npy").exists():
        print("skipped: the large sets of data do not lie beside this checkout")
        sys.exit(SKIPPED)

    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name)
        (scratch / "mnist.inet").write_text(NETWORK)
        subprocess.run([arguments.inetc, scratch / "mnist.inet", "-o", scratch / "mnist"], check=True)
        files = []
        for part, rows in (("train", 4000), ("test", 1000)):
            for kind in "xy":
                target = scratch / f"{part}_{kind}.npy"
                first_rows(arguments.data / "mnist" / target.name, target, rows)
                files += [f"--{part}-{kind}", target]
        done = subprocess.run([scratch / "mnist", "evaluate", *files, "--kernel", "ntk", "--diag-reg", "1e-4", "--json"],
                              check=True, capture_output=True, text=True)
    figures = json.loads(done.stdout)
    print(done.stdout)
    if not abs(figures["accuracy"] - ACCURACY) <= ACCURACY_ERROR:
        sys.exit(f"accuracy {figures['accuracy']}, expected {ACCURACY} within {ACCURACY_ERROR}")


if __name__ == "__main__":
    main()
