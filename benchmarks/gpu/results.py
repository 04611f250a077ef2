#!/usr/bin/env python3
"""Times PyTorch on the same work as kernels_bench.cu, and writes the rows of both as JSON and as a table.

    results.py ROWS RESULTS COMMIT

ROWS holds the lines that kernels_bench printed; the files in the folder RESULTS are named after the device. Without a PyTorch that sees a GPU the table lacks its columns.
"""

import json
import statistics
import subprocess
import sys

CLIENTS = 32
REPLAYS = 31
DIMENSIONS = [26010, 582026, 10000000, 25000000]


def lines_of(command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip().splitlines()


def timed(torch, launches, step):
    """Median microseconds of one step, from replays of a graph of many."""
    for turn in range(3):
        step(turn)
    torch.cuda.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        for turn in range(launches):
            step(turn)
    times = []
    for i in range(REPLAYS + 3):
        before = torch.cuda.Event(enable_timing=True)
        after = torch.cuda.Event(enable_timing=True)
        before.record()
        graph.replay()
        after.record()
        after.synchronize()
        if i >= 3:
            times.append(1000 * before.elapsed_time(after) / launches)
    return statistics.median(times)


def torch_rows():
    try:
        import torch
    except ImportError:
        return None, []
    if not torch.cuda.is_available():
        return None, []
    rows = []
    largest = CLIENTS * max(DIMENSIONS)
    deltas = torch.empty(largest, device="cuda").uniform_(-1, 1)
    scales = torch.rand(CLIENTS, device="cuda")

    def add(what, d, clients, microseconds):
        rows.append({"by": "torch", "what": what, "d": d, "clients": clients, "us": round(microseconds, 3)})

    for d in DIMENSIONS:
        turns = largest // (CLIENTS * d)
        launches = max(3, min(turns, 200))
        blocks = deltas[: turns * CLIENTS * d].view(turns, CLIENTS, d)
        norms = torch.empty(CLIENTS, device="cuda")
        exact = torch.empty(CLIENTS, device="cuda", dtype=torch.float64)
        total = torch.rand(d, device="cuda")
        norm = torch.linalg.vector_norm
        add("norms", d, CLIENTS, timed(torch, launches, lambda i: norm(blocks[i % turns], dim=1, out=norms)))
        double = timed(
            torch, launches, lambda i: norm(blocks[i % turns], dim=1, dtype=torch.float64, out=exact)
        )
        add("norms in double", d, CLIENTS, double)
        add(
            "sum",
            d,
            CLIENTS,
            timed(torch, launches, lambda i: total.addmv_(blocks[i % turns].t(), scales)),
        )
        assert not total.isnan().any()
        sums = min(largest // d, 2000) // 2
        flat = deltas[: 2 * sums * d].view(2 * sums, d)

        def noise(i):
            row = flat[sums + i % sums].normal_()
            torch.add(flat[i % sums], row, out=row).mul_(0.1)

        add("noise", d, 0, timed(torch, max(launches, min(sums, 500)), noise))
        deltas.uniform_(-1, 1)
    return torch.__version__, rows


def table(result):
    by = {(row["by"], row["what"], row["d"], row["clients"]): row for row in result["rows"]}
    copies = [row["bytes"] / row["us"] / 1e3 for row in result["rows"] if row["what"] == "copy"]
    lines = [
        f"Commit {result['commit']}; {result['device']}, driver {result['driver']}; {result['nvcc']}; "
        f"PyTorch {result['torch'] or 'not there'}. Written by `benchmarks/run.sh gpu`.",
        "",
        f"Microseconds of one launch on {CLIENTS} deltas of d parameters (norms, sum) or on their sum (noise); median of "
        f"{REPLAYS} replays. GB/s counts bytes read and written; the fastest copy on the device moved "
        f"{max(copies):,.0f} GB/s. The copy beside a kernel moves as many bytes, except that for the sum it moves 6 % less. "
        "dpfed's norms are accumulated in double; PyTorch's are in float, and those in double are in the JSON file.",
        "",
        "| work | d | dpfed, µs | dpfed, GB/s | copy, µs | dpfed ÷ copy | PyTorch, µs | dpfed ÷ PyTorch |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for what, clients in (("norms", CLIENTS), ("sum", CLIENTS), ("noise", 0)):
        for d in DIMENSIONS:
            row = by["dpfed", what, d, clients]
            copy = by["dpfed", "copy", d, clients]["us"]
            peer = by.get(("torch", what, d, clients))
            versus = f"{peer['us']:,.1f} | {row['us'] / peer['us']:.2f}" if peer else "– | –"
            lines.append(
                f"| {what} | {d:,} | {row['us']:,.1f} | {row['bytes'] / row['us'] / 1e3:,.0f} | {copy:,.1f} | "
                f"{row['us'] / copy:.2f} | {versus} |"
            )
    return "\n".join(lines) + "\n"


def main():
    rows_file, results, commit = sys.argv[1:]
    with open(rows_file, encoding="utf-8") as rows:
        measured = [json.loads(line) for line in rows]
    device, driver = lines_of(["nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"])[0].split(", ")
    version, peers = torch_rows()
    result = {
        "commit": commit,
        "device": device,
        "driver": driver,
        "nvcc": lines_of(["nvcc", "--version"])[-2],
        "torch": version,
        "rows": measured + peers,
    }
    name = f"{results}/gpu-kernels-{device.lower().replace(' ', '-')}"
    with open(name + ".json", "w", encoding="utf-8") as out:
        json.dump(result, out, indent=1)
        out.write("\n")
    with open(name + ".md", "w", encoding="utf-8") as out:
        out.write(table(result))
    print(table(result))


if __name__ == "__main__":
    main()
