#!/usr/bin/env bash
# Runs every block of shell in README.md and plugins/README.md that is not marked otherwise, in order, in a copy of the
# tree's view: a block fails when a command of it fails. Blocks marked ```sh no-run are only shown.
#   tests/scripts/readme.sh BUILD
set -euo pipefail
cd "$(dirname "$0")/../.."
build="$(realpath "$1")"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
# What a block writes lands in a folder where the tree is only linked.
mkdir "$work/view"
ln -s "$PWD"/{core,plugins,pipelines,tests,README.md} "$work/view/"
count=0
for page in README.md plugins/README.md; do
  [ -f "$page" ] || continue
  awk -v out="$work/block" '
    /^```sh$/ { inside = 1; n++; next }
    /^```/ { inside = 0; next }
    inside { print > (out "." sprintf("%03d", n) ".sh") }' "$page"
  for block in "$work"/block.*.sh; do
    [ -f "$block" ] || continue
    # The set-up commands themselves are what CI runs around this.
    if grep -qE '^(pipelines/demo.sh|tests/run.sh)' "$block"; then continue; fi
    # A plugin of one's own is made against what is installed: tests/sdk/tutorial.sh does it.
    if [ "$page" = plugins/README.md ] && grep -q longlines "$block"; then continue; fi
    count=$((count + 1))
    if ! (cd "$work/view" && PATH="$build:$PATH" bash -euo pipefail "$block") >"$work/log" 2>&1; then
      echo "readme: a block of $page fails:" >&2
      cat "$block" "$work/log" >&2
      exit 1
    fi
  done
  rm -f "$work"/block.*
done
[ "$count" -gt 0 ] || { echo "readme: no block was found to run" >&2; exit 1; }
echo "readme: $count blocks ran"
