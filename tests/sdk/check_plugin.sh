# check_plugin.sh BUILD [PLUGIN [OPTIONS]]: check-plugin finds nothing in a plugin of ours; without one, it tells each sin
# of sins/sinner.c, which is found behind the plugin's name here: its code, and a pattern of its line.
set -euo pipefail
build="$(realpath "$1")"
textmill="$build/textmill"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
export TMPDIR="$work"
fail() { echo "not so: $*" >&2; exit 1; }
is_sanitized=0
grep -qE '^TEXTMILL_SANITIZE:[A-Z]+=.' "$build/CMakeCache.txt" && is_sanitized=1

if [ $# -gt 1 ]; then
  file="$build/plugins/$2/$2.so"
  [ -f "$file" ] || { echo "skipped: the plugin $2 was not built"; exit 77; }
  "$textmill" check-plugin "$file" --timeout 60s ${3:+--options "$3"} && exit 0
  find "$work" -type f | head
  exit 1
fi

[ $is_sanitized = 0 ] || { echo "skipped: sanitizers take crashes for themselves"; exit 77; }
told() { # SIN STATUS PATTERN: what is said of the sinner
  local file="$build/tests/sdk/sins/$1/$1.so" got=0
  "$textmill" check-plugin "$file" --timeout 1s >out 2>err || got=$?
  [ "$got" = "$2" ] || { cat out err; fail "check-plugin of $1 ended with $got, not $2"; }
  grep -qE -- "$3" out err || { cat out err; fail "nothing said of $1 matches: $3"; }
}
cd "$work"
told none 0 'nothing was found'
told crash 1 'crash: is killed by SIGSEGV in process; document: NULs \(/.*NULs.txt\)'
[ -n "$(find "$work" -name 'NULs.txt' -size +0)" ] || fail "the document is not saved"
told crash_batch 1 'crash: is killed by SIGSEGV in process_many, in one batch'
told crash_close 1 'crash: is killed by SIGSEGV in close'
told crash_load 1 'crash: is killed by SIGSEGV in being loaded'
told crash_option 1 'crash: is killed by SIGSEGV in open, with mode: "bad"'
told crash_workers 1 'crash: .* with many workers'
told exits 1 'crash: ends the whole process \(status 0\) in process; document: one letter'
told aborts 1 'crash: is killed by SIGABRT in process \(it said: sinner: it cannot be\); document: one letter'
told hangs 1 'hang: does not come back from process; document: a line of 10 MB'
told writes_text 1 "crash: .*it wrote into the document's text"
told reads_behind 1 'crash: .*it read 1 bytes behind the text and its 64 zero bytes'
told edits_unflagged 1 'contract: it edits the text but does not say TM_EDITS'
told edits_outside 1 "contract: an edit's span does not lie in the text"
told edits_character 1 "contract: an edit's edge lies inside of a character"
told spans_outside 1 'contract: a span of a set does not lie in the text'
told drops_unflagged 1 'contract: it drops documents but does not say TM_MAY_DROP'
told fails_silently 1 'contract: fails a document and does not say why'
told no_verdict 1 'contract: its verdict is none'
told breaks 1 'broken: says that it cannot go on'
told writes_undeclared 1 "fields: writes the field 'mood', which it does not declare"
told prints 1 'prints: prints to the standard output'
told counts 1 'chance|order: its result depends on the documents before'
told batches 1 'batch: its result depends on which documents come together'
told clock 1 'chance: says TM_DETERMINISTIC'
told workers 1 'workers: its results depend on the number of workers'
told no_memory_set 1 'chance: says TM_DETERMINISTIC'
told leaks_open 1 'leak: about [3-9][0-9] bytes are lost each time that it is opened'
told leaks_document 1 'leak: about [2-9][0-9] bytes are lost with each document'
told leaks_files 1 'leak: 1 file descriptors stay open each time'
told leaks_threads 1 'leak: .* threads still run'
told leaks_children 1 'leak: processes that it started'
told leaks_maps 1 'leak: about 64 KiB stay mapped'
told no_help 1 "options: option 'mode' has no help"
told no_licence 1 'descriptor: it has no licence'
told bad_flags 1 'descriptor: flags has bits'
told bad_languages 1 "descriptor: languages: 'deu'"
told commits_unflagged 1 'descriptor: it has commit but does not say TM_REMEMBERS'
told exports 1 'exports: exports 1 symbol besides its descriptor \(sinner_helper\)'
told writes_text_field 1 "descriptor: it says that it writes 'text'"
told unfinished_writer 1 'contract: it began to write a field and did not end it'
told no_json 1 'contract: it sets a field to what is no JSON'

told sets_locale 1 'contract: it changes the locale'
told sets_umask 1 'contract: it changes the umask'
told sets_signal 1 'contract: it changes how a signal is handled'

# What the loader refuses is status 2, with the loader's own line.
refused() { # FILE PATTERN
  local got=0
  "$textmill" check-plugin "$1" >out 2>err || got=$?
  [ "$got" = 2 ] || { cat out err; fail "check-plugin of $1 ended with $got, not 2"; }
  grep -qE -- "$2" err || { cat err; fail "nothing said of $1 matches: $2"; }
}
bad="$build/tests/plugins/bad"
refused nowhere.so 'No such file'
refused "$build/textmill" 'NAME.so'
echo "no ELF" >text.so
refused "$work/text.so" 'ELF'
refused "$bad/abi_minor/abi_minor.so" 'built for plugin ABI'
refused "$bad/short/short.so" 'its descriptor has 40 bytes'
refused "$bad/option/option.so" 'its table of options is wrong'
refused "$bad/refuses/refuses.so" 'its table is missing'
"$textmill" check-plugin "$build/tests/sdk/sins/none/none.so" --options '{' 2>err && fail "options that are no JSON were taken"
grep -q 'wants a JSON object' err || fail "it is not said what --options wants"

# For programs.
"$textmill" check-plugin "$build/tests/sdk/sins/breaks/breaks.so" --format json >out || true
python3 -c 'import json
r = json.load(open("out"))
assert r["plugin"] == "breaks" and r["documents"] > 60 and r["refused"] is None, r
f = r["findings"][0]
assert f["code"] == "broken" and f["document"] == "an empty text" and f["saved"], f'

# A signal ends it with all that it started, though the plugin hangs, and leaves nothing behind.
mkdir stopped
TMPDIR="$work/stopped" env --default-signal=INT "$textmill" check-plugin "$build/tests/sdk/sins/hangs/hangs.so" \
  --timeout 97m >out 2>err &
checker=$!
until [ -n "$(ps -o pid= --ppid $checker)" ]; do
  kill -0 $checker || fail "check-plugin of a plugin that hangs ended by itself: $(cat out err)"
  sleep 0.05
done
kill -INT $checker
got=0
wait $checker || got=$?
[ $got = 130 ] || fail "check-plugin ended with $got, not by the signal"
if ps -eo args | grep -F "$build/tests/sdk/sins/hangs/hangs.so --timeout 97m" | grep -vF grep; then
  fail "what check-plugin started outlives it"
fi
[ -z "$(ls stopped)" ] || fail "check-plugin leaves its folder where it is stopped: $(ls stopped)"
