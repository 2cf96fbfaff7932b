# A stage in C++ builds with each standard from C++11 on, and does the same. Names that mean something to CMake do not
# matter.
command -v g++ >/dev/null || skip "g++ is not installed"
textmill new-plugin test --lang c++ >/dev/null
cd test
for standard in 11 20; do
  rm -rf build
  cmake -B build -DCMAKE_CXX_STANDARD=$standard -DCMAKE_CXX_FLAGS="-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror" >log 2>&1 || { cat log; fail "configure"; }
  cmake --build build >log 2>&1 || { cat log; fail "build as C++$standard"; }
  ctest --test-dir build --output-on-failure >log 2>&1 || { cat log; fail "its tests as C++$standard"; }
done
