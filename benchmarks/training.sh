#!/bin/sh
# Rounds of DP-FedAvg on Fashion-MNIST: dpfed, dpfed with DL4J's own layers, and plain PyTorch, in
# turn, at 1 and 10 local steps. SECONDS_EACH is measured after as long a warm-up. Then memory over
# cohort sizes, and accuracies of both sides at equal settings and rounds.
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

timed=$target/training-timed.jsonl
memory=$target/training-memory.jsonl
accuracy=$target/training-accuracy.jsonl
: >"$timed" >"$memory" >"$accuracy"
for model in mlp tanh-cnn lenet; do
  for steps in 1 10; do
    settings="--model $model --steps $steps --warmup-seconds $each --seconds $each"
    # shellcheck disable=SC2086 # settings are meant to be split
    {
      bench $settings --layers VECTOR
      peer $settings
      bench $settings --layers DL4J
    } | tee -a "$timed"
  done
done
for cohort in 10 100 1000; do
  bench --model mlp --cohort "$cohort" --rounds 5 --layers VECTOR | tee -a "$memory"
done
for seed in 1 2 3; do
  for settings in \
    "--model mlp --steps 10 --rounds 30" \
    "--model tanh-cnn --rounds 60 --client-rate 0.25 --momentum 0.9" \
    "--model lenet --steps 10 --cohort 20 --clip 2 --noise 0 --rounds 30"; do
    # shellcheck disable=SC2086 # as above
    {
      bench $settings --seed "$seed"
      peer $settings --seed "$seed"
    } | tee -a "$accuracy"
  done
done

/usr/bin/python3 - "$timed" "$memory" "$accuracy" "$results" "$(git rev-parse --short HEAD)" "$flags" <<'PYTHON'
import json, os, platform, subprocess, sys

timed, memory, accuracy = ([json.loads(line) for line in open(name)] for name in sys.argv[1:4])
folder, commit, flags = sys.argv[4:]
model = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), "?")
java = subprocess.run(["java", "-version"], capture_output=True, text=True).stderr.splitlines()[0]
about = {"commit": commit, "machine": f"{os.cpu_count()} cores, {model}", "java": java, "flags": flags,
         "OPENBLAS_CORETYPE": os.environ.get("OPENBLAS_CORETYPE", "")}
json.dump({**about, "timed": timed, "memory": memory, "accuracy": accuracy}, open(f"{folder}/training.json", "w"), indent=1)
out = [f"Commit {commit}; {about['machine']}; {java}; OPENBLAS_CORETYPE={about['OPENBLAS_CORETYPE'] or 'unset'}.", "",
       "Clients per second, two workers of one thread on each side, batches of 10, cohorts of 100 expected:", "",
       "| model | local steps | dpfed | PyTorch | dpfed with DL4J's layers | dpfed ÷ PyTorch | dpfed ÷ DL4J | share of a round outside local training |",
       "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"]
for i in range(0, len(timed), 3):
    own, torch, stock = timed[i:i + 3]
    a, b, c = (r["clientsPerSecond"] for r in (own, torch, stock))
    out.append(f"| {own['model']} | {own['steps']} | {a:.0f} | {b:.0f} | {c:.0f} | {a / b:.2f} | {a / c:.1f} | {own['shareOutsideTraining']:.1%} |")
out += ["", "Peak memory of the whole process, MLP:", "", "| cohort | MiB |", "| ---: | ---: |"]
out += [f"| {r['cohort']} | {r['peakMemoryMiB']:.0f} |" for r in memory]
out += ["", "Test accuracy after the same rounds at the same settings, seeds 1, 2, 3:", "",
        "| model | local steps | rounds | dpfed | PyTorch | difference of the means, points |", "| --- | ---: | ---: | --- | --- | ---: |"]
for name in ("mlp", "tanh-cnn", "lenet"):
    own, torch = ([r for r in accuracy if r["model"] == name and r["side"].startswith(side)] for side in ("dpfed", "pytorch"))
    means = [sum(r["accuracy"] for r in side) / len(side) for side in (own, torch)]
    shown = [", ".join(f"{r['accuracy']:.1%}" for r in side) for side in (own, torch)]
    out.append(f"| {name} | {own[0]['steps']} | {own[0]['rounds']} | {shown[0]} | {shown[1]} | {100 * (means[0] - means[1]):+.2f} |")
text = "\n".join(out) + "\n"
open(f"{folder}/training.md", "w").write(text)
print(text)
PYTHON
