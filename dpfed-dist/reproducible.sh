#!/bin/sh
# Builds dpfed twice from the files that git knows, in folders of different names (one with a space), time zones and
# languages, and compares every archive, pom and bill of materials. JDK and umask are the same: the modes of folders
# in jars follow the umask.
#
# Usage: dpfed-dist/reproducible.sh [MAVEN FLAGS]     such as -o
# Exits with 1 and names the files where the builds differ; the folders then stay for a look.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
umask 022

# The working tree, changes included, but no build output.
copy() {
  mkdir -p "$1"
  (cd "$root" && git ls-files -z | tar -c --null --files-from=- --ignore-failed-read) | tar -x -C "$1"
}

build() {
  folder=$1
  shift
  cd "$folder"
  env -u MAVEN_OPTS "$@"
  find . -path '*/target/*' -type f ! -path '*/jacoco/*' \
    \( -name '*.jar' -o -name '*.zip' -o -name '*.tar.gz' -o -name published-pom.xml -o -name sbom.cdx.json \) \
    -exec sha256sum {} + | LC_ALL=C sort -k 2 >"$folder.sha256"
}

# Both before the first build, as somebody may be working.
copy "$work/first"
copy "$work/the second"
maven="mvn -B -q -DskipTests -Djacoco.skip -Dspotless.check.skip"
# shellcheck disable=SC2086 # flags are meant to be split
build "$work/first" TZ=UTC LC_ALL=C $maven "$@" package
# shellcheck disable=SC2086
build "$work/the second" TZ=Asia/Tokyo LC_ALL=C.UTF-8 JAVA_TOOL_OPTIONS=-Duser.language=tr $maven "$@" package

[ -s "$work/first.sha256" ] || { echo "the builds made nothing" >&2; exit 1; }
if diff "$work/first.sha256" "$work/the second.sha256"; then
  echo "$(wc -l <"$work/first.sha256") files are the same in both builds:"
  sed 's/^\(.\{16\}\)[^ ]* /\1…/' "$work/first.sha256"
  cd /
  rm -rf "$work"
else
  echo "the builds differ in the files above; they lie in $work" >&2
  exit 1
fi
