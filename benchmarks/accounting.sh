#!/bin/sh
# Times the accountants and prints them beside Google's dp_accounting. Arguments are passed to JMH.
# The Python figures are those of dp_accounting 0.6.0 on 2 shared cores of an AMD EPYC; where the
# package can be imported they are measured again.
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

java -cp "$classpath" org.openjdk.jmh.Main 'org\.dpfed\.bench\.accounting\.' \
  -rf csv -rff "$target/accounting-jmh.csv" "$@"

{
  echo "# Accounting, milliseconds for one answer"
  echo
  echo "\`benchmarks/run.sh accounting${*:+ $*}\`, commit $(git rev-parse --short HEAD), $(nproc) cores,"
  echo "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(java -version 2>&1 | head -1)."
  echo
  echo "| what | setting | dpfed | dp_accounting 0.6.0 |"
  echo "| --- | --- | --- | --- |"
  awk -F, '
    function python(name, setting) {
      if (name == "pld") return setting ~ /^0.01 1 /? 956 : setting ~ /^0.00427/? 643 : 5700
      if (name == "rdp") return setting ~ /^0.01 1 /? 56 : setting ~ /^0.00427/? 37 : 96
      if (name == "rdpCalibration") return 1000
      if (name == "pldCalibration") return 20000
      if (name == "withoutReplacement") return 430
      return 203000
    }
    NR > 1 {
      gsub(/"/, "")
      sub(/.*\./, "", $1)
      printf "| %s | %s | %.3f | %d |\n", $1, $8, $5, python($1, $8)
    }' "$target/accounting-jmh.csv"
} | tee "$results/accounting.md"

if python3 -c 'import dp_accounting' 2>/dev/null; then
  python3 "$root/benchmarks/peers/accounting.py"
else
  echo "dp_accounting is not installed here: its column holds the published figures" >&2
fi
