# textmill test: what holds, what does not and how it is shown; snapshots; mistakes in tests are mistakes of the file.
needs fields filter
cat >p.json <<'P'
{ "stages": [ { "use": "filter", "with": { "drop_when": { "text": "bad" }, "reason": "bad-text" } },
              { "use": "fields", "with": { "set": { "n": 3, "pi": 3.14159, "list": [1, {"a": "b"}], "word": "one" } } } ],
  "tests": [
    { "name": "all kinds hold", "input": "some text", "expect": {
        "n": 3, "pi": { "approx": 3.14, "within": 0.01 }, "list": { "equals": [ 1, { "a": "b" } ], "count": 2 },
        "word": { "matches": "^o", "contains": "n", "in": [ "one", "two" ] }, "nothing": { "absent": true },
        "text": "some text", "text.bytes": { "lt": 10 } } },
    { "name": "a drop", "input": { "text": "bad", "id": 1 }, "expect": { "dropped": "bad-text" } },
    { "name": "an array alone", "input": "x", "expect": { "list": [ 1, { "a": "b" } ] } },
    { "name": "a file", "file": "in.txt", "expect": { "text": { "starts": "from a file" } } }
  ] }
P
echo 'from a file' >in.txt
run 0 test p.json
has out '4 of 4 tests hold'

cat >bad.json <<'P'
{ "stages": [ { "use": "fields", "with": { "set": { "n": 3, "list": [1, 2] } } } ],
  "tests": [
    { "name": "holds", "input": "x", "expect": { "n": 3 } },
    { "name": "n is & four", "input": "x", "expect": { "n": { "lt": 4, "gt": 3 } } },
    { "name": "three", "input": "x", "expect": { "list": { "count": 3 } } },
    { "name": "no drop", "input": "x", "expect": { "dropped": true } },
    { "name": "no cut", "input": "x", "expect": { "removed": [ "boilerplate" ] } }
  ] }
P
run 1 test bad.json
has out '1 of 5 tests hold'
has out 'bad.json:4:5'
has out 'expected gt 3'
has out 'got      3'
has out 'expected count 3'
has out 'got      \[1,2\]'
has out 'a document that came through'
hasnt out 'lt 4'
run 1 test bad.json --format tap
has out '^1\.\.5'
has out '^not ok 2 - n is & four'
has out '^# n'
run 1 test bad.json --format junit
has out '<testcase name="n is &#38; four"><failure>'
python3 -c 'import xml.dom.minidom; xml.dom.minidom.parse("out")'

# Snapshots.
cat >s.json <<'P'
{ "stages": [ { "use": "fields", "with": { "set": { "n": 1 } } } ], "tests": [ { "name": "whole", "input": "x", "snapshot": "s.snap" } ] }
P
run 1 test s.json
has out 'update'
run 0 test s.json --update
run 0 test s.json
has s.snap '"text":"x","n":1'
run 1 test s.json --set fields.set='{"n": 2}'
has out 'got .*"n":2'

# Mistakes are told with their places, by check too.
cat >wrong.json <<'P'
{ "stages": [],
  "tests": [
    { "name": "a", "inptu": "x", "expect": {} },
    { "name": "b", "input": 3, "expect": { "n": { "aprox": 1 } } },
    { "name": "c", "input": "x", "expect": { "removed": 3, "n": { "count": "two" }, "m": { "within": 1 } } },
    { "name": "d", "input": "x" }
  ] }
P
for command in check test; do
  run 2 "$command" wrong.json
  has err 'wrong.json:3:20: .*did you mean "input"'
  has err 'wrong.json:4:29: '
  has err 'wrong.json:4:51: '
  has err 'wrong.json:5:57: .*kinds'
  has err 'wrong.json:5:76: .*integer'
  has err 'wrong.json:6:5: .*"expect"'
done
echo '{"stages": []}' >none.json
run 2 test none.json
has err 'no tests'
