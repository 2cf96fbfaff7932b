#!/usr/bin/env bash
# clang-tidy over the sources as .clang-tidy asks: tidy.sh BUILD (a clang build, for its compile_commands.json). Minutes.
set -euo pipefail
cd "$(dirname "$0")/../.."
build="$(realpath "${1:?usage: tests/scripts/tidy.sh BUILD}")"
command -v clang-tidy >/dev/null || { echo "clang-tidy is not installed"; exit 77; }
git ls-files 'core/*/*.c' 'plugins/*/*.c' | xargs -P "$(nproc)" -n 4 clang-tidy -p "$build" --quiet 2>/dev/null
