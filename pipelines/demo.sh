#!/usr/bin/env bash
# The first command: installs what is missing, builds, runs the news pipeline over the sample articles, shows the result.
set -euo pipefail
cd "$(dirname "$0")/.."

tests/install.sh build
build="${TEXTMILL_BUILD:-build}"
[ -f "$build/CMakeCache.txt" ] || cmake -S . -B "$build" -G Ninja -DTEXTMILL_TESTS=OFF >/dev/null
cmake --build "$build" >/dev/null || cmake --build "$build"

out="$build/demo"
mkdir -p "$out"
"$build/textmill" run pipelines/news.json pipelines/samples -o "$out/samples.jsonl" -q
sample=pipelines/samples/02-stone-bridge.txt
echo "One article as it was found: $sample"
echo
sed 's/^/    | /' "$sample"
echo
echo "and as it came out of pipelines/news.json:"
echo
"$build/textmill" run pipelines/news.json "$sample" --format text -q | sed 's/^/    | /'
echo "What was learned of all samples (the records, with every cut and its reason, are in $out/samples.jsonl):"
echo
"$build/textmill" run pipelines/news.json pipelines/samples --format tsv -q \
  --fields id,lang,sentiment.label,sentiment.score,topics.0.name
