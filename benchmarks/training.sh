#!/bin/sh
# Rounds of DP-FedAvg on Fashion-MNIST: dpfed and plain PyTorch in turn, REPEATS times, and dpfed with
# DL4J's own layers, at 1 and 10 local steps. SECONDS_EACH is measured after as long a warm-up. Then
# memory over cohort sizes, and accuracies of both sides at equal settings and rounds. The LSTM takes
# the columns of an image as steps.
#
# MODELS="residual unet" and STEPS="1" time only some, write to training-residual-unet.md and leave out the rest;
# WARMUP_SECONDS is another warm-up: vector code is slow until the JIT compiler has reached it.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
results=$root/benchmarks/results
target=$root/dpfed-bench/target
each=${SECONDS_EACH:-10}
repeats=${REPEATS:-3}
warmup=${WARMUP_SECONDS:-$each}
models=${MODELS:-mlp tanh-cnn lenet lstm residual unet}
all_steps=${STEPS:-1 10}
mkdir -p "$results" "$target"
/usr/bin/python3 -c 'import torch, numpy' || {
  echo "PyTorch is needed (Debian: apt-get install python3-torch python3-numpy libopenblas0-pthread)" >&2
  exit 1
}

mvn -q -B -Dmaven.test.skip=true -Dmaven.javadoc.skip -Djacoco.skip -pl dpfed-bench -am package \
  org.apache.maven.plugins:maven-dependency-plugin:build-classpath \
  -Dmdep.outputFile="$target/classpath.txt" -Dmdep.includeScope=runtime
flags="-XX:+UseSerialGC -XX:SurvivorRatio=2 -Dorg.bytedeco.javacpp.maxPhysicalBytes=0 --add-modules jdk.incubator.vector"
coretype=${OPENBLAS_CORETYPE:-$(dpfed-cli/src/main/scripts/openblas-coretype)}
bench() {
  # shellcheck disable=SC2086 # flags are meant to be split
  OMP_NUM_THREADS=1 env ${coretype:+OPENBLAS_CORETYPE=$coretype} java $flags -cp "$target/classes:$(cat "$target/classpath.txt")" \
    org.dpfed.bench.training.TrainingBench "$@" 2>/dev/null | grep '^{'
}
peer() {
  /usr/bin/python3 "$root/benchmarks/peers/fedavg_torch.py" "$@"
}

timed=$target/training-timed.jsonl
memory=$target/training-memory.jsonl
accuracy=$target/training-accuracy.jsonl
: >"$timed" >"$memory" >"$accuracy"
for model in $models; do
  # Rounds of the last two would take minutes.
  case $model in residual | unet) cohort=10 ;; *) cohort=100 ;; esac
  for steps in $all_steps; do
    settings="--model $model --steps $steps --cohort $cohort --warmup-seconds $warmup --seconds $each"
    # shellcheck disable=SC2086 # settings are meant to be split
    {
      for _ in $(seq "$repeats"); do
        bench $settings --layers FAST
        peer $settings
      done
      bench $settings --layers DL4J
    } | tee -a "$timed"
  done
done
if [ -z "${MODELS:-}" ]; then
  for cohort in 10 100 1000; do
    bench --model mlp --cohort "$cohort" --rounds 5 --layers FAST | tee -a "$memory"
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
fi

/usr/bin/python3 - "$timed" "$memory" "$accuracy" "$results" "$(git rev-parse --short HEAD)" "$flags" "$coretype" \
  "training${MODELS:+-$(echo "$MODELS" | tr ' ' '-')}" "SECONDS_EACH=$each WARMUP_SECONDS=$warmup REPEATS=$repeats" <<'PYTHON'
import json, os, statistics, subprocess, sys

timed, memory, accuracy = ([json.loads(line) for line in open(name)] for name in sys.argv[1:4])
folder, commit, flags, coretype, written, settings = sys.argv[4:]
model = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), "?")
java = subprocess.run(["java", "-version"], capture_output=True, text=True).stderr.splitlines()[0]
about = {"commit": commit, "machine": f"{os.cpu_count()} cores, {model}", "java": java, "flags": flags,
         "settings": settings, "OPENBLAS_CORETYPE of dpfed": coretype,
         "OPENBLAS_CORETYPE of PyTorch": os.environ.get("OPENBLAS_CORETYPE", "")}
json.dump({**about, "timed": timed, "memory": memory, "accuracy": accuracy}, open(f"{folder}/{written}.json", "w"), indent=1)
out = [f"Commit {commit}; {about['machine']}; {java}; OPENBLAS_CORETYPE {coretype or 'unset'} for dpfed, "
       f"{os.environ.get('OPENBLAS_CORETYPE') or 'unset'} for PyTorch; {settings}.", "",
       "Clients per second, two workers of one thread on each side, batches of 10, cohorts of 100 expected (residual, unet: 10); median,",
       "and in brackets the least and the most:", "",
       "| model | local steps | dpfed | PyTorch | dpfed with DL4J's layers | dpfed ÷ PyTorch | dpfed ÷ DL4J | share of a round outside local training |",
       "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"]
def of(rows, side, key):
    return [r[key] for r in rows if r["side"] == side]
def shown(speeds):
    digits = 0 if min(speeds) >= 20 else 1
    return f"{statistics.median(speeds):.{digits}f} ({min(speeds):.{digits}f}–{max(speeds):.{digits}f})"
for name, steps in dict.fromkeys((r["model"], r["steps"]) for r in timed):
    rows = [r for r in timed if (r["model"], r["steps"]) == (name, steps)]
    own, torch, stock = (of(rows, side, "clientsPerSecond") for side in ("dpfed", "pytorch", "dpfed, DL4J's layers"))
    a, b, c = map(statistics.median, (own, torch, stock))
    outside = statistics.median(of(rows, "dpfed", "shareOutsideTraining"))
    out.append(f"| {name} | {steps} | {shown(own)} | {shown(torch)} | {c:.{0 if c >= 20 else 1}f} | {a / b:.2f} | {a / c:.1f} | {outside:.1%} |")
if memory:
    out += ["", "Peak memory of the whole process, MLP:", "", "| cohort | MiB |", "| ---: | ---: |"]
    out += [f"| {r['cohort']} | {r['peakMemoryMiB']:.0f} |" for r in memory]
    out += ["", "Test accuracy after the same rounds at the same settings, seeds 1, 2, 3:", "",
            "| model | local steps | rounds | dpfed | PyTorch | difference of the means, points |", "| --- | ---: | ---: | --- | --- | ---: |"]
for name in dict.fromkeys(r["model"] for r in accuracy):
    own, torch = ([r for r in accuracy if r["model"] == name and r["side"].startswith(side)] for side in ("dpfed", "pytorch"))
    means = [sum(r["accuracy"] for r in side) / len(side) for side in (own, torch)]
    accuracies = [", ".join(f"{r['accuracy']:.1%}" for r in side) for side in (own, torch)]
    out.append(f"| {name} | {own[0]['steps']} | {own[0]['rounds']} | {accuracies[0]} | {accuracies[1]} | {100 * (means[0] - means[1]):+.2f} |")
text = "\n".join(out) + "\n"
open(f"{folder}/{written}.md", "w").write(text)
print(text)
PYTHON
