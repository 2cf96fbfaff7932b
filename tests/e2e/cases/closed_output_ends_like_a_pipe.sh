echo '{"stages": []}' >p.json
python3 -c 'print("{\"text\":\"" + "x" * 1000 + "\"}\n" * 1, end=""); [print("{\"text\":\"%s\"}" % ("y" * 1000)) for _ in range(20000)]' >in.jsonl
set +e
("$textmill" run p.json in.jsonl; echo "$?" >status) 2>err | head -n 1 >out
set -e
[ "$(cat status)" = 141 ] || fail "ended with $(cat status), not 141"
[ ! -s err ] || fail "it said something"
# The dead letters are put into place all the same.
echo 'broken' | cat - in.jsonl >two.jsonl
set +e
("$textmill" run p.json two.jsonl --failed failed.jsonl -q; echo "$?" >status) | head -n 1 >out
set -e
[ -f failed.jsonl ] && [ ! -e failed.jsonl.part ] || fail "failed.jsonl was left as .part"
