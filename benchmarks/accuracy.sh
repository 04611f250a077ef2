#!/bin/sh
# Trains with different plans at one guarantee and writes the accuracies to benchmarks/results/:
#
#   benchmarks/run.sh accuracy adaptive     adaptive clipping beside a grid of fixed clip norms
#   benchmarks/run.sh accuracy correlated   correlated noise beside independent noise, participation-limited
#   benchmarks/run.sh accuracy local        local trust beside a trusted server
#
# SEEDS="1 2 3" names the seeds. Runs are kept in runs/accuracy and not trained again.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
what=${1:-}
seeds=${SEEDS:-1 2 3}
runs=$root/runs/accuracy
results=$root/benchmarks/results
target=$root/dpfed-bench/target
lines=$target/accuracy-lines-$what.txt
mkdir -p "$runs" "$results" "$target"
: > "$lines"

# train LABEL CONFIGURATION FLAGS...: one run for each seed, and a line for the table
train() {
  label=$1
  config=$2
  shift 2
  directories=
  for seed in $seeds; do
    name=$(printf '%s-%s-%s' "$what" "$label" "$seed" | tr -c 'A-Za-z0-9.\n-' '_')
    if [ ! -f "$runs/$name/report.json" ]; then
      rm -rf "$runs/$name"
      ./dpfed train --config "$config" --runs "$runs" --name "$name" --seed "$seed" --model-seed "$seed" \
        --partition-seed "$seed" "$@"
    fi
    directories=$directories${directories:+,}$runs/$name
  done
  printf '%s=%s\n' "$label" "$directories" >> "$lines"
}

case $what in
  adaptive)
    title="Adaptive clipping on Fashion-MNIST, tanh CNN"
    config=benchmarks/configs/fashion-adaptive.yaml
    for clip in 0.25 0.5 1 2; do
      train "fixed $clip" "$config" --clip-norm "$clip" --clipping fixed --target-quantile none --clip-learning-rate none
    done
    for clip in 0.1 10; do
      train "adaptive from $clip" "$config" --clip-norm "$clip"
    done
    ;;
  correlated)
    title="Correlated noise on Fashion-MNIST, participation-limited, tanh CNN"
    config=benchmarks/configs/fashion-banded.yaml
    train "banded 60" "$config"
    train "BLT 3" "$config" --noise blt --bands none --buffers 3
    train "tree" "$config" --noise tree --bands none
    train "independent" "$config" --noise independent --bands none
    ;;
  local)
    title="The price of not trusting the server: Fashion-MNIST, tanh CNN, one guarantee for each client"
    config=benchmarks/configs/fashion-banded.yaml
    for epsilon in 8 64 512; do
      train "central, ε $epsilon" "$config" --noise independent --bands none --rounds 60 --epsilon "$epsilon"
      train "local, ε $epsilon" "$config" --noise independent --bands none --rounds 60 --epsilon "$epsilon" --trust local
    done
    ;;
  *)
    sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac

mvn -q -B -Dmaven.test.skip=true -Dmaven.javadoc.skip -Djacoco.skip -pl dpfed-bench -am package \
  org.apache.maven.plugins:maven-dependency-plugin:build-classpath \
  -Dmdep.outputFile="$target/classpath.txt" -Dmdep.includeScope=runtime
how="\`SEEDS=\"$seeds\" benchmarks/run.sh accuracy $what\`, commit $(git rev-parse --short HEAD), $(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(java -version 2>&1 | head -1)."
set --
while IFS= read -r line; do
  set -- "$@" "$line"
done < "$lines"
java -Djava.awt.headless=true -cp "$target/classes:$(cat "$target/classpath.txt")" org.dpfed.bench.choices.AccuracyTable \
  --title "$title" --how "$how" --out "$results/accuracy-$what" "$@"
cat "$results/accuracy-$what.md"
