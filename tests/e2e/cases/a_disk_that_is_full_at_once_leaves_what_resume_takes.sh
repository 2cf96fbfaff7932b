python3 -c '
for i in range(20000): print("{\"id\":\"%d\",\"text\":\"%s\"}" % (i, "word " * 20))' >in.jsonl
echo '{"stages": []}' >p.json
status=0; (ulimit -f 20; "$textmill" run p.json in.jsonl -o out.jsonl -q 2>err) || status=$?
[ "$status" = 3 ] || fail "ended with $status, not 3"
has err 'go on with --resume'
run 0 run p.json in.jsonl -o out.jsonl --resume
same out.jsonl <in.jsonl
