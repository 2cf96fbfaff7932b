needs normalize lang clean dedup entities topics sentiment
[ -d "$samples" ] || skip "there are no samples"
for n in 1 2 3 4 5 6 7 8; do
  python3 - "$samples" "$n" <<'P'
import json, pathlib, sys
for f in sorted(pathlib.Path(sys.argv[1]).glob("*.txt")):
    print(json.dumps({"id": f"{f.name}-{sys.argv[2]}", "text": f.read_text(encoding="utf-8")}))
P
done >in.jsonl
run 0 run "$top/pipelines/news.json" in.jsonl --jobs 1
cp out one
run 0 run "$top/pipelines/news.json" in.jsonl --jobs 8
same out <one
run 0 run "$top/pipelines/news.json" in.jsonl --jobs 3 --memory 1M
same out <one
