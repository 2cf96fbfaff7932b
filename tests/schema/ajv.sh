#!/usr/bin/env bash
# The schema's test by ajv from npm: ajv.sh TEXTMILL BUILD PIPELINES; 77 where there is no npm, or no registry to be had.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
command -v npm >/dev/null || { echo "npm is not installed"; exit 77; }
work="$2/ajv"
mkdir -p "$work"
cp "$here/package.json" "$here/package-lock.json" "$work/"
if [ ! -d "$work/node_modules/ajv" ]; then
  (cd "$work" && npm ci --silent --no-audit --no-fund >npm.log 2>&1) || { echo "npm could not fetch ajv"; cat "$work/npm.log"; exit 77; }
fi
status=0
python3 "$here/test_schema.py" "$1" "$2" "$3" "$work/cases.json" || status=$?
[ "$status" = 0 ] || exit "$status"
node "$here/ajv.mjs" "$work/cases.json" "$work"
