#!/usr/bin/env python3
"""Compiles golden cases with --target=reference, runs the executables and compares their kernels with the golden ones.

run_program.py --inetc INETC
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

TEST = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TEST))
sys.path.insert(0, str(TEST / "golden"))
import npy  # noqa: E402
import run_golden  # noqa: E402

# a chain; entries of an example with itself; nearly equal examples; strides and branches; a pool in the middle
CASES = {"fc_relu": 1e-12, "fc_dropout_train": 1e-12, "fc_coincident_relu": 1e-12, "wide_resnet_k2": 1e-12,
         "pool_avg_edges": 1e-12}


def check_case(inetc, folder, rtol, scratch):
    program = scratch / "network"
    subprocess.run([inetc, folder / "net.inet", "--target=reference", "-o", program], check=True)
    x2 = folder / "x2.npy"
    inputs = ["--x1", folder / "x1.npy"] + (["--x2", x2] if x2.exists() else [])
    subprocess.run([program, "kernel", *inputs, "--out", f"{scratch}/"], check=True, stdout=subprocess.DEVNULL)
    for result in ("nngp", "ntk"):
        shape, want = npy.read(folder / f"{result}.npy")
        got_shape, got = npy.read(scratch / f"{result}.npy")
        assert got_shape == shape and got.typecode == "d", f"{folder.name} {result}: {got_shape} of {got.typecode}"
        # The peer's own error on the diagonal of the NTK (test/golden/README.md), and its rounding elsewhere.
        peer = result == "ntk" and not x2.exists()
        ratio, i, j = run_golden.worst_entry(want, got, *shape, 1e-3, lambda i, j: 1e-7 if peer and i == j else rtol)
        assert ratio <= 1, f"{folder.name} {result}: entry [{i}, {j}] is {ratio:.3g} of its tolerance"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inetc", required=True)
    inetc = parser.parse_args().inetc
    for name, rtol in CASES.items():
        with tempfile.TemporaryDirectory() as scratch:
            check_case(inetc, TEST / "golden" / name, rtol, pathlib.Path(scratch))
    refused = subprocess.run([inetc, TEST / "golden/fc_relu/net.inet", "--target=reference", "--emit=asm"],
                             capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert refused.stderr == "error: --target=reference generates no code: its --emit is ast, inet, kt or exe\n", refused.stderr
    print(f"{len(CASES)} cases agree")


if __name__ == "__main__":
    main()
