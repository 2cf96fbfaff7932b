# unpacked.sh BUILD: makes the Debian package, unpacks it somewhere else, and runs what is in it from there: the program
# finds its plugins by its own place. Its control file names every library that program and plugins need.
set -euo pipefail
build="$(realpath "$1")"
skip() { echo "skipped: $*"; exit 77; }
fail() { echo "not so: $*" >&2; exit 1; }
grep -qE '^TEXTMILL_SANITIZE:[A-Z]+=.' "$build/CMakeCache.txt" && skip "a sanitized build"
command -v dpkg-shlibdeps >/dev/null || skip "dpkg-shlibdeps is not installed (Debian: dpkg-dev)"
umask 022
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
(cd "$build" && cpack -G DEB -B "$work/made") >"$work/log" 2>&1 || { tail "$work/log"; fail "cpack"; }
deb="$(echo "$work"/made/*.deb)"
dpkg-deb -x "$deb" "$work/root"
dpkg-deb -e "$deb" "$work/control"
for script in postinst prerm postrm; do
  [ -x "$work/control/$script" ] || fail "$script is missing, or cannot be run"
  sh -n "$work/control/$script"
done

# Every library that is needed is some package's of Depends.
depends="$(sed -n 's/^Depends: //p' "$work/control/control")"
for file in "$work/root/usr/bin/textmill" $(find "$work/root/usr/lib" -name '*.so'); do
  for library in $(objdump -p "$file" | sed -n 's/^ *NEEDED *//p'); do
    case "$library" in ld-linux*) continue ;; esac
    path="$(ldconfig -p | sed -n "s|^.*$library .*=> ||p" | head -n 1)"
    package="$(dpkg-query -S "$(realpath "$path")" 2>/dev/null || dpkg-query -S "$path" 2>/dev/null || dpkg-query -S "*/$(basename "$(realpath "$path")")")"
    package="${package%%:*}"
    grep -qE "(^|, )$package( |,|\$)" <<<"$depends" || fail "$(basename "$file") needs $library of $package, which is not among: $depends"
  done
done

# It runs, and nothing of the build is asked.
unset TEXTMILL_PLUGIN_PATH
textmill="$work/root/usr/bin/textmill"
"$textmill" --version | grep -q 'plugin ABI' || fail "--version"
strings -a "$textmill" | grep -qF "$build" && fail "the program knows its build folder" || true
printf 'The bridge was opened on Friday.\n' >"$work/in.txt"
(cd "$work" && "$textmill" run "$work/root/usr/share/textmill/pipelines/news.json" in.txt -q >out.jsonl) || fail "it does not run"
grep -q '"sentiment"' "$work/out.jsonl" || fail "a stage did not work"
grep -q '^ExecStart=/usr/bin/textmill watch' "$work/root/usr/lib/systemd/system/textmill@.service" || fail "the unit names another program"
for file in include/textmill/plugin.h include/textmill/testhost.h lib/cmake/textmill/textmillConfig.cmake \
  lib/pkgconfig/textmill.pc share/man/man1/textmill-run.1 share/bash-completion/completions/textmill \
  share/zsh/site-functions/_textmill share/fish/vendor_completions.d/textmill.fish share/doc/textmill/copyright; do
  [ -n "$(find "$work/root/usr" -path "*/$(basename "$(dirname "$file")")/$(basename "$file")")" ] || fail "$file is not in the package"
done
