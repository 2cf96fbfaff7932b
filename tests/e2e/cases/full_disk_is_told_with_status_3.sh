[ -w /dev/full ] || skip "there is no /dev/full"
echo '{"stages": []}' >p.json
for i in $(seq 200); do echo '{"text":"some words to be written somewhere where there is no room"}'; done >in.jsonl
status=0
"$textmill" run p.json in.jsonl >/dev/full 2>err || status=$?
[ "$status" = 3 ] || fail "ended with $status, not 3"
has err 'No space left'
