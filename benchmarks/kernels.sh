#!/bin/sh
# Times every kernel beside ND4J's plain operations, a plain copy and PyTorch, with one thread and with
# two, then writes benchmarks/results/kernels.* and the tables of docs/performance.md.
#
#   benchmarks/run.sh kernels [options for JMH]
#
# PROFILE=cuda builds with -Pcuda. PARTS="clip-1 noise" runs some of the parts (clip-1 clip-2 noise torch, the
# clip path with one and two threads) and keeps what earlier runs left of the others; the tables are
# written from all of them, and PARTS= writes them without measuring.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
profile=${PROFILE:+-P$PROFILE}
parts=${PARTS-clip-1 clip-2 noise torch}
results=$root/benchmarks/results
target=$root/dpfed-bench/target
mkdir -p "$results" "$target"

mvn -q -B $profile -Dmaven.test.skip=true -Dmaven.javadoc.skip -Djacoco.skip -pl dpfed-bench -am package \
  org.apache.maven.plugins:maven-dependency-plugin:build-classpath \
  -Dmdep.outputFile="$target/classpath.txt" -Dmdep.includeScope=runtime
classpath=$target/classes:$(cat "$target/classpath.txt")

coretype=${OPENBLAS_CORETYPE:-$(dpfed-cli/src/main/scripts/openblas-coretype)}
jmh() {
  file=$1
  shift
  rm -f "$target/kernels-jmh-$file.json"
  env ${coretype:+OPENBLAS_CORETYPE=$coretype} java -cp "$classpath" org.openjdk.jmh.Main -rf json -rff "$target/kernels-jmh-$file.json" "$@"
}

for part in $parts; do
  case $part in
    clip-1 | clip-2)
      jmh "$part" 'org\.dpfed\.bench\.kernel\.ClipBench' -p threads="${part#clip-}" "$@"
      # 64 clients of the largest models are gigabytes that tell nothing that 16 do not.
      jmh "$part-64" 'org\.dpfed\.bench\.kernel\.ClipBench' -p threads="${part#clip-}" -p clients=64 \
        -p dimension=26010,159010,582026 "$@"
      ;;
    noise) jmh noise 'org\.dpfed\.bench\.kernel\.(NoiseBench|RoundBench)' "$@" ;;
    torch)
      if /usr/bin/python3 -c 'import torch' 2>/dev/null; then
        /usr/bin/python3 benchmarks/peers/clip_torch.py "$target/kernels-torch.json"
      else
        echo "no PyTorch rows: /usr/bin/python3 has no torch (Debian: apt-get install python3-torch)" >&2
        rm -f "$target/kernels-torch.json"
      fi
      ;;
    *)
      echo "no part is called $part; there are clip-1, clip-2, noise, torch" >&2
      exit 2
      ;;
  esac
done

nd4j=$(sed -n 's:.*<dl4j.version>\(.*\)</dl4j.version>.*:\1:p' pom.xml)
java -Djava.awt.headless=true -Dnd4j.version="$nd4j" -cp "$classpath" org.dpfed.bench.kernel.KernelTable \
  "$target" "$target/kernels-torch.json" "$results" docs/performance.md "$(git rev-parse HEAD)"
