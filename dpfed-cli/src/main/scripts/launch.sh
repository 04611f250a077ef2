# How dpfed's command line is started, shared by the launchers of the checkout and of the distribution.
# They source this file with
#   home        where dpfed lies
#   scripts     the folder of this file
# and call find_java, then launch CLASS_PATH ARGUMENTS. Read from the environment:
#   SPARK_HOME         Apache Spark, for runs with engine.kind spark
#   HADOOP_CONF_DIR, YARN_CONF_DIR  where YARN is, for such runs with the master yarn
#   SPARK_LOCAL_IP, SPARK_LOCAL_HOSTNAME  where a local-cluster listens; otherwise to this machine alone
#   JAVA_HOME          which Java, 17 or newer; otherwise the java on the PATH
#   DPFED_JAVA_OPTS    further JVM flags, such as -Xmx8g
#   OPENBLAS_CORETYPE  which kernels OpenBLAS takes; otherwise those for this processor
#   OMP_NUM_THREADS    threads inside one operation of DL4J; otherwise 1

fail() {
  echo "dpfed: $1" >&2
  exit 1
}

# Sets java, java_version and java_modules, from the file that describes a Java installation where there is
# one: asking Java itself would double the time to start.
find_java() {
  java=${JAVA_HOME:+$JAVA_HOME/bin/}java
  found=$(command -v "$java") || fail "$java is not there; install Java 17 or newer, or set JAVA_HOME"
  release=$(dirname "$(readlink -f "$found")")/../release
  java_version=
  java_modules=
  if [ -f "$release" ]; then
    java_version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$release")
    java_modules=$(sed -n 's/^MODULES="\(.*\)"/\1/p' "$release")
  fi
  [ -n "$java_version" ] ||
    java_version=$("$java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p' | head -n 1)
  [ "${java_version:-0}" -ge 17 ] ||
    fail "Java 17 or newer is needed, $java is ${java_version:-of an unknown version}; set JAVA_HOME"
  [ -n "$java_modules" ] || java_modules=$("$java" --list-modules | sed 's/@.*//')
}

has_module() {
  case " $(echo "$java_modules" | tr '\n' ' ') " in
    *" $1 "*) ;;
    *) return 1 ;;
  esac
}

# The JVM prints a warning, which no flag turns off, wherever this incubator module is loaded: only training
# is faster for it.
trains() {
  case " $* " in
    *" -h "* | *" --help "*) return 1 ;;
    *" train "* | *" sweep "*) ;;
    *) return 1 ;;
  esac
}

# Sets engine and master to those that flags name, and configurations to the files that may name others: that of
# --config and that of the run to resume.
read_engine() {
  engine=
  master=
  configurations=
  flag=
  for argument in "$@"; do
    case $argument in
      --*=*) flag=${argument%%=*} ;;
      --*)
        flag=$argument
        continue
        ;;
    esac
    value=${argument#--*=}
    case $flag in
      --engine) engine=$value ;;
      --spark-master) master=$value ;;
      --config) configurations="$configurations$value
" ;;
      --resume) configurations="$configurations$value/config.yaml
" ;;
    esac
    flag=
  done
}

# Whether one of the configurations has this key with a value that begins so.
configured() {
  printf '%s' "$configurations" | while IFS= read -r file; do
    [ ! -f "$file" ] || ! grep -Eq "^[^#]*$1[\"']?[[:space:]]*:[[:space:]]*[\"']?$2" "$file" || echo yes
  done | grep -q yes
}

# Whether a run may train on Spark: its flags, its configuration or that of the run to resume name it. Its jars
# are then on the class path, before dpfed's, as they are where spark-submit or an executor starts it.
uses_spark() {
  [ -n "${SPARK_HOME:-}" ] && trains "$@" || return 1
  read_engine "$@"
  case $engine in
    spark) ;;
    '') configured kind spark || return 1 ;;
    *) return 1 ;;
  esac
  [ -d "$SPARK_HOME" ] || fail "SPARK_HOME is $SPARK_HOME, which does not exist; set it to the folder of Apache Spark 4.2"
  set -- "$SPARK_HOME"/jars/spark-core_*.jar
  [ -e "$1" ] ||
    fail "SPARK_HOME is $SPARK_HOME, which has no folder jars with Spark in it; set it to the folder of Apache Spark 4.2"
}

# Whether the cluster is Spark's own on this machine; only after uses_spark.
uses_local_cluster() {
  case $master in
    local-cluster*) ;;
    '') configured master local-cluster ;;
    *) return 1 ;;
  esac
}

# What Spark's own scripts open for it, of those that its core needs, and dpfed's logging.
spark_flags() {
  for package in lang lang.invoke lang.reflect io net nio util util.concurrent util.concurrent.atomic; do
    echo "--add-opens=java.base/java.$package=ALL-UNNAMED"
  done
  for package in nio.ch nio.cs security.action util.calendar; do
    echo "--add-opens=java.base/sun.$package=ALL-UNNAMED"
  done
  echo "-Dslf4j.provider=ch.qos.logback.classic.spi.LogbackServiceProvider -Dslf4j.internal.verbosity=WARN"
}

jvm_flags() {
  if uses_spark "$@"; then
    spark_flags
  fi
  if trains "$@" && has_module jdk.incubator.vector; then
    echo "--add-modules jdk.incubator.vector"
  fi
  if [ "$java_version" -ge 22 ]; then
    echo "--enable-native-access=ALL-UNNAMED"
  fi
  if [ "$java_version" -ge 23 ]; then
    echo "--sun-misc-unsafe-memory-access=allow"
  fi
  # Fast to start and light beside the workers; the large arrays are outside the heap. ND4J's records of
  # small arrays outlive one collection, and must not get into the old generation for want of room.
  echo "-XX:+UseSerialGC -XX:SurvivorRatio=2 -Dorg.bytedeco.javacpp.maxPhysicalBytes=0"
}

launch() {
  class_path=$1
  shift
  case $home in
    *:*) fail "Java finds nothing in a folder whose name holds a colon; move $home" ;;
  esac
  flags=$(jvm_flags "$@")
  if uses_spark "$@"; then
    # As Spark's own scripts do, with the files that say where YARN is.
    class_path=$SPARK_HOME/jars/*:$class_path${HADOOP_CONF_DIR:+:$HADOOP_CONF_DIR}${YARN_CONF_DIR:+:$YARN_CONF_DIR}
    export SPARK_SCALA_VERSION="${SPARK_SCALA_VERSION:-2.13}"
    # Otherwise master, workers, executors and their web pages listen to the network.
    if uses_local_cluster; then
      export SPARK_LOCAL_IP="${SPARK_LOCAL_IP:-127.0.0.1}" SPARK_LOCAL_HOSTNAME="${SPARK_LOCAL_HOSTNAME:-localhost}"
    fi
  fi
  # Workers train one client each; threads inside one operation would only get in their way.
  export OMP_NUM_THREADS="${OMP_NUM_THREADS:-1}"
  if [ -z "${OPENBLAS_CORETYPE:-}" ]; then
    coretype=$("$scripts/openblas-coretype")
    [ -z "$coretype" ] || export OPENBLAS_CORETYPE="$coretype"
  fi
  # Java 17 cannot ask whether standard error, where progress is shown, is a terminal.
  if [ -t 2 ] && [ "${TERM:-dumb}" != dumb ]; then
    flags="$flags -Ddpfed.terminal=true"
    # Rows and columns; nothing where stty is missing, 0 0 where the terminal does not know.
    size=$(stty size <&2 2>/dev/null || true)
    flags="$flags -Ddpfed.columns=${size##* }"
  fi
  # shellcheck disable=SC2086 # options are meant to be split
  exec "$java" $flags ${DPFED_JAVA_OPTS:-} -cp "$class_path" org.dpfed.cli.Main "$@"
}
