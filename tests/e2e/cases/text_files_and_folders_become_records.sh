mkdir -p in/sub
printf 'First text.\n' >in/b.txt
printf '\xef\xbb\xbfSecond text\r\n' >in/sub/a.txt
printf 'caf\xe9 latin\n' >in/c.txt
printf '\xff\xfeh\0i\0\n\0' >in/d.txt
printf '\0\1\2\3\4\5\6\7' >in/e.txt
printf 'not ours' >in/.hidden.txt
printf 'not ours' >in/x.tmp
echo '{"stages": []}' >p.json
run 1 run p.json in --failed failed.jsonl
lines out 4
record out 1 '(r["id"], r["text"])' "('b.txt', 'First text.\n')"
record out 2 '(r["id"], r["text"], r["encoding"])' "('c.txt', 'café latin\n', 'cp1252')"
record out 3 '(r["text"], r["encoding"])' "('hi\n', 'utf-16le')"
record out 4 '(r["id"], r["text"])' "('sub/a.txt', 'Second text\r\n')"
record failed.jsonl 1 'r["error"]["code"]' not-text
run 0 run p.json in/b.txt --format text
has out '^First text.$'
run 1 run p.json in -o results/
[ -f results/b.txt.jsonl ] || [ -f results/b.txt ] || fail "no file for b.txt: $(ls results)"
