#!/usr/bin/env python3
"""Equal examples have a squared distance of exactly 0 wherever an activation reads one.

run_coincident.py --inetc INETC [--seed S] [--first N] [--count N] [--precisions f64,f32]

Random networks, on positions and without, are cut at a random value, and what they have made of an example until there goes
through a dense layer and `sign`, whose kernel is 1 - 2 theta / pi: where the distance is exactly 0, so is the angle, and the
kernel is 1, or 0 where a variance is 0. A distance of one rounding would show as its root: 1e-8 in f64, 1e-4 in f32. The networks
behind pools and readouts give the mean over positions, which is a whole number of positions.
"""

import pathlib
import random
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(HERE))
import npy  # noqa: E402
import random_networks  # noqa: E402
from kernels import kernel, run  # noqa: E402

# Of the sum over positions of numbers that are 0 or 1, and its mean.
ALLOWED = {"f64": 1e-13, "f32": 1e-6}


def cut_network(seed, number):
    """(text, shape, positions of the result, whether examples that are equal are told apart by dropout)."""
    generator = random_networks.Generator(seed, number)
    text, shape = generator.network() if number % 2 else generator.network_without_positions()
    rng = random.Random(f"cut {seed} {number}")
    value = rng.choice(generator.values)
    layer = rng.choice(["dense", "dense(b_std = 0.3)", "dense(w_std = 1.3, b_std = 0.1)"])
    head = text[:text.index(f"  {value.name} = ")]
    line = text[len(head):].splitlines()[0]
    positions = 1
    for size in value.sizes:
        positions *= size
    ending = f"  return {value.name} -> {layer} -> sign" + (" -> flatten" if value.sizes else "")
    cut = f"{head}{line}\n{ending}\n}}\n"
    return cut, shape, positions, "mode = train" in cut


def make_examples(seed, number, shape):
    """Some examples, of which each comes twice."""
    rng = random.Random(f"coincident {seed} {number}")
    size = 1
    for extent in shape:
        size *= extent
    examples = [[rng.gauss(0, 1) for _ in range(size)] for _ in range(3)]
    examples.append([rng.choice([0.7, -0.3])] * size)
    examples.append([rng.choice([0.0, 0.0, 1.0, -2.0]) for _ in range(size)])
    examples.append([0.0] * size)
    examples += [[scale * v for v in examples[0]] for scale in (1e-4, 37.0)]
    return examples + examples[::-1]


def adds_in_another_order(text):
    """Behind two pools around circles: an example's own planes are added up in another order there than those of pairs (not mended
    yet), and the distance of an example to itself is one rounding."""
    return text.count("pool(") >= 2 and "circular" in text


def check(inetc, number, arguments, folder):
    text, shape, positions, dropout = cut_network(arguments.seed, number)
    if adds_in_another_order(text):
        return text, None
    (folder / "n.inet").write_text(text)
    examples = make_examples(arguments.seed, number, shape)
    n = len(examples)
    npy.write(folder / "x.npy", (n, *shape), [v for e in examples for v in e], "<f4")
    npy.write(folder / "y.npy", (n - 1, *shape), [v for e in examples[1:] for v in e], "<f4")
    faults = []
    for precision in arguments.precisions.split(","):
        run([inetc, folder / "n.inet", f"--precision={precision}", "--get=nngp", "-o", folder / "n"])
        for what, inputs, first in (("same", ["--x1", folder / "x.npy"], 0),
                                    ("pair", ["--x1", folder / "x.npy", "--x2", folder / "y.npy"], 1)):
            (_, columns), values = kernel(folder / "n", inputs, folder, threads=1, results=["nngp"])["nngp"]
            for i in range(n):
                for j in range(columns):
                    own = what == "same" and i == j
                    if examples[i] != examples[j + first] or (dropout and not own):
                        continue
                    count = values[i * columns + j] * positions
                    if not abs(count - round(count)) <= ALLOWED[precision] * positions:
                        faults.append(f"{precision} {what}: entry {i}, {j} is {values[i * columns + j]!r} of {positions} positions")
    return text, faults


def main():
    arguments = random_networks.make_parser(__doc__, count=60).parse_args()
    failed = skipped = 0
    for number in range(arguments.first, arguments.first + arguments.count):
        with tempfile.TemporaryDirectory() as folder:
            text, faults = check(arguments.inetc, number, arguments, pathlib.Path(folder))
        skipped += faults is None
        failed += bool(faults)
        if faults:
            print(f"FAILED network {number} of seed {arguments.seed}\n{text}" + "\n".join(faults[:4]), flush=True)
    print(f"{arguments.count - skipped} networks ran, {failed} failed, {skipped} with two pools around circles were left out")
    sys.exit(1 if failed or arguments.count <= skipped else 0)


if __name__ == "__main__":
    main()
