"""Reads the pixels of DICOM files by pydicom, in the units of the modality, for comparison.

Usage: read.py DIRECTORY < paths. Writes N.raw for the N-th path, little-endian float32, frame after frame and channel
after channel, and prints "frames channels rows columns", or "-" for a file that pydicom does not read.
"""
import sys
import warnings

import numpy as np
import pydicom
from pydicom.pixel_data_handlers import util

warnings.simplefilter("ignore")


def pixels(path):
    ds = pydicom.dcmread(path, force=True)
    frames = int(ds.get("NumberOfFrames") or 1)
    raw = ds.pixel_array
    colours = ds.SamplesPerPixel > 1
    if not any(key in ds for key in ("FloatPixelData", "DoubleFloatPixelData")):
        # pydicom 2 leaves the bits that are not stored in place.
        stored = (raw.astype(np.int64) & ((1 << ds.BitsAllocated) - 1)) >> (ds.HighBit + 1 - ds.BitsStored)
        stored &= (1 << ds.BitsStored) - 1
        if ds.PixelRepresentation == 1:
            stored -= (stored >> (ds.BitsStored - 1)) << ds.BitsStored
    else:
        stored = raw
    if ds.PhotometricInterpretation == "PALETTE COLOR":
        stored, colours = util.apply_color_lut(stored, ds), True
    elif ds.PhotometricInterpretation.startswith("YBR"):
        stored = util.convert_color_space(raw, ds.PhotometricInterpretation, "RGB")
    elif "ModalityLUTSequence" in ds:
        stored = util.apply_modality_lut(stored, ds)
    elif "RescaleSlope" in ds:
        stored = stored.astype(np.float64) * float(ds.RescaleSlope) + float(ds.RescaleIntercept)
    elif "DoseGridScaling" in ds:
        stored = stored.astype(np.float64) * float(ds.DoseGridScaling)
    channels = 3 if colours else 1
    shaped = stored.reshape(frames, ds.Rows, ds.Columns, channels)
    return shaped.transpose(0, 3, 1, 2).astype("<f4")


for number, line in enumerate(sys.stdin):
    try:
        values = pixels(line.rstrip("\n"))
    except Exception:  # Whatever pydicom does not read.
        print("-", flush=True)
        continue
    values.tofile(f"{sys.argv[1]}/{number}.raw")
    print(*values.shape, flush=True)
