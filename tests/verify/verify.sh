#!/usr/bin/env bash
# textmill verify on records that are right and on records that are wrong on purpose. Usage: verify.sh TEXTMILL
set -uo pipefail
textmill=$(realpath "$1")
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
failed=0

# expect STATUS TEXT ARGUMENT...: verify with the arguments ends with the status and prints the text.
expect() {
    local status=$1 text=$2 output got
    shift 2
    output=$("$textmill" verify "$@" 2>&1)
    got=$?
    if [ "$got" != "$status" ] || [[ $output != *"$text"* ]]; then
        printf 'verify %s: status %s, wanted %s and "%s"; printed:\n%s\n' "$*" "$got" "$status" "$text" "$output"
        failed=1
    fi
}

mkdir in
printf '{"id":"\\u001b[31mred","text":"p q r"}\n' >esc.in
printf '{"id":"\\u001b[31mred","source":"esc.in","text":"x y z","removed":[]}\n' >esc.jsonl
expect 1 'esc.jsonl:1: ?[31mred: ' --input-format jsonl esc.jsonl esc.in
rm esc.in
printf 'one two three\nfour\n' >in/a.txt
printf 'caf\xe9 five\n' >in/b.txt
printf '{"id":"x","text":"p q r"}\n{"id":"x","text":"s t u"}\n{"text":"v w"}\n{"id":7,"source":"own","text":"\\u00e4 b"}\n' >in/c.jsonl

a='"id":"a.txt","source":"in/a.txt"'
cat >right.jsonl <<END
{$a,"text":"one 2 four\n","edits":[{"start":8,"end":14,"kind":"k","stage":"s"},{"start":4,"end":7,"text":"2","kind":"k","stage":"s"},{"start":8,"end":8,"text":"","kind":"k","stage":"s"}],"removed":[]}
{"id":"b.txt","source":"in/b.txt","text":"five\n","removed":[{"start":0,"end":6}]}
{"id":"x","source":"in/c.jsonl","text":"s u","edits":[{"start":2,"end":4}]}
{"id":"x","source":"in/c.jsonl","text":"p r","edits":[{"start":2,"end":4}]}
{"id":"in/c.jsonl:3","source":"in/c.jsonl","text":"v w","removed":[]}
{"id":7,"source":"own","text":"b","edits":[{"start":0,"end":3}]}
{"id":"a.txt#1","source":"in/a.txt","text":"a part"}
END
expect 0 '7 records: 5 exact by their edits, 1 unchanged, 1 emitted' right.jsonl in
expect 0 '7 records: 5 exact by their edits, 1 unchanged, 1 emitted' right.jsonl in/c.jsonl in/b.txt in/a.txt

one() {
    printf '%s\n' "$1" >one.jsonl
}
one "{$a,\"text\":\"one three\nFour\n\",\"edits\":[{\"start\":4,\"end\":8}]}"
expect 1 'part at byte 10: "Four " instead of "four "' one.jsonl in
one "{$a,\"text\":\"one two three\n\",\"removed\":[]}"
expect 1 'leaves 4 words over, the text has 3' one.jsonl in
one "{$a,\"text\":\"one two three\n\"}"
expect 1 'no edits are told' one.jsonl in
one "{$a,\"text\":\"one  two   three\n\nfour\n\",\"removed\":[]}"
expect 0 '1 by words' one.jsonl in
one "{$a,\"text\":\"x\",\"edits\":[{\"start\":4,\"end\":4000000000}]}"
expect 1 '1 that differ' one.jsonl in
one "{$a,\"text\":\"x\",\"edits\":[{\"start\":4,\"end\":8},{\"start\":6,\"end\":10}]}"
expect 1 '1 that differ' one.jsonl in
one "{$a,\"text\":\"x\",\"edits\":[17,\"a\",{}]}"
expect 1 '1 that differ' one.jsonl in
one "{$a}"
expect 1 'the record has no text' one.jsonl in
one '{"id":"gone.txt","source":"in/gone.txt","text":"x"}'
expect 1 'gone.txt: no input is its original' one.jsonl in
one 'not JSON'
expect 2 'one.jsonl:1: not a record' one.jsonl in
: >one.jsonl
expect 0 '0 records' one.jsonl in
expect 2 'are wanted' one.jsonl
expect 3 'cannot read nowhere.jsonl' nowhere.jsonl in
expect 2 'cannot read nowhere: No such file' right.jsonl nowhere

# Many documents of one id stay quick, and each finds its own.
for n in $(seq 3000); do
    printf '{"id":"same","text":"doc %s"}\n' "$n"
done >same.jsonl
expect 0 '3000 unchanged' same.jsonl same.jsonl

# What a run writes passes, with and without --edits, and from standard input.
printf '{"name":"nothing","stages":[]}' >nothing.json
"$textmill" run nothing.json in -q -o out.jsonl || failed=1
expect 0 '6 unchanged' out.jsonl in
"$textmill" run nothing.json - -q <in/a.txt -o out.jsonl || failed=1
expect 0 '1 unchanged' out.jsonl - <in/a.txt

[ "$failed" = 0 ] && echo "verify: all as expected"
exit "$failed"
