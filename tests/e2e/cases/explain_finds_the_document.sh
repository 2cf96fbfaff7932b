cat >p.json <<'P'
{ "stages": [] }
P
printf '%s\n' '{"id":"a","text":"one"}' '{"id":"b","text":"two"}' 'not a record' '{"id":"c","text":7}' >in.jsonl
run 0 explain p.json in.jsonl
has out '^a  published$'
has err 'holds more documents'
run 0 explain p.json in.jsonl --id b
has out '^  1 . two$'
run 0 explain p.json in.jsonl --line 2
has out '^b  published$'
run 1 explain p.json in.jsonl --line 3
has err 'in.jsonl:3: cannot be read as a document: '
run 1 explain p.json in.jsonl --line 4
has err 'text-type'
run 2 explain p.json in.jsonl --id z
has err "no document has the id 'z'"
run 2 explain p.json in.jsonl --line 9
has err 'no record at line 9'
run 2 explain p.json nowhere.txt
has err 'nowhere.txt'
run 2 explain p.json
has err 'a pipeline file and a file to explain are wanted'
run 2 explain p.json in.jsonl -o in.jsonl
has err 'write to another file'
printf '' >empty.txt
run 2 explain p.json empty.txt
has err 'there is no document in it'
run 3 explain p.json in.jsonl -o /nowhere/out
has err '/nowhere/out'
printf '{ "stages": [ { "use": "claen" } ] }' >bad.json
run 2 explain bad.json in.jsonl
has err '^bad.json:1:'
