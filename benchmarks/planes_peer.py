"""The peer's half of benchmarks/planes: planes_peer.py READOUT DEPTH N: seconds of each of three runs of N x N images.

READOUT is gap, flatten or myrtle. Pooled networks run in float64, in which the peer is three to four times as fast there.
"""

import sys
import time
import types

# Neural Tangents imports TensorFlow through this package only, and nothing here uses it.
sys.modules["neural_tangents.experimental"] = types.ModuleType("neural_tangents.experimental")

import jax  # noqa: E402

kind, depth, n = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
jax.config.update("jax_enable_x64", kind != "flatten")

import numpy as np  # noqa: E402
from neural_tangents import stax  # noqa: E402


def convolutions(count):
    return [layer for _ in range(count) for layer in (stax.Conv(1, (3, 3), padding="SAME", W_std=2**0.5), stax.Relu())]


def network():
    if kind != "myrtle":
        readout = stax.GlobalAvgPool() if kind == "gap" else stax.Flatten()
        return stax.serial(*convolutions(depth), readout, stax.Dense(1))
    pool, (first, others) = stax.AvgPool((2, 2), (2, 2)), {5: (2, 1), 10: (3, 3)}[depth]
    return stax.serial(*convolutions(first), pool, *convolutions(others), pool, *convolutions(others), pool, pool, pool,
                       stax.Flatten(), stax.Dense(1))


kernel_fn = network()[2]
compute = jax.jit(lambda x1, x2: kernel_fn(x1, x2, ("nngp", "ntk")))
images = np.random.default_rng(0).standard_normal((2, n, 32, 32, 3)).astype("f8" if kind != "flatten" else "f4")
jax.block_until_ready(compute(*images))
for _ in range(3):
    begin = time.perf_counter()
    jax.block_until_ready(compute(*images))
    print(time.perf_counter() - begin, flush=True)
