"""embed_prediction.py EXECUTABLE EMBED_OUTPUT FOLDER: predicts the images of examples/embed/embed.c with the command, and
compares what it writes with what the C program printed, digit for digit."""

import ast
import pathlib
import struct
import subprocess
import sys
import zipfile

SIDE, WHITE = 8, 16
PIXELS = [(row, column) for row in range(SIDE) for column in range(SIDE)]
TRAINING = [[WHITE for row, column in PIXELS],
            [WHITE if column < 4 else 0 for row, column in PIXELS],
            [WHITE if (row + column) % 2 else 0 for row, column in PIXELS]]
SHARES = [1, 0.5, 0.5]
ASKED = [[WHITE if row % 7 and column % 7 else 0 for row, column in PIXELS]]


def numbers(archive, name):
    """The one number of a float64 array in an .npz."""
    bytes_ = zipfile.ZipFile(archive).read(name + ".npy")
    size = struct.unpack("<H", bytes_[8:10])[0]
    assert ast.literal_eval(bytes_[10:10 + size].decode())["descr"] == "<f8"
    (value,) = struct.unpack("<d", bytes_[10 + size:])
    return value


def main():
    executable, printed, folder = sys.argv[1], pathlib.Path(sys.argv[2]).read_text(), pathlib.Path(sys.argv[3])

    def table(name, rows):
        (folder / name).write_text("".join(",".join(map(str, row)) + "\n" for row in rows))
        return str(folder / name)

    subprocess.run([executable, "predict", "--train", table("train.csv", [x + [y] for x, y in zip(TRAINING, SHARES)]),
                    "--task", "regression", "--test", table("test.csv", ASKED), "--diag-reg", "1e-3", "--cov", "diag",
                    "--out", str(folder / "p.npz")], check=True, stdout=subprocess.DEVNULL)
    want = f"share of white  {numbers(folder / 'p.npz', 'mean'):.9g}, variance {numbers(folder / 'p.npz', 'cov'):.9g}"
    if want not in printed.splitlines():
        sys.exit(f"'{want}' was predicted by the command; the program printed:\n{printed}")


main()
