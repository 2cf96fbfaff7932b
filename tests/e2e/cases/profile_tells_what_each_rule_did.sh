needs normalize clean dedup
printf '{ "stages": [ { "use": "normalize" }, { "use": "clean", "with": { "why": true } }, { "use": "dedup" } ] }' >p.json
run 0 run p.json "$samples" -o all.jsonl --report report.json --profile -q
has err '^stage +rule +documents +edits +bytes$'
has err '^clean +share-bar +[0-9]+ +[0-9]+ +[0-9]+$'
python3 - <<'X' || fail "the rules add up to what the records tell"
import collections, json
want = collections.defaultdict(lambda: [set(), 0, 0])
for line in open("all.jsonl", encoding="utf-8"):
    r = json.loads(line)
    for cut in r["removed"]:
        w = want[cut["stage"], cut["rule"].split(":")[0]]
        w[0].add(r["id"])
        w[1] += 1
        w[2] += cut["end"] - cut["start"]
report = json.load(open("report.json"))
got = {(x["stage"], x["rule"]): (x["documents"], x["edits"], x["bytes"]) for x in report["rules"]}
assert got == {k: (len(v[0]), v[1], v[2]) for k, v in want.items()}, (got, want)
assert sum(x["edits"] for x in report["rules"]) == report["cuts"] and len(got) > 5, report["cuts"]
X
run 0 run p.json "$samples" -o again.jsonl --report one.json --jobs 1 -q
python3 -c 'import json; assert json.load(open("one.json"))["rules"] == json.load(open("report.json"))["rules"]'
