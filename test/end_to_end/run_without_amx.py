#!/usr/bin/env python3
"""A process that the system does not let use AMX, as in some containers, on a processor that has it.

run_without_amx.py --inetc INETC

A program for several processors takes its next best variant; one for AMX alone says what is missing; and the compiler does not
generate AMX for such a machine. Exit status 77 (skipped) where the processor has no AMX.
"""

import argparse
import ctypes
import pathlib
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from kernels import has_amx  # noqa: E402

NETWORK = "network n {\n  input [256]\n  return input -> dense -> relu -> dense\n}\n"
SKIPPED = 77


def forbid_amx():
    """A seccomp filter under which arch_prctl(ARCH_REQ_XCOMP_PERM, ...) fails with EPERM, as in the kernel's headers."""
    load, equal, answer = 0x20, 0x15, 0x06  # BPF_LD | BPF_W | BPF_ABS, BPF_JMP | BPF_JEQ | BPF_K, BPF_RET | BPF_K
    arch_prctl, request_permission = 158, 0x1023
    allow, refuse = 0x7FFF0000, 0x00050001
    program = [(load, 0, 0, 0), (equal, 0, 3, arch_prctl), (load, 0, 0, 16), (equal, 0, 1, request_permission),
               (answer, 0, 0, refuse), (answer, 0, 0, allow)]
    code = b"".join(struct.pack("HBBI", *step) for step in program)
    memory = ctypes.create_string_buffer(code, len(code))
    libc = ctypes.CDLL(None, use_errno=True)
    no_new_privileges, set_seccomp, filter_mode = 38, 22, 2
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(program), ctypes.addressof(memory)), 16)
    if libc.prctl(no_new_privileges, 1, 0, 0, 0) or libc.prctl(set_seccomp, filter_mode, header):
        raise OSError(ctypes.get_errno(), "prctl")


def run(command, forbidden=True):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False,
                          preexec_fn=forbid_amx if forbidden else None)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inetc", required=True)
    inetc = parser.parse_args().inetc
    if not has_amx():
        print("skipped: needs a processor with AMX")
        sys.exit(SKIPPED)
    faults = []

    def expect(what, done, status, text):
        if done.returncode != status or text not in done.stdout + done.stderr:
            faults.append(f"{what}: exit status {done.returncode}, expected {status} with {text!r}\n{done.stdout}{done.stderr}")

    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        source, several, one = folder / "n.inet", folder / "several", folder / "one"
        source.write_text(NETWORK)
        expect("compiling for several", run([inetc, source, "--cpu=multi", "-o", several], forbidden=False), 0, "")
        expect("compiling for AMX", run([inetc, source, "--cpu=x86-64-v4-amx", "-o", one], forbidden=False), 0, "")
        expect("several, permitted", run([several, "info"], forbidden=False), 0, "x86-64-v4-amx")
        expect("several", run([several, "info"]), 0, "x86-64-v4, ")
        expect("one", run([one, "info"]), 1, "lacks the instruction set x86-64-v4-amx")
        expect("the compiler", run([inetc, source, "--emit=tiled", "-o", "-"]), 0, 'gram = "registers"')
    sys.exit("\n".join(faults) or 0)


if __name__ == "__main__":
    main()
