#!/usr/bin/env bash
# Holds the rooms apart: which folder of core/ may include which, where third-party headers have their one home, and that
# plugins see public headers and the kit only. Silence means pass.
set -euo pipefail
cd "$(dirname "$0")/../.."
bad=0
wrong() { echo "layering: $*" >&2; bad=1; }

# room: the rooms whose headers it may include besides its own
allowed() {
  case "$1" in
  json) echo "" ;;
  observe | io) echo "json" ;;
  doc) echo "json" ;;
  plugin) echo "doc json observe" ;;
  pipeline) echo "plugin doc json observe" ;;
  engine) echo "pipeline plugin doc json observe io" ;;
  watch) echo "engine pipeline plugin doc json observe io" ;;
  testhost) echo "plugin doc json observe" ;;
  cli) echo "testhost watch engine pipeline plugin doc json observe io" ;;
  esac
}

for room in json doc plugin pipeline engine io observe watch testhost cli; do
  may=" $(allowed "$room") include $room "
  while IFS=: read -r file header; do
    to="$(sed -E 's|^(\.\./)+||; s|/.*||' <<<"$header")"
    case "$header" in
    ../*) case "$may" in *" $to "*) ;; *) wrong "$file includes $header: $room may not know $to" ;; esac ;;
    esac
  done < <(grep -oE '^#include "[^"]+"' core/$room/*.[ch] 2>/dev/null | sed -E 's/#include "([^"]+)"/\1/')
done

home() { # header, rooms that may include it
  local header="$1" rooms="$2" file room
  for file in $(grep -rlE "^#include <$header>" core plugins --include='*.[ch]' || true); do
    room="${file#core/}"
    case " $rooms " in *" ${room%%/*} "* | *" $file "*) ;; *) wrong "$file includes <$header>, whose home is $rooms" ;; esac
  done
}
home 'dlfcn.h' 'core/plugin/loader.c'
home 'json-c/[a-z_]+.h' 'json core/cli/main.c'
home 'uv.h' 'engine watch core/cli/main.c'

for file in $(find plugins -name '*.[ch]' -not -path 'plugins/kit/tool/*'); do
  while read -r header; do
    case "$header" in
    *core/* | *../../core*) wrong "$file includes $header: a plugin knows public headers and the kit only" ;;
    esac
  done < <(grep -oE '^#include "[^"]+"' "$file" | sed -E 's/#include "([^"]+)"/\1/')
done
if grep -rnE '#include .*plugins/' core --include='*.[ch]'; then wrong "core includes something of plugins/"; fi

extra="$(git ls-files | cut -d/ -f1 | sort -u | grep -vE '^(core|plugins|pipelines|tests|CMakeLists.txt|README.md|LICENSE|\..*)$' || true)"
[ -z "$extra" ] || wrong "top level holds more than it may: $extra"
exit "$bad"
