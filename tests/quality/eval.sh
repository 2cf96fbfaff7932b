#!/usr/bin/env bash
# Prints the quality figures on sets that cannot be shipped: rated, tagged and labelled texts in a folder of their own, whose
# place TEXTMILL_EVAL tells (default: shared/ beside the checkout), with the scorers that stand there.
#   tests/quality/eval.sh BUILD [NAME...]     NAME: clean rewrap lines ftfy bullets neardup sentiment vader entities topics
set -euo pipefail
top="$(realpath "$(dirname "$0")/../..")"
build="$(realpath "${1:?usage: tests/quality/eval.sh BUILD [NAME...]}")"
shift
eval_folder="$(realpath -m "${TEXTMILL_EVAL:-$top/../shared}")"
[ -d "$eval_folder/eval" ] || { echo "skipped: $eval_folder is not there (TEXTMILL_EVAL)"; exit 77; }
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
data="$eval_folder/data"

pipeline() { printf '{ "stages": [ %s ] }\n' "$2" >"$1.json"; }
run() { "$build/textmill" run "$1" "$2" -o "$3" -q 2>/dev/null || [ $? = 1 ]; }
# one NAME PIPELINE DATA...: the three commands of a scorer.
one() {
  local name="$1" pipeline="$2"
  shift 2
  printf '\n== %s\n' "$name"
  python3 "$eval_folder/eval/$name.py" inputs "$@" "$name.in.jsonl" >/dev/null
  run "$pipeline" "$name.in.jsonl" "$name.out.jsonl"
  python3 "$eval_folder/eval/$name.py" score "$@" "$name.out.jsonl"
}

pipeline normalize '{ "use": "normalize" }'
pipeline mend '{ "use": "normalize", "with": { "quotes": true, "ligatures": true, "widths": true, "entities": true } }'
pipeline lines '{ "use": "normalize" }, { "use": "clean" }'
pipeline pages '{ "use": "normalize" }, { "use": "clean", "with": { "preset": "aggressive" } }'
pipeline bullets '{ "use": "dedup", "with": { "scores": true } }'
pipeline neardup '{ "use": "neardup" }'
pipeline sentiment '{ "use": "sentiment" }'
pipeline vader '{ "use": "sentiment", "with": { "model": "vader" } }'
pipeline entities '{ "use": "entities" }'
pipeline topics '{ "use": "topics" }'

for name in "${@:-clean rewrap lines ftfy bullets neardup sentiment vader entities topics}"; do
  for name in $name; do
    case "$name" in
    clean)
      for gold in seeds dev; do
        printf '\n== clean: gold/%s, pipelines/news.json\n' "$gold"
        rm -rf in && python3 "$eval_folder/eval/clean.py" inputs "$eval_folder/gold/$gold" in >/dev/null
        run "$top/pipelines/news.json" in clean.jsonl
        python3 "$eval_folder/eval/clean.py" score "$eval_folder/gold/$gold" clean.jsonl
      done
      ;;
    rewrap)
      printf '\n== rewrap: gold of this repository, pipelines/news.json\n'
      rm -rf ours in && python3 "$top/tests/quality/score.py" inputs ours >/dev/null
      python3 "$top/tests/quality/rewrap.py" "$build/textmill" "$top/pipelines/news.json" ours
      printf '\n== rewrap: gold/seeds, gold/dev, pipelines/news.json\n'
      python3 "$eval_folder/eval/clean.py" inputs "$eval_folder/gold/seeds" "$eval_folder/gold/dev" in >/dev/null
      python3 "$top/tests/quality/rewrap.py" "$build/textmill" "$top/pipelines/news.json" in
      ;;
    lines)
      printf '\n-- default preset'; one lines lines.json "$data/aeb-lines" "$data/traf-lines"
      printf '\n-- aggressive'; one lines pages.json "$data/aeb-lines" "$data/traf-lines"
      ;;
    ftfy)
      printf '\n-- defaults'; one ftfy normalize.json "$data/ftfy-cases"
      printf '\n-- quotes, ligatures, widths, entities on'; one ftfy mend.json "$data/ftfy-cases"
      ;;
    bullets | neardup | entities | topics | sentiment)
      folder="$name"; [ "$name" = entities ] && folder=ner
      one "$name" "$name.json" "$data/$folder"
      if [ "$name" = topics ]; then python3 "$top/tests/quality/topic_bands.py" "$data/topics" topics.out.jsonl; fi
      ;;
    vader) one vader vader.json "$data/sentiment" ;;
    *) echo "there is no $name" >&2; exit 2 ;;
    esac
  done
done
