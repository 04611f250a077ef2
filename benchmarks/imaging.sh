#!/bin/sh
# Trains on DICOM images of five simulated hospitals, four as files and one on an Orthanc server, with privacy for each
# patient, and compares that with each hospital alone and with no privacy. Writes benchmarks/results/imaging*:
#
#   benchmarks/run.sh imaging              Fashion-MNIST, shirts and T-shirts, as a stand-in
#   benchmarks/run.sh imaging FILE.npz     PneumoniaMNIST
#
# SEEDS="1, 2, 3" and EPSILONS="1, 2, 4, 8" are lists, PATIENTS=4000 is how many there are at most, FASHION_MNIST=DIR is
# where its files are. Runs are kept in runs/imaging and not trained again. Needs: apt-get install orthanc
# orthanc-dicomweb python3-pydicom python3-numpy dataset-fashion-mnist
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
images=${1:-${FASHION_MNIST:-/usr/share/datasets/fashion-mnist}}
seeds=${SEEDS:-1, 2, 3}
epsilons=${EPSILONS:-1, 2, 4, 8}
patients=${PATIENTS:-4000}
plugin=/usr/share/orthanc/plugins/libOrthancDicomWeb.so
python=/usr/bin/python3
served=east
rounds=60
fail() {
  echo "benchmarks/run.sh imaging: $1" >&2
  exit 2
}

name=imaging
argument=
what="The images are those of Fashion-MNIST, a stand-in: shirts for ill, T-shirts for healthy."
if [ $# -gt 0 ]; then
  name=imaging-pneumonia
  argument=" FILE.npz"
  what="The images are the chest radiographs of PneumoniaMNIST (28 × 28 pixels; MedMNIST, CC BY 4.0), pneumonia or not."
fi
[ -e "$images" ] || fail "$images is missing; apt-get install dataset-fashion-mnist, or name a file of PneumoniaMNIST"
command -v Orthanc >/dev/null && [ -f "$plugin" ] || fail "Orthanc is missing; apt-get install orthanc orthanc-dicomweb"
work=$root/runs/$name
mkdir -p "$work"

if [ ! -f "$work/labels.csv" ]; then
  rm -rf "$work/archive" "$work/served"
  $python benchmarks/imaging/hospitals.py "$images" "$work" --patients "$patients" >"$work/hospitals.csv"
  mkdir "$work/served"
  mv "$work/archive/$served" "$work/served/"
fi

# The server of one hospital: on this machine alone, with a password of its own, which no settings hold.
port=$($python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
url=http://127.0.0.1:$port
server=$(mktemp -d)
umask 077
password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
echo "hospital:$password" >"$server/credentials"
cat >"$server/orthanc.json" <<END
{"StorageDirectory": "$server/database", "IndexDirectory": "$server/database", "HttpPort": $port,
 "RemoteAccessAllowed": false, "DicomServerEnabled": false, "AuthenticationEnabled": true,
 "RegisteredUsers": {"hospital": "$password"}, "Plugins": ["$plugin"],
 "DicomWeb": {"Enable": true, "Root": "/dicom-web/"}}
END
umask 022
Orthanc "$server/orthanc.json" >"$work/orthanc.log" 2>&1 &
orthanc=$!
trap 'kill $orthanc 2>/dev/null; wait $orthanc 2>/dev/null || true; rm -rf "$server"' EXIT
trap 'exit 130' INT TERM
$python benchmarks/imaging/store.py "$url" "$server/credentials" "$work/served"
DPFED_DICOM_CREDENTIALS=$(cat "$server/credentials")
export DPFED_DICOM_CREDENTIALS

# sweep NAME SOURCE COHORT PRIVACY: trains once for each seed and for each epsilon that PRIVACY lists.
sweep() {
  [ ! -f "$work/sweeps/$1/summary.md" ] || return 0
  rm -rf "$work/sweeps/$1" "$work/ledgers/$1.jsonl"
  cat >"$work/$1.yaml" <<END
data:
  set: dicom
  labels: labels.csv
  classes: [healthy, ill]
  imageSize: [28, 28]
  scaling: {mean: 0, deviation: 1000}   # what Rescale Slope makes of every scanner's numbers
  siteNames: true
$2
partition:
  by: by-key                  # each patient is a client
model:
  architecture: tanh-cnn
client:
  learningRate: 0.2
  batchSize: 16
server:
  learningRate: 2
privacy:
  expectedCohortSize: $3
  clipNorm: 0.5
  rounds: $rounds
  delta: 1.0e-4
run:
  evaluateEvery: 20
  ledger: "$work/ledgers/$1.jsonl"   # a simulation: in earnest all runs on a patient share one
sweep:
  privacy.$4
  seeds: [$seeds]
END
  ./dpfed sweep --config "$work/$1.yaml" --sweeps "$work/sweeps" --name "$1"
}

# place HOSPITAL: where its images are, as settings.
place() {
  if [ "$1" = "$served" ]; then
    echo "  url: $url/dicom-web"
  else
    echo "  directory: archive/$1"
  fi
}

everywhere="  directory: archive
  url: $url/dicom-web"
hospitals=$(sed '1d; s/,.*//' "$work/hospitals.csv")
cohort=$(awk -F, 'NR > 1 { n += $2 } END { print int(n / 20) }' "$work/hospitals.csv")
last=$(echo "$epsilons" | sed 's/.*, *//')
set --
for hospital in $hospitals; do
  its=$(awk -F, -v h="$hospital" '$1 == h { print $2 }' "$work/hospitals.csv")
  sweep "private-$hospital" "$(place "$hospital")" $(((its + 19) / 20)) "epsilon: [$last]"
  sweep "open-$hospital" "$(place "$hospital")" $((its < cohort ? its : cohort)) "noiseMultiplier: [0]"
  set -- "$@" --alone "$hospital=$work/sweeps/open-$hospital" --alone-private "$hospital=$work/sweeps/private-$hospital"
done
sweep private "$everywhere" "$cohort" "epsilon: [$epsilons]"
sweep open "$everywhere" "$cohort" "noiseMultiplier: [0]"

target=$root/dpfed-bench/target
mkdir -p "$target"
mvn -q -B -Dmaven.test.skip=true -Dmaven.javadoc.skip -Djacoco.skip -pl dpfed-bench -am package \
  org.apache.maven.plugins:maven-dependency-plugin:build-classpath \
  -Dmdep.outputFile="$target/classpath.txt" -Dmdep.includeScope=runtime
cat >"$work/text.md" <<END
# Training at five simulated hospitals

$what

**Simulated:** the hospitals, their scanners, which images are of one patient, and how many are ill where. A patient is
one to four images of one class; no image is taken twice. A scanner blurs (pixels), scales, shifts and adds noise (shares
of the range), and stores 8, 12 or 16 bits, one of them as MONOCHROME1. The classes are easier or harder to tell apart
than those of patients, and real hospitals differ in more ways.
**Real:** DICOM files, a server (Orthanc, with a password) for hospital $served, and privacy for each patient: all images of
a patient are one client.

| hospital | patients | ill | images | gain | offset | blur | noise | bits | photometric |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
$(sed '1d; s/,/ | /g; s/^/| /; s/$/ |/' "$work/hospitals.csv")

All runs train the same network (\`tanh-cnn\`) for $rounds rounds with clip norm 0.5; without privacy they add no noise. In a
round $cohort patients are expected, and with privacy at one hospital alone as large a share of its own. ε is for one patient
(add or remove one), with δ = 10⁻⁴. About a fifth of the patients is held out, the same in all runs. Numbers are means ±
standard deviations over the seeds. The AUC does not depend on how many are ill at a hospital, and the accuracy does. **Results on held-out patients have no guarantee, and neither has a choice among the runs of one table.**

\`SEEDS="$seeds" EPSILONS="$epsilons" PATIENTS=$patients benchmarks/run.sh imaging$argument\`, commit $(git rev-parse --short HEAD), \
$(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(java -version 2>&1 | head -1), \
$(Orthanc --version | head -1), pydicom $($python -c 'import pydicom; print(pydicom.__version__)').
END
java -Djava.awt.headless=true -cp "$target/classes:$(cat "$target/classpath.txt")" org.dpfed.bench.imaging.HospitalTable \
  --text "$work/text.md" --out "$root/benchmarks/results/$name" --all "$work/sweeps/open" --private "$work/sweeps/private" "$@"
cat "$root/benchmarks/results/$name.md"
