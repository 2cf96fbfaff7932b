#!/usr/bin/env bash
# Installs the Debian packages that are missing: tests/install.sh build | test
#   build   what the runner and all plugins are built with
#   test    that, and what the tests use
# Says what it does; needs root or sudo only where something is missing.
set -euo pipefail

build="gcc g++ make cmake ninja-build pkg-config libuv1-dev libjson-c-dev zlib1g-dev libzstd-dev libutf8proc-dev libcld2-dev liblua5.4-dev"
test="dpkg-dev git clang clang-tidy clang-format llvm libclang-rt-14-dev python3 python3-jsonschema unicode-data valgrind gzip zstd util-linux"

case "${1:-}" in
build) wanted="$build" ;;
test) wanted="$build $test" ;;
*) echo "usage: tests/install.sh build|test" >&2; exit 2 ;;
esac

missing=""
for package in $wanted; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

echo "Installing:$missing"
as_root=""
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || { echo "textmill: as root, run: apt-get install$missing" >&2; exit 2; }
  as_root=sudo
fi
$as_root apt-get update -qq
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
