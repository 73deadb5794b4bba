"""Reads and writes .npy files with the standard library alone: the tests ask for nothing but Python itself."""

import ast
import array
import pathlib
import struct
import zipfile

CODES = {"<f4": "f", "<f8": "d", "|u1": "B", "<i4": "i", "<i8": "q"}


def read(path):
    """(shape, values) of a file: a tuple and a flat array in C order. Raises ValueError for anything but a plain array."""
    return parse(path, pathlib.Path(path).read_bytes())


def read_archive(path):
    """{name: (shape, values)} of an .npz file."""
    with zipfile.ZipFile(path) as archive:
        return {name.removesuffix(".npy"): parse(name, archive.read(name)) for name in archive.namelist()}


def parse(path, content):
    if content[:6] != b"\x93NUMPY":
        raise ValueError(f"{path}: not an .npy file")
    wide = content[6] > 1
    length = struct.unpack_from("<I" if wide else "<H", content, 8)[0]
    begin = (12 if wide else 10) + length
    header = ast.literal_eval(content[begin - length:begin].decode())
    if header["fortran_order"] or header["descr"] not in CODES:
        raise ValueError(f"{path}: {header}")
    values = array.array(CODES[header["descr"]])
    values.frombytes(content[begin:])
    size = 1
    for extent in header["shape"]:
        size *= extent
    if len(values) != size:
        raise ValueError(f"{path}: shape {header['shape']}, but {len(values)} values")
    return header["shape"], values


def write(path, shape, values, descr="<f8"):
    """Writes a flat sequence in C order as version 1.0 of the format."""
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {tuple(shape)!r}, }}".encode()
    header += b" " * (-(len(header) + 11) % 64) + b"\n"
    body = array.array(CODES[descr], values).tobytes()
    pathlib.Path(path).write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + body)
