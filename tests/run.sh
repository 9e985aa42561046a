#!/usr/bin/env bash
# Installs what is missing, builds, and runs the tests.
#
#   tests/run.sh [--preset release|dev|asan|tsan|clang|cuda] [--filter REGEX] [--jobs N] [--ci] [--thorough]
#
# --preset   how to build (default release); cuda compiles and links device code, and runs it where there is a device; tsan builds and
#            runs what is about threads
# --filter   only tests whose name matches
# --jobs     compilers and tests at a time (default: one per core)
# --ci       everything that is checked before a change is accepted: clang-format, cuda where nvcc is
#            installed, release by g++, asan and tsan by clang, and clang-tidy; warnings are errors
# --thorough what only long runs show, too: every header compiled alone, and half a minute of fuzzing for each reader where clang builds;
#            --ci does both, each in one of its builds, and half of the fuzzing
#
# DEEPMAACC_DATA_DIR  the paper's models and test sets (docs/data.md); default ../shared/data. Tests that need them are skipped without.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
preset=release filter=. jobs=$(nproc) ci=no thorough=no
while (($#)); do
  case $1 in
    --preset) preset=${2:?--preset needs a name}; shift 2 ;;
    --filter) filter=${2:?--filter needs a regular expression}; shift 2 ;;
    --jobs) jobs=${2:?--jobs needs a number}; shift 2 ;;
    --ci) ci=yes; shift ;;
    --thorough) thorough=yes; shift ;;
    -h | --help) sed -n '2,15p' "${BASH_SOURCE[0]}" | sed 's/^# \{0,1\}//'; exit 0 ;;
    *) echo "tests/run.sh: unknown option $1; --help lists them" >&2; exit 2 ;;
  esac
done
cd "$root"
if [[ -z ${DEEPMAACC_DATA_DIR:-} && -d ../shared/data ]]; then export DEEPMAACC_DATA_DIR=$(cd ../shared/data && pwd); fi
# Threads that wait must not keep a core busy while other tests run; two threads unless told otherwise.
export OMP_WAIT_POLICY=passive OMP_PROC_BIND=false OMP_NUM_THREADS=${OMP_NUM_THREADS:-2}

parts=() # what took how long, for the end
trap '((${#parts[@]} == 0)) || printf "== %s\n" "${parts[@]}"' EXIT

run_preset() { # run_preset PRESET [CMAKE OPTION]...
  local name=$1 install=(--with tests) began=$SECONDS built=0 status=0
  shift
  case $name in
    release | dev) ;;
    asan | clang | tsan) install+=(--with clang --compiler clang++) ;;
    cuda)
      command -v nvcc >/dev/null || { echo "tests/run.sh: preset cuda skipped, no nvcc on PATH"; return; }
      install+=(--backend cuda)
      ;;
    *) echo "tests/run.sh: unknown preset $name; presets: release, dev, asan, tsan, clang, cuda" >&2; exit 2 ;;
  esac
  echo "== $name"
  cmake/check-build-folder.sh "build/$name"
  cmake/install-dependencies.sh "${install[@]}"
  cmake --preset "$name" -DDEEPMAACC_BUILD_TESTS=ON "$@" >"build/$name-configure.log" 2>&1 || { tail -n 30 "build/$name-configure.log" >&2; exit 1; }
  # What another build would only repeat: examples and the command, checks of sources and packages, and the long runs.
  local targets=() left_out='^$' selected=$filter
  [[ $ci == no && $thorough == no && $filter == . ]] && left_out='^headers$'
  [[ $ci == yes && $name == asan ]] && targets=(--target tests/all)
  # The thread sanitizer is slow to build and to run: what is about threads is all that it adds to.
  [[ $name == tsan && $filter == . ]] && targets=(--target test_concurrency) selected='^concurrency$'
  [[ $ci == yes && $name == asan ]] && left_out='^(architecture|packaging|published|headers|example\.|docs\.broken|command)'
  built=$SECONDS
  cmake --build --preset "$name" --parallel "$jobs" "${targets[@]}" | awk '/warning|error|FAILED/ {shown = 40} shown-- > 0'
  local tested=$SECONDS start=()
  # Where a kernel spreads memory wider than clang 14's thread sanitizer expects, it starts without that only.
  [[ $name == tsan ]] && setarch -R true 2>/dev/null && start=(setarch -R)
  "${start[@]}" ctest --preset "$name" --parallel "$jobs" -R "$selected" -E "$left_out" --no-tests=error || status=$?
  parts+=("$name: $((built - began)) s to set up, $((tested - built)) s to build, $((SECONDS - tested)) s to test")
  return "$status"
}

run_tidy() { # in the build of preset asan
  local began=$SECONDS
  echo "== clang-tidy"
  cmake --build --preset asan --target deepmaacc_tidy | awk '/warning|error|FAILED/ {shown = 40} shown-- > 0'
  parts+=("clang-tidy: $((SECONDS - began)) s")
}

mkdir -p build
if [[ $ci == no ]]; then
  seconds=2
  if [[ $thorough == yes ]]; then seconds=30; fi
  run_preset "$preset" "-DDEEPMAACC_FUZZ_SECONDS=$seconds"
else
  cmake/install-dependencies.sh --with tests --with format --with tidy
  git ls-files '*.hpp' '*.cpp' '*.hpp.in' | xargs clang-format --dry-run --Werror
  run_preset cuda
  run_preset release -DDEEPMAACC_WARNINGS_AS_ERRORS=ON
  # By clang: what its sanitizers find, its own warnings and its reading of the language, in one build.
  run_preset asan -DDEEPMAACC_WARNINGS_AS_ERRORS=ON -DDEEPMAACC_TEST_STAND_IN=OFF -DDEEPMAACC_FUZZ_SECONDS=15
  run_tidy
  run_preset tsan -DDEEPMAACC_WARNINGS_AS_ERRORS=ON
fi
