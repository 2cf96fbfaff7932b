needs normalize clean dedup
cat >p.json <<'X'
{
  "name": "bad",
  "stages": [
    { "use": "normalise" },
    { "use": "clean", "with": { "presett": "conservative" } },
    { "use": "dedup", "with": { "threshold": "high" } },
    { "use": "dedup", "id": "two", "with": { "threshold": 7 } }
  ]
}
X
run 2 check p.json
has err '^p.json:4:[0-9]+: .*normalise.*normalize'
has err '^p.json:5:[0-9]+: .*presett.*preset'
has err '^p.json:6:[0-9]+: .*threshold'
has err '^p.json:7:[0-9]+: .*threshold'
run 2 run p.json /dev/null
has err '^p.json:4:'
printf '{ "stages": [ { "use": "clean", } ] }' >q.json
run 2 check q.json
has err '^q.json:1:[0-9]+:'
