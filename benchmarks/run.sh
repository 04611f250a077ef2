#!/bin/sh
# Runs one family of benchmarks: benchmarks/run.sh NAME [arguments], where NAME.sh lies beside this file.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
name=${1:-}
if [ -z "$name" ] || [ ! -f "$here/$name.sh" ] || [ "$name" = run ]; then
  echo "usage: benchmarks/run.sh NAME [arguments]; NAME is one of:" >&2
  for script in "$here"/*.sh; do
    base=$(basename "$script" .sh)
    [ "$base" = run ] || echo "  $base" >&2
  done
  exit 2
fi
shift
exec sh "$here/$name.sh" "$@"
