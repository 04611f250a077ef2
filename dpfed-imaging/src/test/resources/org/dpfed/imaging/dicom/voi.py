"""Applies the values of interest that files propose, by pydicom, for comparison.

Usage: voi.py DIRECTORY < paths. Writes N.voi for the N-th path: little-endian float64 from 0 to 1.
"""
import sys
import warnings

import numpy as np
import pydicom
from pydicom.pixel_data_handlers import util

warnings.simplefilter("ignore")
for number, line in enumerate(sys.stdin):
    ds = pydicom.dcmread(line.rstrip("\n"))
    stored = ds.pixel_array & ((1 << ds.BitsStored) - 1)
    bits = ds.VOILUTSequence[0].LUTDescriptor[2] if "VOILUTSequence" in ds else ds.BitsStored
    values = util.apply_voi_lut(stored, ds) / ((1 << bits) - 1)
    values.astype("<f8").tofile(f"{sys.argv[1]}/{number}.voi")
    print(values.size)
