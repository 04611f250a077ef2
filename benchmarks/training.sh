#!/bin/sh
# Rounds of DP-FedAvg on Fashion-MNIST: dpfed, dpfed with DL4J's own layers, and plain PyTorch, in
# turn, at 1 and 10 local steps. SECONDS_EACH is measured after as long a warm-up.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
results=$root/benchmarks/results
target=$root/dpfed-bench/target
each=${SECONDS_EACH:-10}
mkdir -p "$results" "$target"
/usr/bin/python3 -c 'import torch, numpy' || {
  echo "PyTorch is needed (Debian: apt-get install python3-torch python3-numpy libopenblas0-pthread)" >&2
  exit 1
}

mvn -q -B -Dmaven.test.skip=true -pl dpfed-bench -am package \
  org.apache.maven.plugins:maven-dependency-plugin:build-classpath \
  -Dmdep.outputFile="$target/classpath.txt" -Dmdep.includeScope=runtime
flags="-XX:+UseSerialGC -Dorg.bytedeco.javacpp.maxPhysicalBytes=0 --add-modules jdk.incubator.vector"
bench() {
  # shellcheck disable=SC2086 # flags are meant to be split
  OMP_NUM_THREADS=1 java $flags -cp "$target/classes:$(cat "$target/classpath.txt")" \
    org.dpfed.bench.training.TrainingBench "$@" 2>/dev/null | grep '^{'
}
peer() {
  /usr/bin/python3 "$root/benchmarks/peers/fedavg_torch.py" "$@"
}

lines=$target/training.jsonl
: >"$lines"
for model in mlp tanh-cnn lenet; do
  for steps in 1 10; do
    timed="--model $model --steps $steps --warmup-seconds $each --seconds $each"
    # shellcheck disable=SC2086 # as above
    {
      bench $timed --layers VECTOR
      peer $timed
      bench $timed --layers DL4J
    } | tee -a "$lines"
  done
done
for cohort in 10 100 1000; do
  bench --model mlp --cohort "$cohort" --rounds 5 --layers VECTOR | tee -a "$lines"
done

/usr/bin/python3 - "$lines" "$results" "$(git rev-parse --short HEAD)" "$flags" <<'PYTHON'
import json, os, platform, subprocess, sys

rows = [json.loads(line) for line in open(sys.argv[1])]
folder, commit, flags = sys.argv[2:]
model = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), "?")
java = subprocess.run(["java", "-version"], capture_output=True, text=True).stderr.splitlines()[0]
about = {"commit": commit, "machine": f"{os.cpu_count()} cores, {model}", "java": java, "flags": flags,
         "OPENBLAS_CORETYPE": os.environ.get("OPENBLAS_CORETYPE", "")}
json.dump({**about, "rows": rows}, open(f"{folder}/training.json", "w"), indent=1)
out = [f"Commit {commit}; {about['machine']}; {java}; OPENBLAS_CORETYPE={about['OPENBLAS_CORETYPE'] or 'unset'}.", "",
       "Clients per second, two workers of one thread on each side, batches of 10, cohorts of 100 expected:", "",
       "| model | local steps | dpfed | PyTorch | dpfed with DL4J's layers | dpfed ÷ PyTorch | dpfed ÷ DL4J | share of a round outside local training |",
       "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"]
timed = [r for r in rows if r["rounds"] != 5]
for i in range(0, len(timed) - 2, 3):
    own, torch, stock = timed[i:i + 3]
    a, b, c = (r["clientsPerSecond"] for r in (own, torch, stock))
    out.append(f"| {own['model']} | {own['steps']} | {a:.0f} | {b:.0f} | {c:.0f} | {a / b:.2f} | {a / c:.1f} | {own['shareOutsideTraining']:.1%} |")
out += ["", "Peak memory of the whole process, MLP:", "", "| cohort | MiB |", "| ---: | ---: |"]
out += [f"| {r['cohort']} | {r['peakMemoryMiB']:.0f} |" for r in rows if r["rounds"] == 5]
text = "\n".join(out) + "\n"
open(f"{folder}/training.md", "w").write(text)
print(text)
PYTHON
