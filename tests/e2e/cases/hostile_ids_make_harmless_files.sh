cat >in.jsonl <<'X'
{"id":"../../x","text":"a"}
{"id":"","text":"b"}
{"id":".hidden","text":"c"}
{"id":"same","text":"d"}
{"id":"same","text":"e"}
{"id":"a\u0000b\n\u001b[31m","text":"f"}
X
python3 -c 'import json; print(json.dumps({"id": "y" * 10240, "text": "g"}))' >>in.jsonl
echo '{"stages": []}' >p.json
mkdir deep deep/er
run 0 run p.json in.jsonl -o deep/er/out/
[ "$(find deep/er/out -type f | wc -l)" = 7 ] || fail "not 7 files: $(find . -type f)"
[ "$(find . -type f -name 'x*' | wc -l)" = 0 ] || fail "a file left the folder"
find deep/er/out -type f -printf '%f\n' | grep -qvE '^[A-Za-z0-9_%-][A-Za-z0-9._%~-]*$' && fail "a name with other characters" || true
find deep/er/out -type f -printf '%f\n' | awk 'length > 220 { exit 1 }' || fail "a name too long"
