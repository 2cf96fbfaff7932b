mkdir -p in/deep
printf 'A good text.\n' >in/deep/a.txt
printf '%%PDF-1.4 and so on' >in/deep/b.pdf
echo '[1]' >in/c.jsonl
run 1 run --stages "" in --failed failed.jsonl -o out.jsonl
record out.jsonl 1 'r["id"] + " " + r["source"]' 'deep/a.txt in/deep/a.txt'
has failed.jsonl '"id":"deep/b.pdf","source":"in/deep/b.pdf"'
has failed.jsonl '"id":"in/c.jsonl:1","source":"in/c.jsonl"'
