#!/bin/sh
# Starts YARN's resource manager and a node manager on this machine, as processes from Maven's jars, trains one seeded
# run in this process and on YARN, kills an executor in the middle, and compares the SHA-256 of the parameters.
#
#   benchmarks/spark/yarn.sh [mlp|cnn|adam]
set -eu
network=${1:-mlp}
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
. benchmarks/spark/environment.sh
mvn -q -f benchmarks/spark/yarn.xml org.apache.maven.plugins:maven-dependency-plugin:build-classpath \
  -Dmdep.outputFile="$folder/yarn-class-path" -Dmdep.includeScope=runtime
processes=
end() {
  # shellcheck disable=SC2086
  kill $processes 2>/dev/null || true
  wait
  rm -rf "$folder"
}
trap end EXIT
mkdir "$folder/conf"
export HADOOP_CONF_DIR="$folder/conf"
cat >"$folder/conf/core-site.xml" <<EOF
<configuration>
  <property><name>fs.defaultFS</name><value>file:///</value></property>
</configuration>
EOF
cat >"$folder/conf/yarn-site.xml" <<EOF
<configuration>
  <property><name>yarn.resourcemanager.hostname</name><value>127.0.0.1</value></property>
  <property><name>yarn.resourcemanager.scheduler.address</name><value>127.0.0.1:18030</value></property>
  <property><name>yarn.resourcemanager.resource-tracker.address</name><value>127.0.0.1:18031</value></property>
  <property><name>yarn.resourcemanager.address</name><value>127.0.0.1:18032</value></property>
  <property><name>yarn.resourcemanager.admin.address</name><value>127.0.0.1:18033</value></property>
  <property><name>yarn.resourcemanager.webapp.address</name><value>127.0.0.1:18088</value></property>
  <property>
    <name>yarn.resourcemanager.scheduler.class</name>
    <value>org.apache.hadoop.yarn.server.resourcemanager.scheduler.fifo.FifoScheduler</value>
  </property>
  <property><name>yarn.scheduler.minimum-allocation-mb</name><value>256</value></property>
  <property><name>yarn.nodemanager.hostname</name><value>127.0.0.1</value></property>
  <property><name>yarn.nodemanager.localizer.address</name><value>127.0.0.1:18040</value></property>
  <property><name>yarn.nodemanager.webapp.address</name><value>127.0.0.1:18042</value></property>
  <property><name>yarn.nodemanager.resource.memory-mb</name><value>6144</value></property>
  <property><name>yarn.nodemanager.resource.cpu-vcores</name><value>4</value></property>
  <property><name>yarn.nodemanager.vmem-check-enabled</name><value>false</value></property>
  <property><name>yarn.nodemanager.disk-health-checker.enable</name><value>false</value></property>
  <property><name>yarn.nodemanager.local-dirs</name><value>$folder/local</value></property>
  <property><name>yarn.nodemanager.log-dirs</name><value>$folder/logs</value></property>
</configuration>
EOF
for daemon in resourcemanager.ResourceManager nodemanager.NodeManager; do
  java -Xmx512m -Dhadoop.log.dir="$folder" --add-opens=java.base/java.lang=ALL-UNNAMED \
    -cp "$folder/conf:$(cat "$folder/yarn-class-path")" "org.apache.hadoop.yarn.server.$daemon" >>"$folder/log" 2>&1 &
  processes="$processes $!"
done
sleep 15
yarn=$(tr ':' '\n' <"$folder/yarn-class-path" | grep spark-yarn)
# The application master and executors find Spark where this process does.
for jar in $(echo "$class_path" | tr ':' '\n' | grep '\.jar$') "$yarn"; do
  ln -sf "$jar" "$folder/jars"
done
# shellcheck disable=SC2086
java -Xmx1g $open --add-modules jdk.incubator.vector -Dspark.yarn.jars="local:$folder/jars/*" \
  -Dspark.yarn.stagingDir="file://$folder" -cp "$folder/conf:$class_path:$yarn" org.dpfed.spark.ClusterRun yarn "$network" |
  while read -r line; do
    echo "$line"
    case $line in
    "round 2")
      sleep 0.4
      echo "kill -9 of an executor"
      pkill -KILL -n -f "$folder.*YarnCoarseGrainedExecutorBackend"
      ;;
    same) touch "$folder/same" ;;
    esac
  done
test -e "$folder/same"
