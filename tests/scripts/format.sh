#!/usr/bin/env bash
# Every C file stands as .clang-format has it. Silence means pass; `clang-format -i FILE` is the cure.
set -euo pipefail
cd "$(dirname "$0")/../.."
git ls-files 'core/*.c' 'core/*.h' 'plugins/*.c' 'plugins/*.h' 'tests/*.c' 'tests/*.h' |
  grep -vE 'unicode_tables|/generated|_data\.h$' | xargs -r clang-format --dry-run --Werror
