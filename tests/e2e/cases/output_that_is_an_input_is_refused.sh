echo '{"stages": []}' >p.json
echo '{"text":"One."}' >in.jsonl
run 2 run p.json in.jsonl -o ./in.jsonl
has err 'in.jsonl'
same in.jsonl <<<'{"text":"One."}'
ln in.jsonl other.jsonl
run 2 run p.json in.jsonl -o other.jsonl
