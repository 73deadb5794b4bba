#!/usr/bin/env python3
"""Planes that are gone through in bands of rows: the same bits as whole planes give.

run_bands.py --inetc INETC

Networks whose nests can share bands in all the ways that there are: layers that repeat, layers that do not, sums over taps that
are written over where they lie, two buffers in turn (5x5), residual branches, pools at the end of a level, one kernel or two.
Bands of one row, of some, of more than a plane has; one layer in them, some, all. Each is compared with the planes as a whole,
and is known to have bands: what waits between them takes scratch memory.
"""

import pathlib
import random
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(HERE))
import npy  # noqa: E402
from kernels import check_each, kernel, run  # noqa: E402

# name: (what follows the input, the readout, spatial sizes)
NETWORKS = {
    "repeated": ("for i in 0..9 { x = x -> conv(3) -> relu }", "x -> flatten", (11, 7)),
    "all_planes": ("for i in 0..5 { x = x -> conv(3) -> relu }", "x -> global_avg_pool", (6, 5)),
    "different": ("x = x -> conv(3) -> relu -> conv([5, 3]) -> erf -> conv(3, dilation = 2) -> relu -> conv(1) -> relu",
                  "x -> global_avg_pool", (9, 6)),
    "two_buffers": ("for i in 0..6 { x = x -> conv(5) -> relu }", "x -> flatten", (12, 9)),
    "biased": ("for i in 0..6 { x = x -> conv(3, b_std = 0.3) -> leaky_relu(0.2) }", "x -> flatten", (10, 10)),
    "residual": ("x = x -> conv(3)\n for i in 0..4 { x = x + (x -> relu -> conv(3) -> relu -> conv(3)) }",
                 "x -> relu -> global_avg_pool", (7, 6)),
    "pooled": ("for i in 0..4 { x = x -> conv(3) -> relu }\n x = x -> avg_pool(2, stride = 2)\n"
               "for i in 0..4 { x = x -> conv(3) -> relu }", "x -> flatten", (12, 10)),
    "valid": ("for i in 0..4 { x = x -> conv(3, pad = valid) -> relu }", "x -> flatten", (13, 12)),
    "low": ("for i in 0..5 { x = x -> conv(3) -> relu }", "x -> flatten", (2, 9)),
    # rows that are not written late, as what would wait of them is too much for the stack
    "wide": ("for i in 0..3 { x = x -> conv(3) -> relu }", "x -> flatten", (4, 1100)),
}
BANDS = ["band-rows=1 band-layers=1", "band-rows=1 band-layers=4", "band-rows=3 band-layers=2 rows=2",
         "band-rows=5 band-layers=3 turns=line", "band-rows=2 band-layers=100 abreast=2", "band-rows=100 band-layers=100 rows=1"]
# Each layer has fewer positions than the one before; nothing waits.
WITHOUT_BANDS = {"valid", "wide"}


def scratch_bytes(inetc, source, options):
    command = [inetc, source, "--emit=loops", "-o", "-", *options]
    text = subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout
    return int(re.search(r"block_scratch_bytes = (\d+)", text).group(1))


def check(inetc, name, folder):
    statements, readout, (height, width) = NETWORKS[name]
    source = folder / "n.inet"
    source.write_text(f"network n {{\n input [{height}, {width}, 2]\n default conv {{ pad = same, w_std = 1.4 }}\n x = input\n"
                      f" {statements}\n return {readout} -> dense\n}}\n")
    generator = random.Random(7)
    for file, count in (("x1", 5), ("x2", 19)):
        values = [generator.gauss(0, 1) for _ in range(count * height * width * 2)]
        npy.write(folder / f"{file}.npy", (count, height, width, 2), values, "<f4")
    pair = ["--x1", folder / "x1.npy", "--x2", folder / "x2.npy"]
    faults = []
    for compiled in (["--precision=f32"], ["--precision=f64"]):
        whole = ["--tile", "turns=nest rows=1"]
        run([inetc, source, *compiled, *whole, "-o", folder / "whole"])
        want = kernel(folder / "whole", pair, folder, threads=1)
        least = scratch_bytes(inetc, source, [*compiled, *whole])
        for bands in BANDS if compiled == ["--precision=f32"] else BANDS[2:3]:
            run([inetc, source, *compiled, "--tile", bands, "-o", folder / "bands"])
            if kernel(folder / "bands", pair, folder, threads=2) != want:
                faults.append(f"{name} {compiled[0]}: other bits with {bands}")
        waits = scratch_bytes(inetc, source, [*compiled, "--tile", "band-rows=2 band-layers=3 rows=1"]) > least
        if waits == (name in WITHOUT_BANDS):
            faults.append(f"{name} {compiled[0]}: {'bands' if waits else 'no bands'} in its planes")
    return faults


if __name__ == "__main__":
    check_each(NETWORKS, check, __doc__)
