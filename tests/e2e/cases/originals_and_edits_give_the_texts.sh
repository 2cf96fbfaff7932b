needs normalize lang clean dedup entities topics sentiment
[ -d "$samples" ] || skip "there are no samples"
run 0 run "$top/pipelines/news.json" "$samples" --edits -o out.jsonl
run 0 verify out.jsonl "$samples"
sed 's/"text":"/"text":"X/' out.jsonl >bad.jsonl
run 1 verify bad.jsonl "$samples"
