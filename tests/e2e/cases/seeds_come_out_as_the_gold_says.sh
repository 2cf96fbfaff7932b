needs normalize lang clean dedup entities topics sentiment
[ -d "$eval_folder/seeds" ] || skip "the shared folder is not there (TEXTMILL_EVAL)"
python3 "$eval_folder/eval/clean.py" inputs "$eval_folder/gold/seeds" in
run 0 run "$top/pipelines/news.json" in --edits -o out.jsonl
run 0 verify out.jsonl in
python3 "$eval_folder/eval/clean.py" score "$eval_folder/gold/seeds" out.jsonl | tee score
has score 'text== *5/5|5/5'
has score '^junk .*right 12, wrong 0, missed 0'
has score '^dup .*right ([7-9]|10), wrong 0'
has score 'inline 2/2 +damage 0.000'
