#!/usr/bin/env bash
# From a bare machine to a mutation score: installs what is missing, builds the deepmaacc command, and analyses the sample network.
#
#   examples/quickstart.sh
#
# DEEPMAACC_DATA_DIR  a folder with models/ and mnist/, fmnist/ as docs/data.md describes: the paper's models are analysed too
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
if [[ ${1:-} == -h || ${1:-} == --help ]]; then
  sed -n '2,6p' "${BASH_SOURCE[0]}" | sed 's/^# \{0,1\}//'
  exit 0
fi
# Threads that wait for work should not keep a core busy.
export OMP_WAIT_POLICY=${OMP_WAIT_POLICY:-passive}

build=$root/build/release
"$root/cmake/check-build-folder.sh" "$build"
"$root/cmake/install-dependencies.sh"
log=$root/build/quickstart.log
mkdir -p "$root/build"
quietly() { # runs a command into the log, which is shown when it fails
  "$@" >>"$log" 2>&1 || { tail -n 30 "$log" >&2; echo "quickstart: '$*' failed; the whole log is $log" >&2; exit 1; }
}
: >"$log"
cd "$root"
[[ -e $build/build.ninja ]] || quietly cmake --preset release -DDEEPMAACC_BUILD_TESTS=OFF
[[ -x $build/bin/deepmaacc ]] || echo "building the deepmaacc command (three minutes on two cores) …" >&2
quietly cmake --build --preset release --target deepmaacc_command

deepmaacc=build/release/bin/deepmaacc
run() {
  echo "\$ $*"
  "$@"
  echo
}
run $deepmaacc analyze examples/data/digits-cnn.keras \
  --images examples/data/digits-test.npz:images --labels examples/data/digits-test.npz:labels

if [[ -n ${DEEPMAACC_DATA_DIR:-} ]]; then
  for set in mnist fmnist; do
    for network in fcnn lenet5; do
      run $deepmaacc analyze "$DEEPMAACC_DATA_DIR/models/$network-$set.keras" --prepare deepmaacc \
        --images "$DEEPMAACC_DATA_DIR/$set/t10k-images-idx3-ubyte.gz" --labels "$DEEPMAACC_DATA_DIR/$set/t10k-labels-idx1-ubyte.gz"
    done
  done
fi
