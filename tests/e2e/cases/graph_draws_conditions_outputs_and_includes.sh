good=(--plugin-dir "$build/tests/plugins/good")
cat >more.json <<'P'
[ { "use": "shout", "id": "loud" } ]
P
cat >p.json <<'P'
{
  "name": "a \"b\"",
  "input": { "files": ["in.jsonl"], "format": "jsonl" },
  "stages": [
    { "use": "judge", "languages": ["en", "de"], "on_error": "drop" },
    { "include": "more.json" },
    { "use": "shout", "when": { "lang": { "in": ["en", null] }, "n": 3 }, "on_error": "skip" }
  ],
  "outputs": [
    { "path": "long.jsonl", "when": { "text.bytes": { "gt": 1000 } } },
    { "path": "all.txt", "format": "text" }
  ]
}
P
run 0 graph p.json "${good[@]}"
grep -v 'node \[\|edge \[' out | sed -E 's/ ?(shape|style|fillcolor)=("[^"]*"|[a-z]+)//g' >drawn
same drawn <<'D'
digraph "a \"b\"" {
  rankdir=TB;
  in0 [ label="in.jsonl\njsonl"];
  out0 [ label="long.jsonl"];
  out1 [ label="all.txt\ntext"];
  stage0 [ label="judge\nlanguages: en de\non_error: drop"];
  subgraph cluster1 {
   ; label="more.json";
    stage1 [ label="loud (shout)"];
  }
  when2 [ label="lang in [\"en\",null] and\nn is 3"];
  stage2 [ label="shout\non_error: skip"];
  in0 -> stage0;
  stage0 -> stage1;
  stage1 -> when2;
  when2 -> stage2 [label="yes"];
  when2 -> out0 [label="no; text.bytes gt 1000"];
  when2 -> out1 [label="no"];
  stage2 -> out0 [label="text.bytes gt 1000"];
  stage2 -> out1;
  dropped0 [ label="dropped"];
  stage0 -> dropped0 [label="or on error"];
}
D
if command -v dot >/dev/null; then
  "$textmill" graph p.json "${good[@]}" | dot -Tsvg >picture.svg
fi
run 0 graph p.json "${good[@]}" --format mermaid
grep -v classDef out >drawn
same drawn <<'D'
---
title: "a #34;b#34;"
---
flowchart TB
  in0[("in.jsonl<br/>jsonl")]:::end_
  out0[("long.jsonl")]:::end_
  out1[("all.txt<br/>text")]:::end_
  stage0("judge<br/>languages: en de<br/>on_error: drop"):::stage
  subgraph box1 ["more.json"]
    stage1("loud #40;shout#41;"):::stage
  end
  when2{"lang in #91;#34;en#34;,null#93; and<br/>n is 3"}:::question
  stage2("shout<br/>on_error: skip"):::stage
  in0 --> stage0
  stage0 --> stage1
  stage1 --> when2
  when2 -->|"yes"| stage2
  when2 -->|"no#59; text.bytes gt 1000"| out0
  when2 -->|"no"| out1
  stage2 -->|"text.bytes gt 1000"| out0
  stage2 --> out1
  dropped0["dropped"]:::gone
  stage0 -.->|"or on error"| dropped0
D
run 2 graph p.json
has err 'judge'
run 2 graph
has err 'one pipeline file is wanted'
run 2 graph p.json --format svg
has err 'dot.mermaid'
