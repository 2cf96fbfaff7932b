printf '{"id":"a","text":"One."}\n{"id":"b","text":"Two.\n{"id":"c","text":"Three."}\n' >in.jsonl
printf '{"id":"d","text":"\xff"}\n[1]\n{"id":"e"}\n{"text":"Four."}\n{"text":"x","text":"y"}\n{"text":NaN}\n' >>in.jsonl
echo '{"stages": []}' >p.json
run 1 run p.json in.jsonl --failed failed.jsonl
lines out 3
lines failed.jsonl 6
has out '"Three."'
record failed.jsonl 1 'r["id"]' in.jsonl:2
record failed.jsonl 1 'r["error"]["stage"]' read
record failed.jsonl 2 'r["error"]["code"]' utf8
record failed.jsonl 3 'r["error"]["code"]' not-object
record failed.jsonl 4 'r["error"]["code"]' no-text
record failed.jsonl 5 'r["error"]["code"]' duplicate-key
run 0 run p.json in.jsonl --limit 1
lines out 1
