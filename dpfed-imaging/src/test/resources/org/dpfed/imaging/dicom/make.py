"""Makes DICOM files of kinds that pydicom's own test files lack, by pydicom, and prints their paths.

Usage: make.py DIRECTORY. The numbers are random, the same in every run.
"""
import sys
import warnings

import numpy as np
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.pixel_data_handlers.rle_handler import rle_encode_frame
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, RLELossless

warnings.simplefilter("ignore")
directory = sys.argv[1]
random = np.random.default_rng(1)


def instance(rows, columns, allocated, stored=None, high=None, signed=0, frames=1, samples=1, planar=0,
             photometric="MONOCHROME2"):
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
    meta.MediaStorageSOPInstanceUID = "1.2.3.4"
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
    ds.is_little_endian, ds.is_implicit_VR = True, False
    ds.SOPClassUID, ds.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    ds.SeriesInstanceUID, ds.StudyInstanceUID = "1.2.3", "1.2"
    ds.PatientID, ds.Modality = "somebody", "OT"
    ds.Rows, ds.Columns = rows, columns
    ds.BitsAllocated, ds.BitsStored = allocated, stored or allocated
    ds.HighBit = ds.BitsStored - 1 if high is None else high
    ds.PixelRepresentation, ds.SamplesPerPixel = signed, samples
    ds.PhotometricInterpretation = photometric
    if samples > 1:
        ds.PlanarConfiguration = planar
    if frames > 1:
        ds.NumberOfFrames = frames
    return ds


def filled(ds):
    """All bits that are allocated are random, those that are not stored too."""
    frames = int(ds.get("NumberOfFrames", 1))
    samples = 2 if ds.PhotometricInterpretation == "YBR_FULL_422" else ds.SamplesPerPixel
    bits = frames * ds.Rows * ds.Columns * samples * ds.BitsAllocated
    length = (bits + 7) // 8
    content = bytearray(random.integers(0, 256, length, dtype=np.uint8).tobytes())
    # Stretches of equal bytes, for runs.
    content[length // 3:length // 2] = bytes([7]) * (length // 2 - length // 3)
    ds.PixelData = bytes(content) + b"\0" * (length % 2)
    ds["PixelData"].VR = "OB" if ds.BitsAllocated <= 8 else "OW"
    return ds


def save(ds, name):
    path = f"{directory}/{name}.dcm"
    ds.save_as(path, write_like_original=False)
    print(path)


def table(ds, entries, first, bits, values):
    ds.LUTDescriptor = [entries, first, bits]
    ds["LUTDescriptor"].VR = "SS" if first < 0 else "US"
    ds.LUTData = [int(value) for value in values]
    ds["LUTData"].VR = "US"
    return ds


kinds = {
    "one_bit_7x5_3_frames": dict(rows=7, columns=5, allocated=1, frames=3),
    "eight": dict(rows=9, columns=11, allocated=8),
    "eight_signed": dict(rows=9, columns=11, allocated=8, signed=1),
    "eight_5_stored_high_6_signed": dict(rows=9, columns=11, allocated=8, stored=5, high=6, signed=1),
    "twelve": dict(rows=9, columns=11, allocated=16, stored=12),
    "twelve_signed": dict(rows=9, columns=11, allocated=16, stored=12, signed=1),
    "ten_high_12": dict(rows=9, columns=11, allocated=16, stored=10, high=12),
    "twelve_high_15_signed": dict(rows=9, columns=11, allocated=16, stored=12, high=15, signed=1),
    "sixteen_3_frames": dict(rows=9, columns=11, allocated=16, frames=3),
    "sixteen_signed": dict(rows=9, columns=11, allocated=16, signed=1),
    "thirty_two": dict(rows=9, columns=11, allocated=32, stored=20),
    "thirty_two_signed": dict(rows=9, columns=11, allocated=32, signed=1),
    "monochrome_1": dict(rows=9, columns=11, allocated=16, stored=12, photometric="MONOCHROME1"),
    "rgb": dict(rows=9, columns=11, allocated=8, samples=3, photometric="RGB"),
    "rgb_planar": dict(rows=9, columns=11, allocated=8, samples=3, planar=1, photometric="RGB"),
    "rgb_16_2_frames": dict(rows=9, columns=11, allocated=16, samples=3, frames=2, photometric="RGB"),
    "rgb_16_planar": dict(rows=9, columns=11, allocated=16, samples=3, planar=1, frames=2, photometric="RGB"),
    "ybr_full": dict(rows=9, columns=11, allocated=8, samples=3, photometric="YBR_FULL"),
    "ybr_full_planar": dict(rows=9, columns=11, allocated=8, samples=3, planar=1, photometric="YBR_FULL"),
    "ybr_full_422": dict(rows=9, columns=12, allocated=8, samples=3, photometric="YBR_FULL_422"),
}
for name, kind in kinds.items():
    save(filled(instance(**kind)), name)
    if kind["allocated"] > 1 and name != "ybr_full_422":
        ds = filled(instance(**kind))
        numbers = ds.pixel_array.reshape(kind.get("frames", 1), ds.Rows, ds.Columns, ds.SamplesPerPixel)
        encoded = [rle_encode_frame(frame.squeeze()) for frame in numbers]
        ds.file_meta.TransferSyntaxUID = RLELossless
        for fragments in (1, 3):
            ds.PixelData = encapsulate(encoded, fragments_per_frame=fragments, has_bot=fragments > 1)
            ds["PixelData"].VR = "OB"
            ds["PixelData"].is_undefined_length = True
            save(ds, f"{name}_rle_{fragments}")

for bits, first, allocated, signed in [(8, 0, 8, 0), (16, 3, 8, 0), (16, -5, 16, 1), (8, 100, 16, 0)]:
    ds = filled(instance(9, 11, allocated, signed=signed, photometric="PALETTE COLOR"))
    if allocated == 16:
        numbers = random.integers(first - 20, first + 80, 99).astype("<i2" if signed else "<u2")
        ds.PixelData = numbers.tobytes()
    for colour in ("Red", "Green", "Blue"):
        descriptor = f"{colour}PaletteColorLookupTableDescriptor"
        setattr(ds, descriptor, [60, first, bits])
        ds[descriptor].VR = "SS" if signed else "US"
        values = random.integers(0, 1 << bits, 60)
        setattr(ds, f"{colour}PaletteColorLookupTableData", values.astype("<u1" if bits == 8 else "<u2").tobytes())
    save(ds, f"palette_{bits}_from_{first}")

for slope, intercept in [("2.5", "-1024"), ("-0.000123", "7e2"), ("1", "0")]:
    ds = filled(instance(9, 11, 16, stored=12, signed=1))
    ds.RescaleSlope, ds.RescaleIntercept = slope, intercept
    save(ds, f"rescale_{slope}")

for first in (5, -5):
    ds = filled(instance(9, 11, 8, signed=int(first < 0)))
    ds.ModalityLUTSequence = Sequence([table(Dataset(), 50, first, 16, random.integers(0, 65536, 50))])
    save(ds, f"modality_table_from_{first}")

for bits, name in [(32, "FloatPixelData"), (64, "DoubleFloatPixelData")]:
    ds = instance(9, 11, bits)
    for key in ("BitsStored", "HighBit", "PixelRepresentation"):
        delattr(ds, key)
    setattr(ds, name, random.normal(size=99).astype(f"<f{bits // 8}").tobytes())
    save(ds, name)

ds = filled(instance(9, 11, 16))
block = ds.private_block(0x0019, "SOMEBODY", create=True)
inner = Dataset()
inner.add_new(0x00191010, "LO", "SOMEBODY")
inner.Rows = 5
outer = Dataset()
outer.add_new(0x00191010, "SQ", Sequence([inner, Dataset(), inner]))
outer["00191010"].is_undefined_length = True
outer.is_undefined_length_sequence_item = True
block.add_new(1, "SQ", Sequence([outer, outer]))
ds[0x00191001].is_undefined_length = True
save(ds, "private_sequences")

for function, center, width in [("LINEAR", "2000", "1500"), ("LINEAR", "7", "1"), ("LINEAR_EXACT", "1000.5", "0.5"),
                                ("LINEAR_EXACT", "2048", "4096"), ("SIGMOID", "2000", "700"), ("", "100", "50")]:
    ds = filled(instance(9, 11, 16, stored=12))
    ds.WindowCenter, ds.WindowWidth = center, width
    if function:
        ds.VOILUTFunction = function
    save(ds, f"voi_{function or 'NONE'}_{center}")
ds = filled(instance(9, 11, 8))
ds.VOILUTSequence = Sequence([table(Dataset(), 100, 30, 12, random.integers(0, 4096, 100))])
save(ds, "voi_table")
