"""Writes NIfTI volumes and the lists of two experiments on brain segmentation:

    prepare.py ITK_DIRECTORY MRICRON_DIRECTORY OUTPUT

One subject is from Debian's insighttoolkit5-examples, the other from mricron-data. Both are brought to right, front, up
and to voxels of 4 x 3 x 4 mm by means over blocks; a voxel is brain where more than half of its block is. Slices are
coronal.

split-SUBJECT-SEED.csv    each slice of the subject is a volume and a simulated patient; a random half of them is for
                          training, the other half is the site "same subject", all slices of the other subject are the
                          site "other subject"
private.csv               simulated patients for training, each one slice of the first subject, mirrored, turned, moved,
                          stretched and lit at random; the other subject, untouched, is the site "other subject"
"""

import csv
import pathlib
import sys

import nibabel
import numpy
from scipy import ndimage

BLOCK = numpy.array([4, 3, 4])
PATIENTS = 4000
SEEDS = (1, 2, 3)


def reduced(path, isMask):
    image = nibabel.as_closest_canonical(nibabel.load(path))
    values = numpy.asarray(image.dataobj, dtype=numpy.float32)
    if isMask:
        values = (values > 0).astype(numpy.float32)
    factors = numpy.round(BLOCK / image.header.get_zooms()[:3]).astype(int)
    assert numpy.allclose(factors * image.header.get_zooms()[:3], BLOCK)
    values = numpy.pad(values, [(0, -size % factor) for size, factor in zip(values.shape, factors)])
    blocks = values.reshape([part for size, factor in zip(values.shape, factors) for part in (size // factor, factor)])
    means = blocks.mean(axis=(1, 3, 5))
    return means > 0.5 if isMask else means


class Subject:
    def __init__(self, name, image, mask):
        self.name = name
        self.image = reduced(image, False)
        self.mask = reduced(mask, True)
        # Slices without any brain are left out.
        self.slices = numpy.flatnonzero(self.mask.any(axis=(0, 2)))


class Output:
    def __init__(self, directory):
        self.directory = directory
        (directory / "volumes").mkdir(parents=True, exist_ok=True)

    def volume(self, name, image, mask):
        """Writes a volume and its labels, and returns what a line of a list says of them."""
        names = []
        for kind, values in (("image", numpy.round(image)), ("labels", mask)):
            file = "volumes/%s-%s.nii.gz" % (name, kind)
            affine = numpy.diag([*BLOCK, 1.0])
            nibabel.save(nibabel.Nifti1Image(values.astype(numpy.uint8), affine), self.directory / file)
            names.append(file)
        return [name, *names]

    def list(self, name, lines):
        with open(self.directory / name, "w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([["patient", "image", "labels", "site"], *lines])


def slices(output, subject):
    return [
        output.volume("%s-%03d" % (subject.name, k), subject.image[:, k : k + 1], subject.mask[:, k : k + 1])
        for k in subject.slices
    ]


def whole(output, subject):
    first, last = subject.slices[[0, -1]]
    return output.volume(subject.name, subject.image[:, first : last + 1], subject.mask[:, first : last + 1])


def changed(random, image, mask):
    """Another head: the same change of place for image and mask."""
    angle = numpy.radians(random.uniform(-15, 15))
    turn = numpy.array([[numpy.cos(angle), -numpy.sin(angle)], [numpy.sin(angle), numpy.cos(angle)]])
    matrix = turn @ numpy.diag(1 / random.uniform(0.85, 1.3, size=2)) @ numpy.diag([random.choice([-1, 1]), 1])
    middle = (numpy.array(image.shape) - 1) / 2
    offset = middle - matrix @ (middle + random.uniform(-4, 4, size=2))
    light = random.uniform(0.8, 1.25)
    return (
        numpy.clip(ndimage.affine_transform(image, matrix, offset, order=1) * light, 0, 255),
        ndimage.affine_transform(mask.astype(numpy.uint8), matrix, offset, order=0),
    )


def main(itk, mricron, directory):
    subjects = [
        Subject("itk", itk / "KmeansTest_T1UCharRaw.nii.gz", itk / "KmeansTest_T1RawSkullStrip.nii.gz"),
        Subject("ch2", mricron / "ch2.nii.gz", mricron / "ch2bet.nii.gz"),
    ]
    output = Output(directory)
    for subject, other in (subjects, subjects[::-1]):
        single = slices(output, subject)
        for seed in SEEDS:
            order = numpy.random.default_rng(seed).permutation(len(single))
            train = [single[i] + ["train"] for i in sorted(order[: len(single) // 2])]
            test = [single[i] + ["same subject"] for i in sorted(order[len(single) // 2 :])]
            output.list(
                "split-%s-%d.csv" % (subject.name, seed),
                train + test + [whole(output, other) + ["other subject"]],
            )
    random = numpy.random.default_rng(0)
    patients = []
    for patient in range(PATIENTS):
        k = random.choice(subjects[0].slices)
        image, mask = changed(random, subjects[0].image[:, k], subjects[0].mask[:, k])
        patients.append(output.volume("simulated-%04d" % patient, image[:, None], mask[:, None]) + ["train"])
    output.list("private.csv", patients + [whole(output, subjects[1]) + ["other subject"]])
    for subject in subjects:
        print("%s: %d coronal slices with brain, %s voxels" % (subject.name, len(subject.slices), subject.image.shape))


if __name__ == "__main__":
    main(*map(pathlib.Path, sys.argv[1:]))
