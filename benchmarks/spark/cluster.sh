#!/bin/sh
# Starts a Spark master and two workers on this machine, as processes from the jars that Maven has, trains one seeded
# run in this process and on the cluster, kills an executor in the middle, and compares the SHA-256 of the parameters.
#
#   benchmarks/spark/cluster.sh [mlp|cnn|adam]
set -eu
network=${1:-mlp}
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
. benchmarks/spark/environment.sh
processes=
end() {
  # shellcheck disable=SC2086
  kill $processes 2>/dev/null || true
  wait
  rm -rf "$folder"
}
trap end EXIT
spark() {
  # shellcheck disable=SC2086
  java -Xmx256m $open -cp "$class_path" "$@" 2>>"$folder/log" &
  processes="$processes $!"
}
master=spark://127.0.0.1:7177
spark org.apache.spark.deploy.master.Master --host 127.0.0.1 --port 7177 --webui-port 0
sleep 5
for worker in 1 2; do
  spark org.apache.spark.deploy.worker.Worker --cores 1 --memory 1g --webui-port 0 --work-dir "$folder/$worker" "$master"
done
last_worker=$!
# shellcheck disable=SC2086
java -Xmx1g $open --add-modules jdk.incubator.vector -cp "$class_path" org.dpfed.spark.ClusterRun "$master" "$network" |
  while read -r line; do
    echo "$line"
    case $line in
    "round 2")
      sleep 0.4
      echo "kill -9 of the executor of the second worker"
      pkill -KILL -P "$last_worker"
      ;;
    same) touch "$folder/same" ;;
    esac
  done
test -e "$folder/same"
