"""The peer's half of versus_neural_tangents: runs in the virtual environment that it makes.

versus_neural_tangents_peer.py ACTIVATION DEPTH PRECISION X1.npy X2.npy FOLDER

Each line "run" on stdin computes both kernels once and answers with a line of JSON: seconds, and the largest memory that
the process ever used. After the first the kernels are written to FOLDER/nngp.npy and FOLDER/ntk.npy.
"""

import json
import resource
import sys
import time
import types

# Neural Tangents imports TensorFlow through this package only, and nothing here uses it.
sys.modules["neural_tangents.experimental"] = types.ModuleType("neural_tangents.experimental")

import jax  # noqa: E402
import numpy as np  # noqa: E402
from neural_tangents import stax  # noqa: E402


def network(activation, depth):
    layer = {"relu": stax.Relu, "erf": stax.Erf}[activation]
    w_std = {"relu": 2**0.5, "erf": 1.5}[activation]
    dense = [stax.Dense(1, W_std=w_std, b_std=0.1) for _ in range(depth + 1)]
    return stax.serial(*(part for i in range(depth) for part in (dense[i], layer())), dense[depth])


def main():
    activation, depth, precision, x1, x2, folder = sys.argv[1:]
    jax.config.update("jax_enable_x64", precision == "f64")
    dtype = {"f32": np.float32, "f64": np.float64}[precision]
    kernel_fn = network(activation, int(depth))[2]
    # As its documentation advises: one compiled function for both kernels.
    compute = jax.jit(lambda x1, x2: kernel_fn(x1, x2, ("nngp", "ntk")))
    x1, x2 = (jax.device_put(np.load(file).astype(dtype)) for file in (x1, x2))
    jax.block_until_ready(compute(x1, x2))  # compiles

    first = True
    for line in sys.stdin:
        if line.strip() != "run":
            sys.exit(f"unknown request {line!r}")
        begin = time.perf_counter()
        kernels = jax.block_until_ready(compute(x1, x2))
        seconds = time.perf_counter() - begin
        if first:
            np.save(f"{folder}/nngp.npy", np.asarray(kernels.nngp))
            np.save(f"{folder}/ntk.npy", np.asarray(kernels.ntk))
            first = False
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"seconds": seconds, "peak_mb": peak, "dtype": str(kernels.ntk.dtype)}), flush=True)
        del kernels


if __name__ == "__main__":
    main()
