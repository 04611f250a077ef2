# Sourced from the root of a checkout by scripts that start Spark from Maven's jars: compiles, and sets class_path, the
# JVM flags that Spark's own scripts set ($open), and a Spark home of this run ($folder), which the script deletes.
mvn -q test-compile org.apache.maven.plugins:maven-dependency-plugin:build-classpath -pl dpfed-core,dpfed-spark \
  -Djacoco.skip -Dspotless.check.skip -Dmdep.outputFile=target/class-path -Dmdep.includeScope=test
class_path=$root/dpfed-spark/target/test-classes:$root/dpfed-spark/target/classes:$(cat dpfed-spark/target/class-path)
folder=$(mktemp -d)
mkdir "$folder/jars"
export SPARK_HOME="$folder" SPARK_SCALA_VERSION=2.13 SPARK_LOCAL_IP=127.0.0.1
open=
for package in lang lang.invoke lang.reflect io net nio util util.concurrent util.concurrent.atomic; do
  open="$open --add-opens=java.base/java.$package=ALL-UNNAMED"
done
for package in nio.ch nio.cs security.action util.calendar; do
  open="$open --add-opens=java.base/sun.$package=ALL-UNNAMED"
done
