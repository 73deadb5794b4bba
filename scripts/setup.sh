# Sourced by scripts/demo and scripts/test: goes to the repository's root, installs the Debian packages that are missing,
# and offers `build PRESET TARGET...`. Nothing is downloaded, installed or rebuilt where nothing is missing.
# shellcheck shell=bash

cd "$(dirname "${BASH_SOURCE[0]}")/.."

packages=(
  antlr4
  ccache
  cmake
  g++
  libantlr4-runtime-dev
  libbenchmark-dev
  libcli11-dev
  libeigen3-dev
  libfmt-dev
  libgmock-dev
  libgtest-dev
  libmlir-19-dev
  libopenblas-dev
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
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# install_packages NAME...: those of them that are not installed yet.
install_packages() {
  command -v dpkg-query >/dev/null || die "this script installs Debian packages (Debian 12); no dpkg-query found"
  local missing=() name
  for name in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || missing+=("$name")
  done
  [ ${#missing[@]} -eq 0 ] && return
  local root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || die "missing packages: ${missing[*]}; run as root, or install sudo"
    root=(sudo)
  fi
  say "installing ${missing[*]}"
  "${root[@]}" apt-get update -qq
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null
}

# As many jobs as there are cores, but 2 GB of memory for each: a file that includes MLIR's headers takes about one.
jobs() {
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
  [ -f "build/$preset/build.ninja" ] || cmake --preset "$preset" >"$(log "$preset")" 2>&1 || {
    tail -n 30 "$(log "$preset")" >&2
    die "cmake --preset $preset failed; its output is in $(log "$preset")"
  }
  cmake --build "build/$preset" --parallel "$(jobs)" ${1:+--target "$@"}
}

# The file that keeps what `cmake --preset NAME` said.
log() {
  mkdir -p build
  echo "build/configure-$1.log"
}
