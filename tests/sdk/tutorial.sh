# The first plugin in five minutes: every block of shell in plugins/README.md up to the second heading, as it stands
# there, and the code that it shows is what new-plugin writes.
page="$top/plugins/README.md"
awk '/^## / { n++ } n > 1 { exit } { print }' "$page" >page.md
awk '/^```sh$/ { inside = 1; next } /^```/ { inside = 0 } inside' page.md >steps.sh
[ "$(grep -c . steps.sh)" -ge 8 ] || fail "the tutorial has lost its steps"
bash -euo pipefail steps.sh >log 2>&1 || { cat log; fail "a step of the tutorial"; }
awk '/^```c$/ { inside = 1; next } /^```/ { inside = 0 } inside' page.md >shown.c
cmp shown.c longlines/longlines.c || fail "the tutorial shows other code than new-plugin writes"
[ "$(wc -l <longlines/longlines.c)" -le 60 ] && [ "$(wc -l <"$top/core/cli/template/longlines.cpp")" -le 60 ] || fail "the template has more than 60 lines"
[ -f "$prefix/$libdir/textmill/plugins/longlines/longlines.so" ] || fail "it is not installed beside the others"

# Names that are none, or taken.
refuses() { # NAME PATTERN
  if textmill new-plugin "$1" >out 2>err; then fail "new-plugin took the name '$1'"; fi
  grep -qE -- "$2" err || { cat err; fail "no line of the error matches: $2"; }
}
refuses Upper 'is no name for a plugin'
refuses 1st 'is no name for a plugin'
refuses a/b 'is no name for a plugin'
refuses "$(printf 'a%.0s' $(seq 65))" 'is no name for a plugin'
refuses normalize 'there is a plugin .normalize. already'
mkdir other
refuses other 'is there already; nothing was changed'
[ -z "$(ls other)" ] || fail "new-plugin wrote into a folder that was there"
