"""Kernels of compiled programs, for the scripts beside this file."""

import argparse
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import npy  # noqa: E402


def has_amx():
    """Whether this processor multiplies matrices of bfloat16 (whatever the system permits)."""
    return "amx_bf16" in pathlib.Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace").split()


def run(command):
    """Raises RuntimeError, with what the command printed, where it fails."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}\nexit status {done.returncode}\n{done.stderr}")


def kernel(program, inputs, folder, threads, results=("nngp", "ntk")):
    """{"nngp": (shape, values), "ntk": ...} of what `inputs` (the options --x1 and --x2) say; written into `folder`."""
    run([program, "kernel", *inputs, f"--threads={threads}", "--quiet", "--out", f"{folder}/"])
    return {name: npy.read(folder / f"{name}.npy") for name in results}


def is_symmetric(shape, values):
    """Bit for bit."""
    n = shape[0]
    return all(values[i * n + j] == values[j * n + i] for i in range(n) for j in range(i))


def check_each(names, check, description):
    """The main program of a script that takes --inetc and names: exits with the faults that check(inetc, name, folder) finds."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inetc", required=True)
    parser.add_argument("names", nargs="*", default=list(names))
    arguments = parser.parse_args()
    faults = []
    for name in arguments.names:
        with tempfile.TemporaryDirectory() as folder:
            faults += check(arguments.inetc, name, pathlib.Path(folder))
    sys.exit("\n".join(faults) or 0)
