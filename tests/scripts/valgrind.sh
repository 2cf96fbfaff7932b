#!/usr/bin/env bash
# Memcheck over what the sanitizers do not see, the libraries' code among it: valgrind.sh BUILD
set -euo pipefail
cd "$(dirname "$0")/../.."
build="$(realpath "${1:?usage: tests/scripts/valgrind.sh BUILD}")"
command -v valgrind >/dev/null || { echo "valgrind is not installed"; exit 77; }
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
memcheck() { valgrind -q --leak-check=full --errors-for-leak-kinds=definite --error-exitcode=99 "$@"; }
memcheck "$build/textmill" run pipelines/news.json pipelines/samples -q -o "$work/out.jsonl"
[ "$(wc -l <"$work/out.jsonl")" -gt 10 ] || { echo "too few records came out" >&2; exit 1; }
memcheck "$build/textmill" test pipelines/corpus.json
memcheck "$build/textmill" check pipelines/tagging.json
memcheck "$build/textmill" explain pipelines/news.json pipelines/samples/01-ferry-strike.txt >"$work/explained"
for test in unit_doc unit_config unit_layers unit_edits unit_scan; do memcheck "$build/tests/test_$test"; done
echo "valgrind: nothing to tell"
