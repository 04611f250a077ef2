"""Writes arrays of every kind that NumPy has, and what they hold as float64 in C order."""
import itertools
import sys
import zipfile

import numpy as np

directory = sys.argv[1]
rng = np.random.default_rng(1)


def values(code, shape):
    if code == "b1":
        return rng.integers(0, 2, shape).astype(bool)
    if code[0] == "f":
        return rng.normal(0, 1000, shape).astype(code)
    info = np.iinfo(code)
    return rng.integers(info.min, info.max, shape, dtype=code, endpoint=True)


arrays = {}
for code, shape, order, endian, version in itertools.product(
    ["b1", "i1", "u1", "i2", "i4", "i8", "f4", "f8"],
    [(), (7,), (3, 4), (2, 3, 4), (2, 1, 3, 2)],
    "CF",
    "<>",
    [(1, 0), (2, 0), (3, 0)],
):
    array = np.asarray(values(code, shape)).astype(endian + code, order=order)
    name = f"{code}-{len(shape)}{order}{'le' if endian == '<' else 'be'}{version[0]}"
    arrays[name] = (array, version)

for file, compression in [("stored.npz", zipfile.ZIP_STORED), ("deflated.npz", zipfile.ZIP_DEFLATED)]:
    with zipfile.ZipFile(f"{directory}/{file}", "w", compression) as archive:
        for name, (array, version) in arrays.items():
            with archive.open(name + ".npy", "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, array, version)

plain = {"a": arrays["i8-3Cle1"][0], "b": arrays["f4-2Fbe1"][0]}
np.savez(f"{directory}/savez.npz", **plain)
np.savez_compressed(f"{directory}/savez_compressed.npz", **plain)
arrays["a"] = (plain["a"], None)
arrays["b"] = (plain["b"], None)

np.savez(
    f"{directory}/refused.npz",
    objects=np.array([{"a": 1}, None], dtype=object),
    complex=np.zeros(3, "c16"),
    text=np.array(["a", "bc"]),
    raw=np.array([b"a", b"bc"]),
    fields=np.zeros(3, [("x", "u1"), ("y", "f4")]),
    dates=np.array(["2020-01-01"], "M8[D]"),
    half=np.zeros(3, "f2"),
    unsigned=np.zeros(3, "u4"),
    empty=np.zeros((0, 28, 28), "u1"),
)

with open(f"{directory}/expected", "wb") as expected:
    for name, (array, _) in arrays.items():
        expected.write(np.ascontiguousarray(array).astype(">f8").tobytes())
        print(name, ",".join(map(str, array.shape)), sep=";")
