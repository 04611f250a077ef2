#!/bin/sh
# Times a round by plan (clipping, noise, trust) and writes the ratios to independent noise with a fixed
# clip norm to benchmarks/results/choices.md. Arguments are passed to JMH.
#
#   benchmarks/run.sh choices [options for JMH]
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
results=$root/benchmarks/results
target=$root/dpfed-bench/target
mkdir -p "$results" "$target"

mvn -q -B -Dmaven.test.skip=true -Dmaven.javadoc.skip -Djacoco.skip -pl dpfed-bench -am package \
  org.apache.maven.plugins:maven-dependency-plugin:build-classpath \
  -Dmdep.outputFile="$target/classpath.txt" -Dmdep.includeScope=runtime
classpath=$target/classes:$(cat "$target/classpath.txt")

coretype=${OPENBLAS_CORETYPE:-$(dpfed-cli/src/main/scripts/openblas-coretype)}
env ${coretype:+OPENBLAS_CORETYPE=$coretype} java -cp "$classpath" org.openjdk.jmh.Main 'org\.dpfed\.bench\.choices\.' \
  -rf csv -rff "$target/choices-jmh.csv" "$@"

{
  echo "# Milliseconds for a round, by plan"
  echo
  echo "\`benchmarks/run.sh choices${*:+ $*}\`, commit $(git rev-parse --short HEAD), $(nproc) cores,"
  echo "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(java -version 2>&1 | head -1)."
  echo
  echo "LeNet, 582,026 parameters, 16 clients of 10 images. The server's part is clipping, summing and"
  echo "releasing, on one thread; the whole round includes training, on two workers."
  echo "Errors are JMH's, at 99.9 %."
  echo
  echo "| plan | server | ± | ratio | whole round | ± | ratio |"
  echo "| --- | --- | --- | --- | --- | --- | --- |"
  awk -F, '
    NR > 1 {
      gsub(/["\r]/, "")
      sub(/.*\./, "", $1)
      time[$1, $8] = $5
      error[$1, $8] = $6
      if (!seen[$8]++) order[++count] = $8
    }
    END {
      for (i = 1; i <= count; i++) {
        c = order[i]
        printf "| %s | %.2f | %.2f | %.2f | %.1f | %.1f | %.2f |\n", tolower(c), time["server", c], error["server", c], time["server", c] / time["server", "INDEPENDENT_FIXED"], time["training", c], error["training", c], time["training", c] / time["training", "INDEPENDENT_FIXED"]
      }
    }' "$target/choices-jmh.csv"
} | tee "$results/choices.md"
