# A plugin that takes the process down while it is loaded, opened or closed is told like any other mistake, with its
# place; check itself lives.
export TEXTMILL_PLUGIN_PATH="$TEXTMILL_PLUGIN_PATH:$build/tests/sdk/sins"
for when in load:loaded option:opened close:closed; do
  printf '{ "stages": [ { "use": "%s" },\n  { "use": "crash_%s", "id": "x", "with": { "mode": "bad" } } ] }' none "${when%:*}" >p.json
  run 2 check p.json
  how='(is killed by SIG[A-Z]+|ends the whole process .*)' # a sanitizer takes the signal for itself
  has err "^p.json:2:12: the plugin \"crash_${when%:*}\" $how while it is ${when#*:}; textmill check-plugin /"
  [ ! -s out ] || fail "check says something on standard output of a pipeline that crashes"
done
run 2 check p.json --format json
python3 -c 'import json
r = json.load(open("out"))
p, = r["problems"]
assert not r["ok"] and p["code"] == "plugin" and p["line"] == 2 and p["column"] == 12, r'
