# Sourced by scripts/demo and scripts/test: goes to the repository's root, installs the Debian packages that are missing,
# and offers `build PRESET TARGET...`. Nothing is downloaded, installed or rebuilt where nothing is missing.
# shellcheck shell=bash

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

packages=(
  antlr4
  ccache
  cmake
  g++
  libantlr4-runtime-dev
  libbenchmark-dev
  libboost-dev
  libcli11-dev
  libcsv-dev
  libeigen3-dev
  libfmt-dev
  libgmock-dev
  libgtest-dev
  libjpeg-dev
  libmlir-19-dev
  libopenblas-dev
  libpng-dev
  libspdlog-dev
  libtbb-dev
  libzip-dev
  lld-19
  llvm-19-dev
  llvm-19-tools
  mlir-19-tools
  ninja-build
  nlohmann-json3-dev
  python3
  zlib1g-dev
)

say() { printf '\n== %s\n' "$*"; }
complain() { printf 'error: %s\n' "$*" >&2; }

# install_packages NAME...: those of them that are not installed yet.
install_packages() {
  if ! command -v dpkg-query >/dev/null; then
    complain "these scripts install Debian packages, and there is no dpkg-query here: they are for Debian 12"
    return 1
  fi
  local missing=() name
  for name in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || missing+=("$name")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  local root=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
      complain "packages are missing (${missing[*]}): run this as root, or install sudo"
      return 1
    fi
    root=(sudo)
  fi
  say "installing ${missing[*]}"
  "${root[@]}" apt-get update -qq </dev/null || return 1
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null
}

# As many jobs as there are cores, but 2 GB of memory for each: a file that includes MLIR's headers takes about one.
job_count() {
  local cores kilobytes limit fit
  cores=$(nproc)
  kilobytes=$(awk '/^MemAvailable:/ {print $2}' /proc/meminfo)
  limit=$(cat /sys/fs/cgroup/memory.max 2>/dev/null || echo max)
  if [ "$limit" != max ] && [ $((limit / 1024)) -lt "$kilobytes" ]; then kilobytes=$((limit / 1024)); fi
  fit=$((kilobytes / 2000000))
  if [ "$fit" -lt 1 ]; then fit=1; fi
  if [ "$fit" -lt "$cores" ]; then echo "$fit"; else echo "$cores"; fi
}

# build PRESET [TARGET...]: configures once (CMake configures again by itself when its files change), then builds.
build() {
  local preset=$1
  shift
  say "building ($preset)"
  if [ ! -f "build/$preset/build.ninja" ]; then
    cmake --preset "$preset" || return 1
  fi
  cmake --build "build/$preset" --parallel "$(job_count)" ${1:+--target "$@"}
}
