echo '{"text":"x"}' >in.jsonl; cp in.jsonl same.jsonl
run 2 run --stages "" in.jsonl -o out.jsonl --report in.jsonl
has err 'in.jsonl is an input'
same in.jsonl <same.jsonl
run 2 run --stages "" in.jsonl -o out.jsonl --report nowhere/report.json
has err 'nowhere/report.json'
mkdir folder
for option in report failed dropped; do
  run 2 run --stages "" in.jsonl -o out.jsonl --$option folder
  has err "--$option wants a file, and folder is a folder"
done
run 2 run --stages "" in.jsonl -o out.jsonl --failed out.jsonl
has err 'another output of this one'
[ ! -e out.jsonl ] || fail "an output was made"
run 0 run --stages "" in.jsonl -o out.jsonl --report report.json
record report.json 1 'r["end"] + str(r["published"])' done1
