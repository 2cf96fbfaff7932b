# What a topic was given for may stand in the text, in the title, or among the tags: why tells which.
needs topics
cat >in.jsonl <<'IN'
{"id":"1","title":"Central bank holds rates","text":"Inflation eased in May.","source_tags":["football","stock exchange"]}
IN
run 0 run --stages topics --set topics.why=true in.jsonl
terms='{t["text"]: t["where"] for t in r["topics"][0]["why"]}'
record out 1 'r["topics"][0]["id"]' medtop:04000000
record out 1 "$terms[\"Central bank\"]" "[{'field': 'title'}]"
record out 1 "$terms[\"stock exchange\"]" "[{'field': 'source_tags'}]"
record out 1 "$terms[\"Inflation\"]" "[{'start': 0, 'end': 9}]"
run 0 run --stages topics in.jsonl
hasnt out why
