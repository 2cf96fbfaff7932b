needs normalize clean dedup
cat >p.json <<'X'
{
  "stages": [
    { "use": "normalise" },
    { "use": "clean", "with": { "presett": "conservative" } },
    { "use": "dedup", "with": { "threshold": 7 } }
  ],
  "tests": [ { "input": "x", "expect": { "text": {} } } ]
}
X
run 2 check --format json p.json
[ ! -s err ] || fail "nothing goes to standard error"
python3 - <<'X' || fail "the problems are these"
import json
r = json.load(open("out"))
assert r["ok"] is False and r["file"] == "p.json" and r["stages"] == [], r
got = [(p["level"], p["code"], p["line"]) for p in r["problems"]]
assert got == [("error", "unknown-stage", 3), ("error", "unknown-option", 4), ("error", "out-of-range", 5),
               ("error", "missing-key", 7)], got
assert all(p["column"] > 0 and p["message"] and p["file"] == "p.json" for p in r["problems"])
X
printf '{ "stages": [ { "use": "clean" }, { "use": "dedup", "id": "two" } ] }' >q.json
run 0 check --format json q.json
python3 -c 'import json; r = json.load(open("out")); assert r["ok"] and r["stages"] == ["clean", "two"], r; assert all(p["level"] == "warning" for p in r["problems"]), r'
run 2 check --format json absent.json
python3 -c 'import json; r = json.load(open("out")); assert not r["ok"] and r["problems"][0]["code"] == "read", r'
run 0 check q.json
has out '^q.json: well: 2 stages: clean two$'
printf '{ "stages": [] }' >none.json
run 0 check none.json
has out '^none.json: well: 0 stages$'
