"""Our half of versus_neural_tangents: calls a kernel that `inetc --emit=lib` made, from a shared library.

versus_neural_tangents_ours.py LIBRARY.so NETWORK THREADS PRECISION X1.npy X2.npy FOLDER

Answers to "run" on stdin as versus_neural_tangents_peer.py does.
"""

import ctypes
import json
import resource
import sys
import time

import numpy as np


DTYPES = {"f32": np.dtype(np.float32), "f64": np.dtype(np.float64)}


def empty(rows, columns, dtype):
    """A new array aligned to cache lines, as those of the peer are."""
    memory = np.empty(rows * columns * dtype.itemsize + 64, np.uint8)
    begin = -memory.ctypes.data % 64
    return memory[begin:begin + rows * columns * dtype.itemsize].view(dtype).reshape(rows, columns)


def main():
    library, network, threads, precision, x1, x2, folder = sys.argv[1:]
    loaded = ctypes.CDLL(library)
    program = ctypes.byref(ctypes.c_char.in_dll(loaded, f"{network}_program"))
    dtype = DTYPES[precision]
    x1, x2 = (np.load(file).astype(dtype) for file in (x1, x2))
    error = ctypes.create_string_buffer(256)

    def compute():
        nngp, ntk = (empty(len(x1), len(x2), dtype) for _ in range(2))
        arrays = [ctypes.c_void_p(array.ctypes.data) for array in (x1, x2, nngp, ntk)]
        status = loaded.inet_compute_kernel(program, arrays[0], ctypes.c_int64(len(x1)), arrays[1], ctypes.c_int64(len(x2)),
                                            *arrays[2:], int(threads), error, ctypes.c_size_t(len(error)))
        if status != 0:
            sys.exit(error.value.decode())
        return nngp, ntk

    compute()  # as the peer does, which compiles then
    first = True
    for line in sys.stdin:
        if line.strip() != "run":
            sys.exit(f"unknown request {line!r}")
        begin = time.perf_counter()
        nngp, ntk = compute()
        seconds = time.perf_counter() - begin
        if first:
            np.save(f"{folder}/nngp.npy", nngp)
            np.save(f"{folder}/ntk.npy", ntk)
            first = False
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"seconds": seconds, "peak_mb": peak, "dtype": str(ntk.dtype)}), flush=True)
        del nngp, ntk


if __name__ == "__main__":
    main()
