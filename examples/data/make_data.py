#!/usr/bin/env python3
"""Makes the digits' .npy files again, from the copy of the data that scikit-learn's wheel carries.

make_data.py [WHEEL]: the wheel is fetched with pip where none is given. The result is the same, byte for byte.
"""

import glob
import gzip
import hashlib
import pathlib
import struct
import subprocess
import sys
import tempfile
import zipfile

TRAIN = 1200  # the first 1,200 images; the other 597 are by writers who come later in the file
SHA256 = "6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8"  # of the unpacked digits.csv
HERE = pathlib.Path(__file__).resolve().parent


def read_digits(wheel):
    """Rows of 65 whole numbers: 64 pixels from 0 to 16, then the digit."""
    text = gzip.decompress(zipfile.ZipFile(wheel).read("sklearn/datasets/data/digits.csv.gz"))
    if hashlib.sha256(text).hexdigest() != SHA256:
        sys.exit(f"{wheel}: its digits.csv is not the one that these files were made from")
    return [[int(field) for field in line.split(",")] for line in text.decode().split()]


def write_npy(name, shape, values):
    """An array of unsigned bytes in NumPy's format, version 1.0: its header is padded to a multiple of 64."""
    header = f"{{'descr': '|u1', 'fortran_order': False, 'shape': {shape!r}, }}".encode()
    header += b" " * (-(len(header) + 11) % 64) + b"\n"
    (HERE / name).write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + bytes(values))


def main():
    with tempfile.TemporaryDirectory() as folder:
        wheel = sys.argv[1] if len(sys.argv) > 1 else None
        if wheel is None:
            subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:",
                            "scikit-learn", "-d", folder], check=True)
            wheel = glob.glob(f"{folder}/scikit_learn-*.whl")[0]
        rows = read_digits(wheel)
    for name, part in [("train", rows[:TRAIN]), ("test", rows[TRAIN:])]:
        write_npy(f"digits_{name}_x.npy", (len(part), 64), [pixel for row in part for pixel in row[:64]])
        write_npy(f"digits_{name}_y.npy", (len(part),), [row[64] for row in part])


if __name__ == "__main__":
    main()
