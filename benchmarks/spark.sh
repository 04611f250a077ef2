#!/bin/sh
# Rounds on two Spark executors of one core beside rounds on two threads of the driver, every other round each, so that
# both see the machine in the same state; then the memory of driver and executors over cohorts of 10, 100 and 1,000.
# Clients are made up: batches of 10 images of 28 × 28 pixels. The first rounds are slower, the more so on Spark, until
# Java has compiled what it runs.
#
#   benchmarks/run.sh spark
#
# ROUNDS are timed on each side after WARMUP rounds; a quarter of WARMUP for more than one local step; for 25 million
# parameters a quarter of ROUNDS after as many. MEMORY_ROUNDS are run for each cohort; NETWORKS="mlp:1 tanh-cnn:10" times
# only those, COHORTS="10 100" takes only those.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
. benchmarks/spark/environment.sh
trap 'rm -rf "$folder"' EXIT
results=$root/benchmarks/results
timed=$root/dpfed-spark/target/spark-timed.jsonl
memory=$root/dpfed-spark/target/spark-memory.jsonl
log=$root/dpfed-spark/target/spark-bench.log
rounds=${ROUNDS:-32}
warmup=${WARMUP:-200}
memory_rounds=${MEMORY_ROUNDS:-1}
networks=${NETWORKS:-mlp:1 tanh-cnn:1 tanh-cnn:10 mlp-25m:1}
cohorts=${COHORTS:-10 100 1000}
flags="-Xmx3g --add-modules jdk.incubator.vector"
coretype=${OPENBLAS_CORETYPE:-$(dpfed-cli/src/main/scripts/openblas-coretype)}
bench() {
  # shellcheck disable=SC2086 # flags are meant to be split
  OMP_NUM_THREADS=1 env ${coretype:+OPENBLAS_CORETYPE=$coretype} java $flags $open -cp "$class_path" \
    org.dpfed.spark.SparkBench "$@" 2>"$log" | grep '^{' || {
    cat "$log" >&2
    exit 1
  }
}

mkdir -p "$results"
: >"$timed" >"$memory"
for network in $networks; do
  case $network in
  mlp-25m:*) bench mlp-25m "${network#*:}" 10 $((rounds / 4)) $((rounds / 4)) ;;
  *:1) bench "${network%:*}" 1 100 "$warmup" "$rounds" ;;
  *) bench "${network%:*}" "${network#*:}" 100 $((warmup / 4)) "$rounds" ;;
  esac >>"$timed"
  tail -n 1 "$timed"
done
for cohort in $cohorts; do
  bench mlp-25m 1 "$cohort" "$memory_rounds" memory >>"$memory"
  tail -n 1 "$memory"
done

python3 - "$timed" "$memory" "$results" "$(git rev-parse --short HEAD)" "$flags" "$coretype" \
  "ROUNDS=$rounds WARMUP=$warmup MEMORY_ROUNDS=$memory_rounds" "$class_path" <<'PYTHON'
import json, os, re, statistics, subprocess, sys

timed, memory = ([json.loads(line) for line in open(name)] for name in sys.argv[1:3])
results, commit, flags, coretype, settings, class_path = sys.argv[3:]
model = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), "?")
java = subprocess.run(["java", "-version"], capture_output=True, text=True).stderr.splitlines()[0]
spark = re.search(r"spark-core_2.13-([0-9.]+)\.jar", class_path).group(1)
about = {"commit": commit, "machine": f"{os.cpu_count()} cores, {model}", "java": java, "spark": spark, "flags": flags,
         "settings": settings, "OPENBLAS_CORETYPE": coretype}
json.dump({**about, "timed": timed, "memory": memory}, open(f"{results}/spark.json", "w"), indent=1)

def shown(millis):
    return f"{statistics.median(millis):.0f} ({min(millis):.0f}–{max(millis):.0f})"
out = [f"`benchmarks/run.sh spark`, commit {commit}; {about['machine']}; {java}; Spark {spark}; "
       f"OPENBLAS_CORETYPE {coretype or 'unset'}; {settings}.", "",
       "Milliseconds of a round on two threads of the driver and on two executors of one core on the same machine, in turn;",
       "median, and in brackets the least and the most:", "",
       "| network | local steps | cohort | two threads | two executors | executors ÷ threads | difference, ms | in the first rounds |",
       "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"]
def medians(sides):
    return statistics.median(sides["localMillis"]), statistics.median(sides["sparkMillis"])
for row in timed:
    here, there = row["localMillis"], row["sparkMillis"]
    (a, b), (c, d) = medians(row), medians(row["first"])
    out.append(f"| {row['network']} | {row['steps']} | {row['cohort']} | {shown(here)} | {shown(there)} | {b / a:.2f} | {b - a:.0f} | {d - c:.0f} |")
phases = list(timed[0]["phases"]) if timed else []
out += ["", "Of the engine's part of a round on the executors, the share that ends last; medians, ms:", "",
        f"| network | local steps | {' | '.join(phases)} |", f"| --- | ---: |{' ---: |' * len(phases)}"]
out += [f"| {row['network']} | {row['steps']} | {' | '.join(str(row['phases'][p]) for p in phases)} |" for row in timed]
out += ["", "Peak memory of the processes with 25 million parameters, MiB:", "",
        "| cohort | driver | executors |", "| ---: | ---: | ---: |"]
out += [f"| {row['cohort']} | {row['driverMiB']} | {', '.join(map(str, row['executorMiB']))} |" for row in memory]
text = "\n".join(out) + "\n"
open(f"{results}/spark.md", "w").write(text)
print(text)
PYTHON
