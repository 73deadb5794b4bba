#!/usr/bin/env python3
"""Compiles random networks on positions and compares their kernels, entry by entry, with the reference evaluator.

run_random_networks.py --inetc INETC [--seed S] [--first N] [--count N] [--precisions f64,f32] [--keep FOLDER]

Also: the same bits for 1 and 3 threads, and K(X, X) exactly symmetric. Networks that the compiler says it does not support yet
are counted. Exit status 1 where a network disagrees.
"""

import collections
import math
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(HERE))
import npy  # noqa: E402
import random_networks  # noqa: E402
from kernels import is_symmetric, kernel  # noqa: E402

# Relative, of entries that are at least this much of the largest.
FLOOR = 1e-3
# f32: smooth duals carry covariances, and an NTK of both signs is a sum that cancels; 2.3e-5 is the worst of some hundred.
UNRELATED = {"f64": 1e-11, "f32": 5e-5}
# Between an example and its (nearly) equal copy, where a covariance is carried or a pool lies in between: half of the digits.
NEAR = {"f64": 1e-7, "f32": 2e-3}


class Unsupported(Exception):
    """The compiler says that it does not support the network yet."""


class Invalid(Exception):
    """The language does not allow the network: the generator's fault."""


def compile_network(inetc, source, output, *options):
    done = subprocess.run([inetc, source, "--cpu=native", "-o", output, *options], capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return
    message = done.stderr.strip()
    if done.returncode == 1 and re.search("not supported", message):
        raise Unsupported(message.splitlines()[0])
    if done.returncode == 1 and "--target=reference" in options:
        raise Invalid(message)
    raise RuntimeError(f"exit status {done.returncode} of the compiler\n{message}")


def worst(want, got, is_near):
    """{near: (relative error, entry)} over the entries of one kernel."""
    (rows, columns), expected = want
    largest = max(abs(value) for value in expected)
    result = {False: (0.0, None), True: (0.0, None)}
    for entry, (a, b) in enumerate(zip(expected, got[1])):
        near = is_near(*divmod(entry, columns))
        error = abs(a - b) / max(abs(a), FLOOR * largest) if a != b else 0.0
        if not error <= result[near][0]:  # a NaN loses
            result[near] = (error if error == error else math.inf, divmod(entry, columns))
    return result


def other_orders(number):
    """What kt-tile chooses for larger planes: {how they are gone through: its options}."""
    bands = f"band-rows={1 + number % 3} band-layers={1 + number % 5} turns={('nest', 'line')[number % 2]}"
    return {
        "rows take turns at each line, two of them abreast": "turns=line abreast=2 tile-rows=4",
        "layers go through bands of rows": f"{bands} rows={(1, 2, 4)[number % 3]} tile-rows=4",
    }


def check(inetc, number, arguments, scratch):
    """Returns (faults, the largest errors)."""
    text, shape = random_networks.make_network(arguments.seed, number)
    source = scratch / "n.inet"
    source.write_text(text)
    x1, x2 = random_networks.make_examples(arguments.seed, number, shape)
    for name, examples in (("x1", x1), ("x2", x2)):
        # numbers of f32, so that both precisions read the same
        npy.write(scratch / f"{name}.npy", (len(examples), *shape), [v for e in examples for v in e], "<f4")
    reference = scratch / "reference"
    compile_network(inetc, source, reference, "--target=reference")
    pair = ["--x1", scratch / "x1.npy", "--x2", scratch / "x2.npy"]
    same = ["--x1", scratch / "x2.npy"]
    faults, errors = [], {}
    wanted = {}
    for what, inputs in (("pair", pair), ("same", same)):
        wanted[what] = kernel(reference, inputs, scratch, threads=2)
        for values in wanted[what].values():
            if not all(abs(v) < 1e25 for v in values[1]):
                raise Invalid("too large numbers")
    n = len(x2)
    near = {"pair": lambda i, j: i == 0 and j >= n - 2, "same": lambda i, j: i == j or (i >= n - 2 and j >= n - 2)}
    for precision in arguments.precisions.split(","):
        program = scratch / "program"
        # small tiles, so that threads have some to share
        compile_network(inetc, source, program, f"--precision={precision}", "--tile", "tile-rows=2 tile-columns=16")
        others = {}
        for how, options in (other_orders(number) if precision == "f32" else {}).items():
            others[how] = scratch / f"other{len(others)}"
            compile_network(inetc, source, others[how], "--precision=f32", "--tile", f"{options} tile-columns=16")
        for what, inputs in (("pair", pair), ("same", same)):
            got = kernel(program, inputs, scratch, threads=1)
            if kernel(program, inputs, scratch, threads=3) != got:
                faults.append(f"{precision} {what}: other bits with 3 threads")
            for how, other in others.items():
                if kernel(other, inputs, scratch, threads=1) != got:
                    faults.append(f"{precision} {what}: other bits where {how}")
            for name, want in wanted[what].items():
                for is_near, (error, entry) in worst(want, got[name], near[what]).items():
                    key = (precision, is_near)
                    errors[key] = max(errors.get(key, 0), error)
                    if error > (NEAR if is_near else UNRELATED)[precision]:
                        at = entry[0] * want[0][1] + entry[1]
                        faults.append(f"{precision} {what} {name}: entry {entry}{' (near)' if is_near else ''} is "
                                      f"{got[name][1][at]!r}, expected {want[1][at]!r}: {error:.2g}")
                if what == "same" and not is_symmetric(*got[name]):
                    faults.append(f"{precision} {name}: not symmetric")
    return faults, errors


def main():
    parser = random_networks.make_parser(__doc__, count=40)
    parser.add_argument("--keep", type=pathlib.Path, help="where networks that fail are written")
    arguments = parser.parse_args()

    ran = failed = invalid = 0
    unsupported = collections.Counter()
    largest = collections.Counter()
    for number in range(arguments.first, arguments.first + arguments.count):
        with tempfile.TemporaryDirectory() as scratch:
            try:
                faults, errors = check(arguments.inetc, number, arguments, pathlib.Path(scratch))
            except Unsupported as reason:
                unsupported[re.sub(r"^.*error: |\d+", "", str(reason))] += 1
                continue
            except Invalid as reason:
                invalid += 1
                print(f"network {number} is not valid: {reason}")
                continue
            except RuntimeError as fault:
                faults, errors = [str(fault)], {}
        ran += 1
        failed += bool(faults)
        for key, error in errors.items():
            largest[key] = max(largest[key], error)
        if faults:
            text = random_networks.make_network(arguments.seed, number)[0]
            print(f"FAILED network {number} of seed {arguments.seed}\n{text}" + "\n".join(faults), flush=True)
            if arguments.keep:
                (arguments.keep / f"{arguments.seed}_{number}.inet").write_text(text)
    for reason, count in unsupported.items():
        print(f"{count} not supported: {reason}")
    for (precision, near), error in sorted(largest.items()):
        print(f"largest error, {precision}{' of near copies' if near else ''}: {error:.3g}")
    print(f"{ran} networks ran, {failed} failed, {sum(unsupported.values())} not supported, {invalid} not valid")
    sys.exit(1 if failed or not ran else 0)


if __name__ == "__main__":
    main()
