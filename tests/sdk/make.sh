# The other way: make and pkg-config.
command -v make >/dev/null || skip "make is not installed"
textmill new-plugin my-stage >/dev/null
textmill new-plugin my-other --lang c++ >/dev/null
for folder in my-stage my-other; do
  (cd $folder && make && make check && make install) >log 2>&1 || { cat log; fail "make in $folder"; }
  textmill plugins $folder >/dev/null || fail "$folder is not found where make installed it"
done
pkg-config --exists 'textmill >= 0.1' || fail "pkg-config does not know textmill"
[ "$(pkg-config --variable=abi textmill)" = "$(textmill --version | sed -n 's/^plugin ABI \([0-9.]*\),.*/\1/p')" ] || fail "the ABI of textmill.pc is another"
