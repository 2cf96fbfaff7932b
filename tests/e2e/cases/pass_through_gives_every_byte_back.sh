# No stage writes: spacing, key order, big numbers, escapes, duplicate keys below the top stay as they are.
cat >in.jsonl <<'X'
{"id":"a","text":"One."}
{ "text" : "Two \u00e9\n" , "n":123456789012345678901234567890.10e+5, "o":{"x":1,"x":2} }
{"text":"","id":7}
X
echo '{"stages": []}' >p.json
run 0 run p.json in.jsonl
same out <in.jsonl
run 0 run p.json - <in.jsonl
same out <in.jsonl
run 0 run p.json in.jsonl -o out.jsonl
same out.jsonl <in.jsonl
[ ! -e out.jsonl.part ] || fail "out.jsonl.part was left"
