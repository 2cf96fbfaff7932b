run 0 manual commands
commands="$(cat out)"
[ -n "$commands" ] || fail "there are no commands"
for shell in bash zsh fish; do
  run 0 manual "$shell"
  mv out "completion.$shell"
done
# Every option that --help shows stands in the man page and in the completions.
for command in $commands; do
  run 0 "$command" --help
  grep -oE '^ +(-[a-z], +)?--[a-z-]+' out | grep -oE -- '--[a-z-]+' | grep -v -- '^--help$' >options || true
  run 0 manual man "$command"
  mv out page
  has page "^.SH NAME"
  has page "^textmill.-${command//-/.-} .- "
  [ -f "$build/manual/man1/textmill-$command.1" ] || fail "the build made no page of $command"
  cmp page "$build/manual/man1/textmill-$command.1" || fail "the page of $command that was built is not this program's"
  if command -v groff >/dev/null; then
    groff -man -Tutf8 -ww page >shown 2>warnings
    [ ! -s warnings ] || { cat warnings >&2; fail "groff warns of the page of $command"; }
  fi
  sed 's/\\-/-/g' page >plain
  while read -r option; do
    grep -qF -- "$option" plain || fail "$option of $command is not in its man page"
    for shell in bash zsh; do
      grep -qF -- "$option" "completion.$shell" || fail "$option of $command is not completed in $shell"
    done
    grep -qE "from $command' .*-l ${option#--}( |\$)" completion.fish || fail "$option of $command is not completed in fish"
  done <options
done
cmp completion.bash "$build/manual/textmill.bash"
cmp completion.zsh "$build/manual/_textmill"
cmp completion.fish "$build/manual/textmill.fish"

# Bash completes.
complete() {
  bash -c 'source ./completion.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _textmill; echo "${COMPREPLY[*]}"' - "$@"
}
[ "$(complete textmill exp)" = explain ] || fail "a command is not completed"
[ "$(complete textmill graph --format m)" = mermaid ] || fail "a choice is not completed"
[ "$(complete textmill explain --ht)" = --html ] || fail "an option is not completed"
[ -z "$(complete textmill run p.json)" ] || fail "a file is completed as an option"
if command -v zsh >/dev/null; then zsh -n completion.zsh; fi
if command -v fish >/dev/null; then
  fish -n completion.fish
  got="$(PATH="$build:$PATH" fish --no-config -c 'source completion.fish; complete -C "textmill graph --format mer"')"
  [ "${got%%$'\t'*}" = mermaid ] || fail "fish does not complete"
fi
run 2 manual
run 2 manual man nonesuch
