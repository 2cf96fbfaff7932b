echo '{"stages": []}' >p.json
echo '{"text":"One."}' >in.jsonl
"$textmill" run p.json in.jsonl -o a.jsonl <&- >&- 2>&- || fail "it ended with $?"
same a.jsonl <in.jsonl
