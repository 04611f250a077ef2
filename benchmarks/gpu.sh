#!/bin/sh
# Times the CUDA kernels on the first device beside a copy and PyTorch, then writes benchmarks/results/gpu-kernels-DEVICE.*.
# Needs nvcc and Python, no Java and no ND4J; PyTorch is timed if PYTHON (python3) has one that sees the device.
#
#   benchmarks/run.sh gpu
#
# COMMIT names the commit where the files are no checkout.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
target=$root/dpfed-cuda/target
mkdir -p "$target"
commit=${COMMIT:-$(git rev-parse HEAD)}
nvcc -O3 -std=c++17 -arch=native -I dpfed-cuda/src/main/resources/org/dpfed/kernel/cuda \
  -o "$target/kernels_bench" benchmarks/gpu/kernels_bench.cu
"$target/kernels_bench" >"$target/gpu-kernels.jsonl"
"${PYTHON:-python3}" benchmarks/gpu/results.py "$target/gpu-kernels.jsonl" benchmarks/results "$commit"
