#!/usr/bin/env bash
# Installs what deepmaacc is built with: Debian packages, and Kokkos 4.7.00 into .deps/ of this checkout.
#
#   cmake/install-dependencies.sh [--with tests|clang|format|tidy]... [--backend openmp|serial|threads|cuda]... [--cpu native|portable] [--compiler C++]
#
# --with tests   also what the tests need (Boost.Test)
# --with clang   also clang, its OpenMP runtime and its sanitizers       --with format   also clang-format       --with tidy   also clang-tidy
# --backend      which Kokkos to build (default openmp; may be repeated: one install for each)
# --cpu          native (default): tuned for this machine, and so is whatever links to it · portable: runs on any CPU of this kind
# --compiler     the compiler to build Kokkos with (default: $CXX, else g++)
#
# Runs again in a second when nothing is missing. Kokkos is kept once per compiler, CPU type and back end; an installed
# Kokkos >= 4.2 that CMake finds (CMAKE_PREFIX_PATH, Kokkos_ROOT) comes before it. Where the release page cannot be reached, Kokkos
# is taken from the copy in PyPI's pygenten 0.1.5; both are checked by sha256.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
deps=${DEEPMAACC_DEPS_DIR:-$(dirname "$here")/.deps}
say() { printf 'install-dependencies: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

with=() backends=() cpu=native compiler=${CXX:-g++}
while (($#)); do
  case $1 in
    --with) with+=("${2:?--with needs tests, clang, format or tidy}"); shift 2 ;;
    --backend) backends+=("${2:?--backend needs openmp, serial, threads or cuda}"); shift 2 ;;
    --cpu) cpu=${2:?--cpu needs native or portable}; shift 2 ;;
    --compiler) compiler=${2:?--compiler needs a command}; shift 2 ;;
    -h | --help) sed -n '2,14p' "${BASH_SOURCE[0]}" | sed 's/^# \{0,1\}//'; exit 0 ;;
    *) fail "unknown option $1; --help lists them" ;;
  esac
done
is_backend_given=yes
((${#backends[@]})) || { backends=(openmp); is_backend_given=no; }
[[ $cpu == native || $cpu == portable ]] || fail "--cpu $cpu: give native or portable"

# ---- packages -----------------------------------------------------------------------------------------------------------
# OpenBLAS: the OpenMP flavour runs one thread inside our parallel regions and is safe there; the serial flavour is not
# safe to call from several threads at once (its buffers are handed out without a lock).
packages=(g++ cmake ninja-build pkg-config ca-certificates libxtensor-dev libxtensor-blas-dev libopenblas-openmp-dev
  libboost-graph-dev libhdf5-dev libzip-dev zlib1g-dev libjansson-dev nlohmann-json3-dev libcli11-dev)
for part in ${with[@]+"${with[@]}"}; do
  case $part in
    tests) packages+=(libboost-test-dev python3 python3-numpy) ;;
    clang) packages+=(clang libclang-rt-dev libomp-dev) ;;
    format) packages+=(clang-format) ;;
    tidy) packages+=(clang-tidy) ;;
    *) fail "--with $part: give tests, clang, format or tidy" ;;
  esac
done

install_packages() {
  local missing=() package
  if ! command -v dpkg-query >/dev/null; then
    say "not a Debian system: please see that these are installed (names are Debian's): ${packages[*]}"
    return
  fi
  for package in "$@"; do
    dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  ((EUID == 0)) || fail "not root; run this once, then start again: sudo apt-get install --no-install-recommends ${missing[*]}"
  say "installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -q >/dev/null </dev/null || say "apt-get update failed; going on with the package lists that are here"
  apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null </dev/null
}
install_packages "${packages[@]}"
command -v "$compiler" >/dev/null || fail "no compiler '$compiler'; give --compiler, or --with clang for clang"

# ---- Kokkos -------------------------------------------------------------------------------------------------------------
version=4.7.00
archive=kokkos-$version.tar.gz
archive_sha=126b774a24dde8c1085c4aede7564c0b7492d6a07d85380f2b387a712cea1ff5
copy=pygenten-0.1.5.tar.gz # a source distribution that holds an unchanged copy of Kokkos $version
copy_sha=e620f05c742905e2db705d875f1cac92ef0ed453f9e6734e9beda26cc0f9cce7

fetch_kokkos() { # leaves the sources in $deps/kokkos-$version
  [[ -e $deps/kokkos-$version/.complete ]] && return
  install_packages python3 python3-pip ca-certificates
  local work=$deps/download sources
  rm -rf "$work" "$deps/kokkos-$version" && mkdir -p "$work"
  say "fetching Kokkos $version"
  if python3 - "https://github.com/kokkos/kokkos/releases/download/$version/$archive" "$work/$archive" <<'PYTHON' 2>/dev/null &&
import shutil, sys, urllib.request
with urllib.request.urlopen(sys.argv[1], timeout=10) as answer, open(sys.argv[2], "wb") as file:
    shutil.copyfileobj(answer, file)
PYTHON
    echo "$archive_sha  $work/$archive" | sha256sum --check --status; then
    tar -xzf "$work/$archive" -C "$work"
    sources=$work/kokkos-$version
  else
    say "the release archive can't be reached; taking the copy that PyPI's pygenten 0.1.5 carries"
    python3 -m pip download -q --no-deps --no-binary pygenten -d "$work" pygenten==0.1.5 </dev/null >"$work/pip.log" 2>&1 ||
      [[ -s $work/$copy ]] || { tail -n 5 "$work/pip.log" >&2; fail "could not fetch Kokkos $version; install Kokkos >= 4.2 yourself and set Kokkos_ROOT"; }
    echo "$copy_sha  $work/$copy" | sha256sum --check --status || fail "$copy has the wrong sha256; nothing was built"
    tar -xzf "$work/$copy" -C "$work" --wildcards '*/tpls/kokkos/*'
    sources=$(dirname "$(find "$work" -path '*/tpls/kokkos/CMakeLists.txt' | head -n 1)")
  fi
  mv "$sources" "$deps/kokkos-$version"
  rm -rf "$work"
  touch "$deps/kokkos-$version/.complete"
}

has_kokkos() { # whether CMake finds an installed Kokkos that will do
  local probe found=1
  probe=$(mktemp -d)
  printf '%s\n' 'cmake_minimum_required(VERSION 3.22)' 'project(probe CXX)' 'find_package(Kokkos 4.2 REQUIRED CONFIG)' >"$probe/CMakeLists.txt"
  cmake -S "$probe" -B "$probe/build" -DCMAKE_CXX_COMPILER="$compiler" >/dev/null 2>&1 && found=0
  rm -rf "$probe"
  return $found
}

build_kokkos() { # build_kokkos BACKEND
  local backend=$1 prefix build options=()
  prefix=$(cmake -DCOMPILER="$compiler" -DBACKEND="$backend" -DCPU="$cpu" -DDEPS="$deps" -P "$here/kokkos-prefix.cmake" 2>&1)
  [[ -e $prefix/.complete ]] && return
  [[ $is_backend_given == no ]] && has_kokkos && { say "an installed Kokkos is found; none is built"; return; }
  fetch_kokkos
  case $backend in
    openmp) options=(-DKokkos_ENABLE_OPENMP=ON) ;;
    serial) ;;
    threads) options=(-DKokkos_ENABLE_THREADS=ON) ;;
    cuda)
      command -v nvcc >/dev/null || fail "--backend cuda: no nvcc on PATH"
      # The new View has [[no_unique_address]] members, which nvcc 12.9 and later lays out otherwise for the device than for the host:
      # kernels would get wrong pointers. Kokkos 4.7.02 mends that.
      options=(-DKokkos_ENABLE_OPENMP=ON -DKokkos_ENABLE_CUDA=ON -DKokkos_ENABLE_COMPILE_AS_CMAKE_LANGUAGE=ON -DKokkos_ENABLE_IMPL_VIEW_LEGACY=ON
        "-DKokkos_ARCH_${DEEPMAACC_CUDA_ARCH:-HOPPER90}=ON" "-DCMAKE_CUDA_ARCHITECTURES=${DEEPMAACC_CUDA_ARCHITECTURES:-90}"
        "-DCMAKE_CUDA_FLAGS=-std=c++20 -include $here/cuda13_for_kokkos.hpp")
      ;;
    *) fail "--backend $backend: give openmp, serial, threads or cuda" ;;
  esac
  [[ $cpu == native ]] && options+=(-DKokkos_ARCH_NATIVE=ON)
  say "building Kokkos $version ($backend, $cpu, $compiler) into $prefix"
  build=$(mktemp -d)
  if ! { cmake -S "$deps/kokkos-$version" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_COMPILER="$compiler" \
    -DCMAKE_CXX_STANDARD=20 -DCMAKE_CXX_EXTENSIONS=OFF -DKokkos_ENABLE_SERIAL=ON -DKokkos_ENABLE_DEPRECATED_CODE_4=OFF \
    -DCMAKE_INSTALL_PREFIX="$prefix" -DCMAKE_INSTALL_LIBDIR=lib "${options[@]}" &&
    cmake --build "$build" --target install; } >"$build/log" 2>&1 </dev/null; then
    tail -n 30 "$build/log" >&2
    fail "Kokkos did not build; the whole log is $build/log"
  fi
  rm -rf "$build"
  touch "$prefix/.complete"
}

mkdir -p "$deps"
exec 9>"$deps/.lock" && { command -v flock >/dev/null && flock 9 || true; } # two runs at once wait for each other
for backend in "${backends[@]}"; do build_kokkos "$backend"; done
