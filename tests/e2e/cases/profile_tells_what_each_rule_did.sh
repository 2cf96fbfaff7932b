needs normalize clean dedup
printf '{ "stages": [ { "use": "normalize" }, { "use": "clean", "with": { "why": true } }, { "use": "dedup" } ] }' >p.json
run 0 run p.json "$samples" -o all.jsonl --report report.json --profile -q
has err '^stage +rule +time +documents +edits +bytes$'
has err '^clean +share-bar +[0-9.]+ [a-z]+ +[0-9]+ +[0-9]+ +[0-9]+$'
has err '^dedup +item-repeats-body +[0-9.]+ [a-z]+ +[0-9]+ +[0-9]+ +[0-9]+$'
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
got = {(x["stage"], x["rule"]): (x["documents"], x["edits"], x["bytes"]) for x in report["rules"] if x["edits"]}
assert got == {k: (len(v[0]), v[1], v[2]) for k, v in want.items()}, (got, want)
assert sum(x["edits"] for x in report["rules"]) == report["cuts"] and len(got) > 5, report["cuts"]
# Rules and steps tell their time, as parts of their stage's own.
for stage in report["stages"]:
    parts = [x["seconds"] for x in report["rules"] if x["stage"] == stage["stage"] and "seconds" in x]
    assert len(parts) > 3 or stage["stage"] == "normalize", (stage, parts)
    assert sum(parts) <= stage["seconds"], (stage, parts)
X
run 0 run p.json "$samples" -o again.jsonl --report one.json --jobs 1 -q
python3 - <<'X' || fail "counts are the same with one worker, and nobody asked for times"
import json
def counts(name):
    return sorted((x["stage"], x["rule"], x["documents"], x["edits"], x["bytes"])
                  for x in json.load(open(name))["rules"] if x["edits"])
assert counts("one.json") == counts("report.json")
assert not any("seconds" in x for x in json.load(open("one.json"))["rules"])
X
