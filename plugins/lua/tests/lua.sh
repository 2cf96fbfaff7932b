# A script as a stage: text, fields, edits, drops; what the sandbox refuses; limits. Run by tests/e2e/case.sh.
needs lua
stage() { printf '{"stages": [{"use": "lua", "with": {"script": "s.lua"%s}}]}' "${1:+, $1}" >p.json; }
cp "$top/plugins/lua/examples/prices.lua" s.lua
for i in $(seq 1 200); do printf '{"id":"d%d","text":"A fine chair\\n€ 12.50\\nof old oak\\n","lang":"en"}\n' "$i"; done >in.jsonl
printf '{"id":"none","text":"1 2 3"}\n' >>in.jsonl
stage '"reads": ["lang"], "writes": ["shop"]'
run 0 run p.json in.jsonl --dropped dropped.jsonl -j 2
lines out 200
record out 200 'r["text"], r["shop"], r["removed"][0]["kind"]' "('A fine chair\nof old oak\n', {'lang': 'en', 'prices': 1, 'words': 6}, 'price')"
has dropped.jsonl '"reason":"no-words"'
cp out first
run 0 run p.json in.jsonl -j 1
cmp out first || fail "the result depends on the number of workers"

# Values there and back.
cat >s.lua <<'L'
function process(doc)
    doc:set("copy", doc:get("all"))
    doc:set("none", doc:get("absent") == nil)
    doc:set("name", doc.id .. "/" .. doc.title)
    local a, b = doc.text:find("colour")
    if a then doc:replace(a, b, "color", "spelling", "us") end
end
L
stage '"reads": ["all", "absent"], "writes": ["copy", "none", "name"]'
echo '{"id":"x","title":"T","text":"one colour","all":[1,2.5,null,true,"a",{"k":[],"b":{"c":"d"}}]}' >one.jsonl
run 0 run p.json one.jsonl --edits
record out 1 'r["copy"] == r["all"], r["none"], r["name"], r["text"], r["edits"][0]["rule"]' "(True, True, 'x/T', 'one color', 'us')"

# What a script may not: each fails the document, with a reason that names it.
refused() { # CODE PATTERN
  printf '%s\n' "$1" >s.lua
  stage
  run 1 run p.json one.jsonl
  has err "$2"
}
for name in io os require load loadfile dofile debug package coroutine; do refused "function process(doc) return $name.x end" "$name"; done
refused 'function process(doc) while true do end end' 'too many instructions'
refused 'function process(doc) while true do pcall(function() while true do end end) end end' 'too many instructions'
refused 'function process(doc) local s = "x" while true do s = s .. s end end' 'not enough memory'
refused 'function process(doc) doc:get("lang") end' 'is not named by .*reads'
refused 'function process(doc) doc:cut(5, 500) end' 'is not in the text'
refused 'function process(doc) seen = 1 end' "the global 'seen' is new"
refused 'function process(doc) return 7 end' 'returned a number'
refused 'function process(doc) return "fail", "no good" end' 'no good'
refused 'function process(doc) error("by hand") end' 's.lua:1: by hand'
refused 'function process(doc) string.rep("x", 1 << 40) end' 'memory|too large'
# A document after one that failed is not harmed.
printf 'function process(doc) if doc.id == "x" then local t = {} while true do t[#t + 1] = "word" .. #t end end end\n' >s.lua
stage '"memory": "2M"'
cat one.jsonl in.jsonl >both.jsonl
run 1 run p.json both.jsonl -j 1
lines out 201

# A script that cannot be used is told by check.
echo 'function proces(doc) end' >s.lua
stage
run 2 check p.json
has err 'no function process'
echo 'function process(doc) retrun end' >s.lua
run 2 check p.json
has err 's.lua:1:'
printf '\033Lua' >s.lua
run 2 check p.json
has err 'binary'
