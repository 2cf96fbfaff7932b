for i in 1 2 3; do echo "{\"id\":\"$i\",\"text\":\"Text $i.\"}"; done >in.jsonl
gzip -k in.jsonl
command -v zstd >/dev/null && zstd -q in.jsonl
echo '{"stages": []}' >p.json
run 0 run p.json in.jsonl.gz
same out <in.jsonl
if [ -f in.jsonl.zst ]; then run 0 run p.json in.jsonl.zst; same out <in.jsonl; fi
head -c 40 in.jsonl.gz >cut.jsonl.gz
run 1 run p.json cut.jsonl.gz
has err 'cut.jsonl.gz'
