#!/usr/bin/env bash
# The second command: installs what is missing and passes all the tests that CI runs; --all runs the long ones too.
#   tests/run.sh [--all]
# Builds: gcc and clang with warnings as errors, AddressSanitizer with UndefinedBehaviorSanitizer, ThreadSanitizer.
# Each in a folder of its own under build-tests/ (TEXTMILL_TEST_BUILD names another).
set -euo pipefail
cd "$(dirname "$0")/.."

all=0
[ "${1:-}" = --all ] && all=1
tests/install.sh test
root="${TEXTMILL_TEST_BUILD:-build-tests}"
jobs="$(nproc)"
launcher=""
command -v ccache >/dev/null && launcher="-DCMAKE_C_COMPILER_LAUNCHER=ccache"

step() { printf '\n== %s\n' "$*"; }

# suite NAME COMPILER [CMAKE OPTION...]: configures and builds.
suite() {
  local name="$1" compiler="$2"
  shift 2
  step "build: $name"
  CC="$compiler" cmake -S . -B "$root/$name" -G Ninja -DTEXTMILL_WERROR=ON $launcher "$@" >/dev/null
  cmake --build "$root/$name" -j "$jobs" >"$root/$name.log" 2>&1 || { grep -vE '^\[' "$root/$name.log" | tail -n 60; return 1; }
  tail -n 1 "$root/$name.log"
}

# cases NAME [CTEST OPTION...]: runs its tests; the last lines of ctest are the result.
cases() {
  local name="$1"
  shift
  step "test: $name"
  ctest --test-dir "$root/$name" --output-on-failure -j "$jobs" --no-tests=error "$@"
}

step "layers, names, formats"
tests/scripts/layering.sh
tests/scripts/format.sh

export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0 UBSAN_OPTIONS=print_stacktrace=1 TSAN_OPTIONS=halt_on_error=1

suite asan clang -DTEXTMILL_SANITIZE=address,undefined -DCMAKE_BUILD_TYPE=Debug "-DCMAKE_C_FLAGS_DEBUG=-O1 -g"
cases asan
suite tsan clang -DTEXTMILL_SANITIZE=thread -DCMAKE_BUILD_TYPE=Debug "-DCMAKE_C_FLAGS_DEBUG=-O1 -g"
if [ "$all" = 1 ]; then cases tsan; else cases tsan -R 'engine|single|e2e|log|metrics|watch|neardup'; fi
suite clang clang
if [ "$all" = 1 ]; then
  cases clang
  step "clang-tidy"
  tests/scripts/tidy.sh "$root/clang"
fi
suite gcc gcc
step "README"
tests/scripts/readme.sh "$root/gcc"
cases gcc
if [ "$all" = 1 ]; then
  step "valgrind"
  tests/scripts/valgrind.sh "$root/gcc"
fi
