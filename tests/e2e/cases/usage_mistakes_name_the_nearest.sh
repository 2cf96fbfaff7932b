run 2 runn
has err "did you mean 'run'"
run 2 run --falled x
has err -- '--failed'
run 2 run
has err 'pipeline'
run 2
has err 'usage'
run 0 --help
has out 'check'
run 0 --version
has out 'ABI'
for command in $("$textmill" --help | sed -n '/^Commands/,/^$/s/^  \([a-z-]*\) .*/\1/p'); do
  run 0 "$command" --help
  has out "usage: textmill $command"
done
run 2 run nowhere.json
has err 'nowhere.json'
echo '{"stages": []}' >p.json
run 2 run p.json nowhere.jsonl
has err 'nowhere.jsonl'
run 2 run p.json --jobs=many
has err 'jobs'
run 2 run p.json --jobs 99999999999; has err 'jobs is at most 1024'
printf '{"stages": [{"use": "la\\u0000ng"}]}' >nul.json
run 2 check nul.json
has err '^nul.json:1:21: "use" of a stage: expected a string without a NUL in it'
run 2 run --stages lang,lang nul.json
has err '"lang" stands twice'
