needs normalize lang clean dedup
cat >doc.txt <<'T'
Skip to main content

Otters return to the Lenn after thirty years

• Otters have been seen on the river Lenn for the first time in thirty years.
• A public meeting takes place on Friday.

Otters have been seen on the river Lenn for the first time in thirty years, the county said on Monday.

Wardens found tracks of a mother and two cubs below the weir at Aldbrook. The council wants to close a path there until the summer.
T
cat >p.json <<'P'
{ "name": "four", "stages": [
  { "use": "normalize" }, { "use": "lang" }, { "use": "clean" }, { "use": "dedup" },
  { "use": "normalize", "id": "later", "when": { "lang": "de" } } ] }
P
run 0 explain p.json doc.txt
has out '^doc.txt  published$'
has out '^ +2  lang +[0-9.]+ us +lang = "en"$'
has out '^ +4  dedup .*1 cut \(duplicate_bullet 1\)'
has out '^ +5  later +passed over: its "when" does not hold$'
has out '^  1 . \[1-Skip to main content-\]$'
has out '^  5 . \[2-• Otters have been seen .*-\]$'
has out '^  6 . • A public meeting takes place on Friday\.$'
has out '^\[2\] duplicate_bullet  line 5, by dedup, rule .*, score [01]\.[0-9]+$'
has out 'line 8: "Otters have been seen on the river Lenn'
hasnt out $'\x1b'

# In colour the same words, struck through.
run 0 explain p.json doc.txt --color always
has out $'\x1b\\[9;38;5;[0-9]+mSkip to main content\x1b\\[0m'
cp out coloured
NO_COLOR=1 run 0 explain p.json doc.txt
hasnt out $'\x1b'

# What it shows is what run does.
run 0 run p.json doc.txt -q
record out 1 'len(r["removed"])' 2
[ "$(grep -cE '^\[[0-9]+\] ' coloured || true)" = 0 ] || fail "numbers without colour in a coloured text"
