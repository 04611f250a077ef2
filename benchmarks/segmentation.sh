#!/bin/sh
# Trains U-Nets to find the brain in MR volumes of two subjects and writes Dice coefficients and a picture to
# benchmarks/results/segmentation.md and .png:
#
#   benchmarks/run.sh segmentation [ITK_DIRECTORY MRICRON_DIRECTORY]
#
# The directories are those with KmeansTest_T1UCharRaw.nii.gz of Debian's insighttoolkit5-examples and with ch2.nii.gz of
# mricron-data; the default is where Debian installs them. SEEDS="1 2 3" names the seeds, EPSILONS="8 2" the
# budgets. Runs are kept in runs/segmentation and not trained again.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
itk=$(readlink -f "${1:-/usr/share/doc/insighttoolkit5-examples/examples/Data}")
mricron=$(readlink -f "${2:-/usr/share/mricron/templates}")
cd "$root"
seeds=${SEEDS:-1 2 3}
epsilons=${EPSILONS:-8 2}
here=benchmarks/segmentation
runs=runs/segmentation
results=benchmarks/results
data=$runs/data
python=${PYTHON:-/usr/bin/python3}
for file in "$itk/KmeansTest_T1UCharRaw.nii.gz" "$itk/KmeansTest_T1RawSkullStrip.nii.gz" "$mricron/ch2.nii.gz" "$mricron/ch2bet.nii.gz"; do
  [ -f "$file" ] || {
    echo "$(basename "$file") is missing: apt-get install insighttoolkit5-examples mricron-data, or unpack the two packages with dpkg -x (some containers leave out /usr/share/doc) and name the directories" >&2
    exit 1
  }
done
"$python" -c 'import nibabel, numpy, scipy' || {
  echo "nibabel and SciPy are needed (Debian: apt-get install python3-nibabel python3-scipy)" >&2
  exit 1
}
mkdir -p "$data" "$results"
[ -f "$data/private.csv" ] || "$python" "$here/prepare.py" "$itk" "$mricron" "$data"

# train NAME FLAGS...
train() {
  name=$1
  shift
  if ! grep -qs '"status" : "finished"' "$runs/$name/report.json"; then
    rm -rf "${runs:?}/$name"
    ./dpfed train --runs "$runs" --name "$name" "$@"
  fi
}
for seed in $seeds; do
  for subject in itk ch2; do
    train "split-$subject-$seed" --config "$here/split.yaml" --data-file "$data/split-$subject-$seed.csv" \
      --seed "$seed" --model-seed "$seed"
  done
  train "none-$seed" --config "$here/private.yaml" --data-file "$data/private.csv" --seed "$seed" --model-seed "$seed" \
    --noise-multiplier 0
  for epsilon in $epsilons; do
    train "epsilon$epsilon-$seed" --config "$here/private.yaml" --data-file "$data/private.csv" --seed "$seed" \
      --model-seed "$seed" --epsilon "$epsilon"
  done
done

first=${seeds%% *}
most=${epsilons%% *}
java -cp "dpfed-cli/target/classes:$(cat dpfed-cli/target/launch/class-path)" "$here/Picture.java" \
  "$results/segmentation.png" "$data/volumes/ch2-image.nii.gz" "$data/volumes/ch2-labels.nii.gz" \
  "$runs/split-itk-$first/model.zip" "$runs/none-$first/model.zip" "$runs/epsilon$most-$first/model.zip"
how="\`SEEDS=\"$seeds\" EPSILONS=\"$epsilons\" benchmarks/run.sh segmentation\`, commit $(git rev-parse --short HEAD), $(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(java -version 2>&1 | head -1)."
"$python" "$here/table.py" "$runs" "$how" "$seeds" "$epsilons" | tee "$results/segmentation.md"
