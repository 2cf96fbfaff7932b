# The headers as they are installed, alone, by both compilers in every standard, with the warnings that people use.
cp "$top/core/cli/template/longlines.c" "$top/core/cli/template/longlines.cpp" "$top/core/cli/template/test_longlines.c" .
cp test_longlines.c test_longlines.cpp
for header in types layers options host plugin testhost; do
  printf '#include <textmill/%s.h>\nint header_%s(void);\nint header_%s(void) {\n    return 0;\n}\n' $header $header $header >only_$header.c
  cp only_$header.c only_$header.cpp
done
warnings="-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Werror -fsyntax-only"
tried=0
for compiler in gcc clang; do
  command -v $compiler >/dev/null || continue
  for standard in c11 c17; do
    $compiler -std=$standard $warnings -Wstrict-prototypes -I"$prefix/include" ./*.c || fail "$compiler -std=$standard"
    tried=$((tried + 1))
  done
done
for compiler in g++ clang++; do
  command -v $compiler >/dev/null || continue
  for standard in c++11 c++14 c++17 c++20; do
    $compiler -std=$standard $warnings -Wold-style-cast -Wno-error=old-style-cast -I"$prefix/include" ./*.cpp 2>err || { cat err; fail "$compiler -std=$standard"; }
    tried=$((tried + 1))
  done
done
[ $tried -ge 6 ] || fail "no compiler was found"
echo "$tried compilers and standards"
