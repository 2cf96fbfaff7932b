#!/usr/bin/env bash
# Makes a build that is optimised at link time and by a profile: builds once to learn, runs the pipelines that matter on
# generated articles and on the sample documents, builds again with what was learnt.
#   tests/bench/pgo.sh BUILD      gcc only; the articles are of another seed than those that the bench measures
set -euo pipefail
cd "$(dirname "$0")/../.."
build="${1:?usage: tests/bench/pgo.sh BUILD}"
jobs="$(nproc)"

build_with() {
  CC=gcc cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DTEXTMILL_TESTS=ON "$@" >/dev/null
  cmake --build "$build" -j "$jobs" >"$build/build.log" 2>&1 || { tail -n 40 "$build/build.log"; exit 1; }
}

mkdir -p "$build"
rm -rf "$build/profile"
build_with -DTEXTMILL_PGO=generate -DTEXTMILL_LTO=OFF

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
gen="$build/tests/bench/bench_gen"
"$gen" --bytes 4M --seed 7 --broken 1000 >"$work/articles.jsonl"
"$gen" --bytes 4M --seed 7 --samples pipelines/samples >"$work/mixed.jsonl"
echo '{"stages": []}' >"$work/pass.json"
train() { # a broken line among the articles makes the status 1, which is meant
  "$build/textmill" run "$@" -q -o "$work/out.jsonl" --failed "$work/dead.jsonl" || [ $? = 1 ]
}
for input in articles mixed; do
  for pipeline in pipelines/news.json pipelines/clean-only.json pipelines/dedup-only.json "$work/pass.json"; do
    train "$pipeline" "$work/$input.jsonl"
  done
done
train pipelines/news.json pipelines/samples
build_with -DTEXTMILL_PGO=use -DTEXTMILL_LTO=ON
echo "$build/textmill is built by profile and optimised at link time"
