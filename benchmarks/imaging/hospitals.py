#!/usr/bin/env python3
"""Writes images as DICOM files of five simulated hospitals.

    hospitals.py IMAGES DIRECTORY [--patients 4000] [--seed 1]

IMAGES is a directory with the four files of Fashion-MNIST, whose shirts (ill) and T-shirts
(healthy) stand in for radiographs, or a file of PneumoniaMNIST. The hospitals, their patients and
their scanners are made up: a patient is one to four images of one class, and a scanner blurs,
scales, adds noise and stores. Below DIRECTORY/archive it writes a directory for each hospital, with a
directory for each patient, and labels.csv with the class of each patient. No image is taken twice;
where there are too few, there are fewer patients.
"""

import argparse
import gzip
import pathlib
import sys
from dataclasses import dataclass

try:
    import numpy as np
    import pydicom
    from pydicom.dataset import FileDataset, FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian, SecondaryCaptureImageStorage
except ImportError as missing:
    sys.exit(f"{missing.name} is missing; install it with: apt-get install python3-pydicom python3-numpy")

CLASSES = ["healthy", "ill"]
T_SHIRT, SHIRT = 0, 6

# The unit of all scanners: what Rescale Slope and Intercept turn stored numbers into.
BRIGHTEST = 1000


@dataclass(frozen=True)
class Hospital:
    """One hospital: its share of all patients, how its patients differ, and its scanner."""

    name: str
    patients: float
    odds: float  # of being ill, as a multiple of those among all images
    gain: float = 1.0
    offset: float = 0.0
    blur: float = 0.0  # standard deviation of a Gaussian, in pixels
    noise: float = 0.0  # standard deviation, in shares of the range
    bits: int = 8
    photometric: str = "MONOCHROME2"


HOSPITALS = [
    Hospital("north", 0.34, 1.0, noise=0.02, bits=12),
    Hospital("east", 0.26, 1.5, gain=0.8, offset=0.10, blur=0.6, noise=0.04, bits=16),
    Hospital("south", 0.20, 0.7, gain=1.2, noise=0.06, bits=8),
    Hospital("west", 0.12, 2.0, gain=0.7, offset=0.2, blur=0.9, noise=0.03, bits=12, photometric="MONOCHROME1"),
    Hospital("island", 0.08, 0.5, gain=0.6, offset=0.05, blur=0.4, noise=0.10, bits=8),
]
MOST_IMAGES = 4  # of one patient
SPARE = 0.1  # share of the images that stays, since the number of ill patients is random


def fashion_mnist(directory):
    """Images of 28 x 28 from 0 to 1, and whether each is a shirt: T-shirts and shirts alone."""
    images, labels = [], []
    for part in "train", "t10k":
        with gzip.open(directory / f"{part}-images-idx3-ubyte.gz") as file:
            images.append(np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 28, 28))
        with gzip.open(directory / f"{part}-labels-idx1-ubyte.gz") as file:
            labels.append(np.frombuffer(file.read(), np.uint8, offset=8))
    images, labels = np.concatenate(images), np.concatenate(labels)
    kept = (labels == T_SHIRT) | (labels == SHIRT)
    return images[kept] / 255.0, (labels[kept] == SHIRT).astype(int)


def pneumonia_mnist(file):
    """Images of 28 x 28 from 0 to 1, and whether each shows pneumonia."""
    arrays = np.load(file)
    parts = "train", "val", "test"
    images = np.concatenate([arrays[part + "_images"] for part in parts])
    labels = np.concatenate([arrays[part + "_labels"] for part in parts])
    return images / 255.0, labels.ravel().astype(int)


def blurred(image, deviation):
    if deviation == 0:
        return image
    reach = int(np.ceil(3 * deviation))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / deviation) ** 2)
    weights /= weights.sum()
    for axis in 0, 1:
        padding = [(reach, reach) if a == axis else (0, 0) for a in (0, 1)]
        padded = np.pad(image, padding, mode="edge")
        image = np.apply_along_axis(lambda line: np.convolve(line, weights, mode="valid"), axis, padded)
    return image


def scanned(image, hospital, random):
    """The image as the hospital's scanner sees it, from 0 to 1."""
    seen = hospital.offset + hospital.gain * blurred(image, hospital.blur)
    return np.clip(seen + random.normal(0, hospital.noise, image.shape), 0, 1)


def write(path, seen, hospital, patient, uid):
    """One DICOM file in the number of bits and the photometric interpretation of its hospital."""
    largest = 2**hospital.bits - 1
    stored = np.rint(seen * largest).astype(np.uint16 if hospital.bits > 8 else np.uint8)
    if hospital.photometric == "MONOCHROME1":
        stored = largest - stored
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    meta.MediaStorageSOPInstanceUID = uid
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    file = FileDataset(str(path), {}, file_meta=meta, preamble=b"\0" * 128)
    file.is_little_endian, file.is_implicit_VR = True, False
    file.SOPClassUID, file.SOPInstanceUID = SecondaryCaptureImageStorage, uid
    file.StudyInstanceUID, file.SeriesInstanceUID = uid.rsplit(".", 1)[0], uid.rsplit(".", 1)[0] + ".0"
    file.PatientID, file.PatientName, file.Modality = patient, "", "DX"
    file.InstitutionName, file.StudyDescription = hospital.name, "simulated"
    file.Rows, file.Columns = stored.shape
    file.SamplesPerPixel, file.PixelRepresentation = 1, 0
    file.PhotometricInterpretation = hospital.photometric
    file.BitsAllocated = 16 if hospital.bits > 8 else 8
    file.BitsStored, file.HighBit = hospital.bits, hospital.bits - 1
    file.RescaleSlope = f"{BRIGHTEST / largest:.10g}"
    file.RescaleIntercept = "0"
    file.PixelData = stored.tobytes()
    file.save_as(path, write_like_original=False)


def patients(ill, number, pools, random):
    """For each patient its class and its images; each image is taken once over all hospitals."""
    for _ in range(number):
        label = int(random.random() < ill)
        count = int(random.integers(1, MOST_IMAGES + 1))
        if count > len(pools[label]):
            sys.exit(f"too few images of class {CLASSES[label]}: choose fewer --patients")
        yield label, [pools[label].pop() for _ in range(count)]


def main():
    arguments = argparse.ArgumentParser(description="Writes DICOM files of five simulated hospitals.")
    arguments.add_argument("images", type=pathlib.Path)
    arguments.add_argument("directory", type=pathlib.Path)
    arguments.add_argument("--patients", type=int, default=4000)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()

    random = np.random.default_rng(given.seed)
    images, labels = (fashion_mnist if given.images.is_dir() else pneumonia_mnist)(given.images)
    pools = [list(random.permutation(np.flatnonzero(labels == label))) for label in (0, 1)]
    lines = ["patient,label"]
    odds = len(pools[1]) / len(pools[0])
    most = int(len(images) * (1 - SPARE) / ((1 + MOST_IMAGES) / 2))
    print("hospital,patients,ill,images,gain,offset,blur,noise,bits,photometric")
    for place, hospital in enumerate(HOSPITALS, 1):
        number = round(min(given.patients, most) * hospital.patients)
        likely = hospital.odds * odds / (1 + hospital.odds * odds)
        ill = files = 0
        for index, (label, taken) in enumerate(patients(likely, number, pools, random), 1):
            patient = f"{hospital.name}-{index:05d}"
            lines.append(f"{patient},{CLASSES[label]}")
            folder = given.directory / "archive" / hospital.name / f"{index:05d}"
            folder.mkdir(parents=True)
            for instance, image in enumerate(taken, 1):
                uid = f"2.25.{place}.{index}.{instance}"
                write(folder / f"{instance}.dcm", scanned(images[image], hospital, random), hospital, patient, uid)
            ill += label
            files += len(taken)
        scanner = hospital.gain, hospital.offset, hospital.blur, hospital.noise, hospital.bits, hospital.photometric
        print(hospital.name, number, ill, files, *scanner, sep=",")
    (given.directory / "labels.csv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
