"""Writes files as MedMNIST publishes them, and the features and labels that they hold."""
import sys

import numpy as np

directory = sys.argv[1]
rng = np.random.default_rng(2)
for name, channels, classes, size in [
    ("pneumoniamnist", 1, 2, 28),
    ("pathmnist", 3, 9, 28),
    ("organsmnist", 1, 11, 64),
    ("retinamnist", 3, 5, 224),
]:
    arrays = {}
    for part, count in [("train", 7), ("val", 3), ("test", 4)]:
        shape = (count, size, size) + ((3,) if channels == 3 else ())
        arrays[part + "_images"] = rng.integers(0, 256, shape, dtype=np.uint8)
        arrays[part + "_labels"] = rng.integers(0, classes, (count, 1), dtype=np.uint8)
    arrays["train_labels"][:classes, 0] = np.arange(7)[:classes] % classes
    arrays["train_images"] = np.asfortranarray(arrays["train_images"])
    np.savez_compressed(f"{directory}/{name}.npz", **arrays)
    with open(f"{directory}/{name}.expected", "wb") as expected:
        for part in ["train", "val", "test"]:
            images = arrays[part + "_images"]
            if channels == 1:
                images = images[..., None]
            scaled = (images.transpose(0, 3, 1, 2) / 255.0).astype(">f4")
            expected.write(np.ascontiguousarray(scaled).tobytes())
            expected.write(arrays[part + "_labels"].astype(">i4").tobytes())
    print(name)
