echo '{"stages": []}' >p.json; echo '{"text":"x"}' >one.jsonl
run 2 run p.json one.jsonl -o new.jsonl --resume
has err 'new.jsonl.state.*without --resume'
echo '{"stages": []}' >p.json
python3 -c '
for i in range(200000): print("{\"id\":\"%d\",\"text\":\"%s\"}" % (i, "word " * 20))' >in.jsonl
# A slow source: the run is stopped in the middle of it, then goes on where it was.
"$textmill" run p.json in.jsonl -o out.jsonl --memory 1M -q & pid=$!
for i in $(seq 500); do [ -s out.jsonl.part ] && break; sleep 0.01; done
kill -TERM "$pid" 2>/dev/null || true
status=0; wait "$pid" || status=$?
if [ "$status" = 0 ]; then same out.jsonl <in.jsonl; exit 0; fi
[ "$status" = 143 ] || fail "ended with $status, not 143"
[ -f out.jsonl.part ] || fail "no out.jsonl.part"
[ -f out.jsonl.state ] || fail "no out.jsonl.state"
run 0 run p.json in.jsonl -o out.jsonl --resume
same out.jsonl <in.jsonl
[ ! -e out.jsonl.state ] || fail "out.jsonl.state was left"
