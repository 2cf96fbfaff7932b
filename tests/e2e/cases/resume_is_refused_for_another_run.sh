needs normalize
cat >part.json <<'X'
{"stages": [{"use": "normalize"}]}
X
echo '{"stages": [{"include": "part.json"}]}' >p.json
python3 -c '
for i in range(300000): print("{\"id\":\"%d\",\"text\":\"%s\"}" % (i, "word " * 20))' >in.jsonl
"$textmill" run p.json in.jsonl -o out.jsonl --memory 1M -q & pid=$!
for i in $(seq 500); do [ -s out.jsonl.part ] && break; sleep 0.01; done
kill -TERM "$pid" 2>/dev/null || true
status=0; wait "$pid" || status=$?
[ "$status" != 0 ] || skip "the run was over before it could be stopped"
[ "$status" = 143 ] || fail "ended with $status, not 143"
cp out.jsonl.part part; cp out.jsonl.state state
# Every option that changes results counts, and so do the files that the pipeline includes.
for other in "--set normalize.quotes=true" "--format text" "--format tsv" "--max-doc 1M" "--edits" "--fields id"; do
  run 2 run p.json in.jsonl -o out.jsonl --resume $other
  has err 'of another run.*without --resume'
  cmp -s out.jsonl.part part || fail "$other touched what was there"
done
echo '{"stages": [{"use": "normalize", "with": {"quotes": true}}]}' >part.json
run 2 run p.json in.jsonl -o out.jsonl --resume
has err 'of another run.*without --resume'
echo '{"stages": [ {"use": "normalize"} ]} // the same' >part.json
run 0 run p.json in.jsonl -o out.jsonl --resume
lines out.jsonl 300000
