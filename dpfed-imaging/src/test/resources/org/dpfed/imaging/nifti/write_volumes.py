"""Writes volumes of every kind, and how nibabel reads them; lists nibabel's own test files too."""
import itertools
import os
import struct
import sys

import nibabel as nib
import numpy as np

data_path = os.path.join(os.path.dirname(nib.__file__), "tests", "data")
directory = sys.argv[1]
rng = np.random.default_rng(3)


def describe(path, name, number=0):
    """One volume as read by nibabel: in the file's order, and its slices in radiological view."""
    image = nib.load(path)
    if image.ndim == 4:
        image = image.slicer[..., number]
    data = np.atleast_3d(image.get_fdata())
    canonical = np.atleast_3d(nib.as_closest_canonical(image).get_fdata())
    with open(f"{directory}/{name}.expected", "wb") as out:
        out.write(struct.pack(">3i", *data.shape))
        out.write(np.asarray(image.affine)[:3].astype(">f8").tobytes())
        out.write(data.astype(">f4").tobytes(order="F"))
        for slices in (
            canonical[::-1, ::-1, :].transpose(2, 1, 0),
            canonical[::-1, :, ::-1].transpose(1, 2, 0),
            canonical[:, ::-1, ::-1].transpose(0, 2, 1),
        ):
            out.write(struct.pack(">3i", *slices.shape))
            out.write(slices.astype(">f4").tobytes(order="C"))
    print("read", name, path, number, sep=";")


def image(code, endian, affine, form, slope, kind, shape=(5, 4, 3)):
    dtype = np.dtype(code)
    if dtype.kind == "f":
        data = rng.normal(0, 1000, shape)
    else:
        info = np.iinfo(dtype)
        data = rng.integers(info.min, info.max, shape, endpoint=True)
    header = nib.Nifti1Header(endianness=endian)
    header.set_data_dtype(dtype)
    made = kind(data.astype(dtype), None, header)
    made.set_sform(affine if form == "sform" else None, code=2 if form == "sform" else 0)
    made.set_qform(affine if form == "qform" else None, code=1 if form == "qform" else 0)
    made.header.set_slope_inter(*slope)
    return made


def write(made, name, suffix):
    made.to_filename(f"{directory}/{name}{suffix}")


orientations = []
for permutation in itertools.permutations(range(3)):
    for signs in itertools.product([1, -1], repeat=3):
        affine = np.zeros((4, 4))
        for axis in range(3):
            affine[permutation[axis], axis] = signs[axis] * (1 + 0.5 * axis)
        affine[:, 3] = [-10.5, 20.25, 7, 1]
        orientations.append(affine)

codes = ["u1", "i1", "i2", "u2", "i4", "u4", "f4", "f8"]
suffixes = [".nii", ".nii.gz", ".img", ".img.gz"]
count = 0
for code, endian, affine in itertools.product(codes, "<>", orientations):
    form = "sform" if count % 2 else "qform"
    slope = [(None, None), (2.5, -3), (0.1, 0)][count % 3]
    suffix = suffixes[count % 4]
    kind = nib.Nifti1Pair if "img" in suffix else nib.Nifti1Image
    name = f"v{count}"
    write(image(code, endian, affine, form, slope, kind), name, suffix)
    describe(f"{directory}/{name}{suffix}", name)
    count += 1

# Oblique axes, and several volumes.
for degrees in [5, 15, 25, 29]:
    for plane in [(0, 1), (0, 2), (1, 2)]:
        for base in orientations[::7]:
            turn = np.eye(4)
            c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
            turn[np.ix_(plane, plane)] = [[c, -s], [s, c]]
            form = "sform" if count % 2 else "qform"
            made = image("i2", "<", turn @ base, form, (None, None), nib.Nifti1Image)
            write(made, f"v{count}", ".nii")
            describe(f"{directory}/v{count}.nii", f"v{count}")
            count += 1
made = image("i2", ">", orientations[9], "sform", (None, None), nib.Nifti1Image, (5, 4, 3, 6))
write(made, "several", ".nii.gz")
for number in [0, 3, 5]:
    describe(f"{directory}/several.nii.gz", f"several{number}", number)

turn = np.eye(4)
turn[:2, :2] = np.array([[0.8, -0.6], [0.6, 0.8]])
write(image("u1", "<", turn, "sform", (None, None), nib.Nifti1Image), "oblique", ".nii")
write(image("u1", "<", turn, "none", (None, None), nib.Nifti1Image), "nowhere", ".nii")
for code in ["c8", "c16", "i8", "u8"]:
    made = nib.Nifti1Image(np.zeros((2, 2, 2), code), np.eye(4), dtype=code)
    write(made, f"type-{code}", ".nii")
colours = np.zeros((2, 2, 2), [("R", "u1"), ("G", "u1"), ("B", "u1")])
write(nib.Nifti1Image(colours, np.eye(4)), "type-rgb", ".nii")
write(nib.Nifti2Image(np.zeros((2, 2, 2), "u1"), np.eye(4)), "nifti2", ".nii")
write(nib.AnalyzeImage(np.zeros((2, 2, 2), "u1"), np.eye(4)), "analyze", ".img")
write(nib.Nifti1Image(np.full((2, 2, 2), np.nan, "f4"), np.eye(4)), "nan", ".nii")
write(nib.Nifti1Image(np.zeros((2, 2, 2, 1, 3), "f4"), np.eye(4)), "vectors", ".nii")

for file in sorted(os.listdir(data_path)):
    path = os.path.join(data_path, file)
    if file.endswith((".nii", ".nii.gz")) and "nifti2" not in file and "dconn" not in file:
        volumes = (nib.load(path).shape + (1,))[3]
        for number in sorted({0, volumes - 1}):
            describe(path, f"own-{file}-{number}", number)
    elif file.endswith((".nii", ".nii.gz", ".hdr")):
        print("refused", file, path, 0, sep=";")
