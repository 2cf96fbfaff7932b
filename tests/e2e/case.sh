# case.sh CASE BUILD: runs one case in an empty folder, with the words that cases are written in.
set -euo pipefail
case_file="$(realpath "$1")"
build="$(realpath "$2")"
top="$(realpath "$(dirname "$0")/../..")"
eval_folder="$(realpath -m "${TEXTMILL_EVAL:-$top/../shared}")"
samples="$top/pipelines/samples"
textmill="$build/textmill"
export TEXTMILL_PLUGIN_PATH="$build/plugins:$build/tests/plugins"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() { echo "not so: $*" >&2; [ ! -s err ] || { echo "stderr:" >&2; head -c 2000 err >&2; }; exit 1; }
skip() { echo "skipped: $*"; exit 77; }

# needs PLUGIN...: skips where one was left out of the build.
needs() { local p; for p in "$@"; do [ -f "$build/plugins/$p/$p.so" ] || skip "the plugin $p was not built"; done; }

# run STATUS ARGUMENT...: textmill's output to the files out and err; its exit status must be STATUS.
run() {
  local want="$1" got=0
  shift
  "$textmill" "$@" >out 2>err || got=$?
  [ "$got" = "$want" ] || fail "textmill $* ended with $got, not $want"
}

# same FILE: its bytes are those of standard input.
same() { cmp "$1" - || { echo "got:" >&2; head -c 2000 "$1" >&2; fail "$1 is not as expected"; }; }
# has FILE PATTERN: a line of it matches.
has() { grep -qE -- "$2" "$1" || { head -c 2000 "$1" >&2; fail "no line of $1 matches: $2"; }; }
hasnt() { ! grep -qE -- "$2" "$1" || fail "a line of $1 matches: $2"; }
lines() { [ "$(wc -l <"$1")" = "$2" ] || fail "$1 has $(wc -l <"$1") lines, not $2"; }
# record FILE N EXPRESSION WANT: python's EXPRESSION of record r (the N-th line of FILE, from 1) prints WANT.
record() {
  local got
  got="$(python3 -c 'import json,sys; r=json.loads(open(sys.argv[1],"rb").read().split(b"\n")[int(sys.argv[2])-1]); print(eval(sys.argv[3]))' "$1" "$2" "$3")"
  [ "$got" = "$4" ] || fail "$3 of record $2 is '$got', not '$4'"
}

. "$case_file"
