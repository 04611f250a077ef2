#!/usr/bin/python3
"""PyTorch's in-place clip path and normal_, timed on the sizes of the kernel benches.

Writes rows in the shape of JMH's JSON, so that one table holds both. Needs Debian's python3-torch.
"""

import json
import statistics
import sys
import time

import torch

DIMENSIONS = [26010, 159010, 582026, 10000000, 25000000]
CLIENTS = [1, 16, 64]
# 64 clients of the largest models are gigabytes that tell nothing that 16 do not.
LARGEST_IN_COHORTS_OF_64 = 582026
THREADS = [1, 2]
CLIP_NORM = 0.5


def timed(step, seconds):
    """Median microseconds of a call after a third of the time as warm-up."""
    end = time.perf_counter() + seconds / 3
    while time.perf_counter() < end:
        step()
    samples = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(samples) < 3:
        start = time.perf_counter()
        step()
        samples.append((time.perf_counter() - start) * 1e6)
    return statistics.median(samples)


def clip(clients, dimension):
    """delta in place of the trained weights, norm, scaled add: no temporary array."""
    weights = torch.rand(dimension).mul_(0.1)
    trained = weights.repeat(clients, 1).add_(0.01)
    total = torch.zeros(dimension)

    def step():
        for row in trained:
            row.sub_(weights)
            total.add_(row, alpha=min(1.0, CLIP_NORM / float(row.norm())))

    return step


def noise(dimension):
    out = torch.zeros(dimension)
    return lambda: out.normal_(0, 1)


def row(name, microseconds, **params):
    return {
        "benchmark": name,
        "params": {key: str(value) for key, value in params.items()},
        "primaryMetric": {"score": microseconds, "scoreUnit": "us/op"},
    }


def main():
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 1.0
    rows = []
    with torch.no_grad():
        for threads in THREADS:
            torch.set_num_threads(threads)
            for dimension in DIMENSIONS:
                for clients in CLIENTS:
                    if clients < 64 or dimension <= LARGEST_IN_COHORTS_OF_64:
                        time_us = timed(clip(clients, dimension), seconds)
                        rows.append(row("torch.clip", time_us, dimension=dimension, clients=clients, threads=threads))
            for dimension in sorted(DIMENSIONS + [1000000]):
                time_us = timed(noise(dimension), seconds)
                rows.append(row("torch.noise", time_us, dimension=dimension, threads=threads))
    with open(sys.argv[1], "w", encoding="utf-8") as out:
        json.dump({"torch": torch.__version__, "rows": rows}, out, indent=1)


if __name__ == "__main__":
    main()
