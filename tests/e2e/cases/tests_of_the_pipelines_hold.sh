# The pipelines that come with textmill hold what their own tests say, and each of them has tests.
needs normalize lang clean dedup entities topics sentiment neardup filter fields
for pipeline in "$top"/pipelines/*.json; do
  grep -q '"tests"' "$pipeline" || continue
  run 0 test "$pipeline"
  has out 'tests hold'
done
for name in clean-only corpus dedup-only news tagging watch-folder; do has "$top/pipelines/$name.json" '"tests"'; done
