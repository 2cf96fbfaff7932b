[ -f "$build/tests/sdk/sins/edits_outside/edits_outside.so" ] || skip "the sinners were not built"
printf '{ "stages": [ { "use": "edits_outside" } ] }' >p.json
seq 1 100 | sed 's/.*/a text of some words &/' | python3 -c 'import json,sys
for l in sys.stdin: print(json.dumps({"text": l.strip()}))' >in.jsonl
run 0 run p.json in.jsonl -o out.jsonl --plugin-dir "$build/tests/sdk/sins"
lines out.jsonl 100
has err 'stage misbehaving: .*edits_outside|edits_outside.*stage misbehaving: .*\(document in.jsonl:[0-9]+\)'
[ "$(grep -c 'stage misbehaving' err)" -le 10 ] || fail "it is not told for each document"
