"""Prints what pydicom reads of the headers of files, for comparison, separated by tabs.

Usage: header.py DIRECTORY < paths.
"""
import struct
import sys
import warnings

import pydicom

warnings.simplefilter("ignore")
sys.stdout.reconfigure(encoding="utf-8")
for line in sys.stdin:
    ds = pydicom.dcmread(line.rstrip("\n"), force=True, stop_before_pixels=True)
    texts = ["SOPClassUID", "StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "PatientID", "Modality",
             "InstitutionName"]
    cells = [str(ds.get(key) or "").strip() for key in texts]
    cells.append(str(ds.file_meta.get("SourceApplicationEntityTitle") or "").strip())
    # Of several frames, the file says only where the first is.
    several = int(ds.get("NumberOfFrames") or 1) > 1
    for key in ["ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing"]:
        numbers = [] if several and key == "ImagePositionPatient" else ds.get(key) or []
        cells.append(" ".join(struct.pack(">d", float(number)).hex() for number in numbers))
    print("\t".join(cells))
