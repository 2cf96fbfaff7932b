# sdk.sh BUILD CASE: installs the build into a temporary prefix, moves it, and runs one case beside it, with what is
# installed found first. A sanitized build is passed over: what is built out of tree is not sanitized.
set -euo pipefail
build="$(realpath "$1")"
case_file="$(realpath "$2")"
top="$(realpath "$(dirname "$0")/../..")"
skip() { echo "skipped: $*"; exit 77; }
fail() { echo "not so: $*" >&2; exit 1; }
grep -qE '^TEXTMILL_SANITIZE:[A-Z]+=.' "$build/CMakeCache.txt" && skip "a sanitized build"
umask 022
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cmake --install "$build" --prefix "$work/first" >"$work/log" || { tail "$work/log"; fail "cmake --install"; }
mv "$work/first" "$work/textmill"
prefix="$work/textmill"
libdir="$(sed -n 's/^CMAKE_INSTALL_LIBDIR:[A-Z]*=//p' "$build/CMakeCache.txt")"
unset TEXTMILL_PLUGIN_PATH
export PATH="$prefix/bin:$PATH" CMAKE_PREFIX_PATH="$prefix" PKG_CONFIG_PATH="$prefix/$libdir/pkgconfig"
mkdir "$work/here"
cd "$work/here"
. "$case_file"
