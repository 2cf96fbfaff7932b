#!/usr/bin/env bash
# Shows that the tools of the measurements work, with inputs of some kilobytes: the generator gives the same bytes for a
# seed, breaks the lines that it should, and every row of the page gets its table. No time is looked at.
#   smoke.sh BUILD
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
build="$(realpath "$1")"
gen="$build/tests/bench/bench_gen"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

fail() { echo "smoke: $*" >&2; exit 1; }

"$gen" --bytes 200K --broken 10 > "$work/a"
"$gen" --bytes 200K --broken 10 > "$work/b"
"$gen" --bytes 200K --broken 10 --seed 2 > "$work/c"
cmp -s "$work/a" "$work/b" || fail "the same seed gives other bytes"
cmp -s "$work/a" "$work/c" && fail "another seed gives the same bytes"
lines="$(wc -l < "$work/a")"
printf '{"stages":[]}\n' > "$work/pass.json"
"$build/textmill" run "$work/pass.json" "$work/a" --input-format jsonl -q -o "$work/out" --failed "$work/dead" || [ $? = 1 ]
[ "$(($(wc -l < "$work/out") + $(wc -l < "$work/dead")))" = "$lines" ] || fail "lines are missing in the output"
[ "$(wc -l < "$work/dead")" = "$(((lines + 4) / 10))" ] || fail "not all broken lines are dead letters"

command -v python3 >/dev/null || { echo "smoke: python3 is not installed; the runner is not tried"; exit 77; }
rows="pass,light,news,stages,files,start,memory,scaling,linear"
printf '# x\n<!-- bench -->\n<!-- /bench -->\nend\n' > "$work/README.md"
python3 "$here/run.py" --build "$build" --rows "$rows" --size 400K --memory-size 100K --document 1 --files 50 \
  --repeats 1 --page "$work/page.md" --readme "$work/README.md" --work "$work/inputs"
[ "$(grep -c '^## ' "$work/page.md")" = 9 ] || fail "a row is missing in the page"
grep -q '^| (layers)' "$work/page.md" || fail "the page has no row of layers"
grep -q '^| dedup' "$work/README.md" || fail "the README does not quote the stages"
grep -q '^end$' "$work/README.md" || fail "what stands behind the quoted tables is lost"
