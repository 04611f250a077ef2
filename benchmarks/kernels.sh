#!/bin/sh
# Times every kernel beside ND4J's plain operations, a plain copy and PyTorch, then renders the table
# and the plot of docs/performance.md. Arguments are passed to JMH; PROFILE=cuda builds with -Pcuda.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
profile=${PROFILE:+-P$PROFILE}
results=$root/benchmarks/results
target=$root/dpfed-bench/target
mkdir -p "$results" "$target"

mvn -q -B $profile -DskipTests -pl dpfed-bench -am package \
  org.apache.maven.plugins:maven-dependency-plugin:build-classpath \
  -Dmdep.outputFile="$target/classpath.txt" -Dmdep.includeScope=runtime
classpath=$target/classes:$(cat "$target/classpath.txt")

# The largest cohorts only of the models of which 64 take seconds, not minutes, in plain ND4J.
rm -f "$target"/kernels-jmh-*.json
java -cp "$classpath" org.openjdk.jmh.Main 'org\.dpfed\.bench\.kernel\.' -p clients=1,16 \
  -rf json -rff "$target/kernels-jmh-1.json" "$@"
java -cp "$classpath" org.openjdk.jmh.Main 'org\.dpfed\.bench\.kernel\.ClipBench' -p clients=64 \
  -p dimension=26010,159010,582026 -rf json -rff "$target/kernels-jmh-2.json" "$@"

rm -f "$target/kernels-torch.json"
if /usr/bin/python3 -c 'import torch' 2>/dev/null; then
  /usr/bin/python3 "$root/benchmarks/peers/clip_torch.py" "$target/kernels-torch.json"
else
  echo "no PyTorch rows: /usr/bin/python3 has no torch (Debian: apt-get install python3-torch)" >&2
fi

java -Djava.awt.headless=true -cp "$classpath" org.dpfed.bench.kernel.KernelTable \
  "$target" "$target/kernels-torch.json" "$results" "$(git rev-parse HEAD)"
