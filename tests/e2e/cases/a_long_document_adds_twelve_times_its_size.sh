needs normalize lang clean dedup entities topics sentiment
generate="$build/tests/bench/bench_gen"
[ -x "$generate" ] || skip "the generator of articles was not built"
! grep -q '^TEXTMILL_SANITIZE:[A-Z]*=.' "$build/CMakeCache.txt" || skip "a sanitizer's own memory would be counted"
"$generate" --bytes 200000 >short.jsonl
"$generate" --one --bytes 4190208 >long.txt
python3 -c 'import json; print(json.dumps({"text": open("long.txt").read()}))' >long.jsonl
python3 - "$textmill" "$top/pipelines/news.json" <<'P' || fail "a long document takes too much memory"
import os, subprocess, sys
def most(source):
    command = [sys.argv[1], "run", sys.argv[2], source, "-q", "-o", "out.jsonl", "--jobs", "2"]
    process = subprocess.Popen(command)
    _, process.returncode, usage = os.wait4(process.pid, 0)
    if process.returncode not in (0, 256):  # a generated line in ten thousand is broken
        sys.exit(1)
    return usage.ru_maxrss * 1024
base = most("short.jsonl")
for source in ("long.txt", "long.jsonl"):
    times = (most(source) - base) / os.path.getsize(source)
    print("%s adds %.1f times its size" % (source, times))
    if times > 12:
        sys.exit(1)
P
