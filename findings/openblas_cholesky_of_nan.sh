#!/usr/bin/env bash
# OpenBLAS's Cholesky factorisation of a matrix with a NaN in it succeeds.
#
# Seen with NumPy 2.4.6 and SciPy 1.17.1 from PyPI (OpenBLAS inside): LAPACK's dpotrf returns info = 0 and a factor of
# NaNs, and numpy.linalg.cholesky returns it without LinAlgError. The reference LAPACK tests each pivot for NaN and
# returns its index (dpotrf2.f), so a caller of LAPACK would take info = 0 for a finite factor. A Gaussian process
# whose kernel has one NaN entry so predicts NaN without an error.
#
# What we do: the entries of a kernel are checked before it is factored (runtime/predict).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" - <<'PYTHON'
import numpy as np
from scipy.linalg import lapack

kernel = np.eye(200) * 200 + 1.0
kernel[100, 100] = np.nan
factor, info = lapack.dpotrf(kernel, lower=1)
print(f"dpotrf: info = {info}, {np.isnan(np.tril(factor)).sum()} NaNs in the factor")
assert info == 0 and np.isnan(factor[199, 199])
print(f"numpy.linalg.cholesky: {np.isnan(np.linalg.cholesky(kernel)).sum()} NaNs, no exception")
PYTHON
