printf '{"id":"a","text":"One."}\n{"id":"b","text":"Two.\n{"id":"c","text":"Three."}\n' >in.jsonl
printf '{"id":"d","text":"\xff"}\n[1]\n{"text":"Four."}\n{"text":"x","text":"y"}\n{"text":NaN}\n' >>in.jsonl
echo '{"stages": []}' >p.json
run 1 run p.json in.jsonl --failed failed.jsonl
lines out 3
lines failed.jsonl 5
has out '"Three."'
record failed.jsonl 1 'r["id"]' in.jsonl:2
record failed.jsonl 1 'r["error"]["stage"]' read
record failed.jsonl 2 'r["error"]["code"]' utf8
record failed.jsonl 3 'r["error"]["code"]' not-object
record failed.jsonl 4 'r["error"]["code"]' duplicate-key
run 0 run p.json in.jsonl --limit 1
lines out 1

# A record without the text field is nothing that a stage could work on; where no stage asks, it passes.
printf '{"id":"e"}\n{"text":5}\n' >in.jsonl
echo '{"stages": [{"use": "normalize"}]}' >q.json
run 1 run q.json in.jsonl --failed failed.jsonl
record failed.jsonl 1 'r["error"]["code"]' no-text
lines failed.jsonl 2
