good=(--plugin-dir "$build/tests/plugins/good")
pipeline() { printf '{ "stages": [ { "use": "shout", "id": "first" }, { "use": "judge", "with": %s%s }, { "use": "shout", "id": "last" } ] }' "$1" "$2" >p.json; }
printf 'A quiet text.\n' >doc.txt
pipeline '{ "verdict": "drop", "code": "unwanted" }' ''
run 0 explain p.json doc.txt "${good[@]}"
has out '^doc.txt  dropped$'
has out 'judge .*dropped the document: unwanted'
has out 'last +not reached'
pipeline '{ "verdict": "fail" }' ''
run 1 explain p.json doc.txt "${good[@]}"
has out '^doc.txt  failed$'
has out 'judge .*failed the document: judged: the judge says no'
has out 'last +not reached'
run 1 explain p.json doc.txt "${good[@]}" --html -o page.html
has page.html 'class="end failed">failed<'
has page.html 'failed the document: judged: the judge says no'
pipeline '{ "verdict": "fail" }' ', "on_error": "skip"'
run 0 explain p.json doc.txt "${good[@]}"
has out '^doc.txt  published$'
has out 'judge .*failed, and the document goes on without it: judged: the judge says no'
has out 'last +[0-9.]+ us +nothing to do'
pipeline '{ "verdict": "fail" }' ', "on_error": "drop"'
run 0 explain p.json doc.txt "${good[@]}"
has out '^doc.txt  dropped$'
pipeline '{ "verdict": "broken" }' ''
run 1 explain p.json doc.txt "${good[@]}"
has out 'judge .*is broken: a run would stop here: judged: the judge cannot go on'
pipeline '{ "verdict": "retry", "tries": 1 }' ''
run 0 explain p.json doc.txt "${good[@]}"
