#!/usr/bin/env python3
"""Backlog: so many files stand in the inbox when the watcher starts. The first result must be there within two seconds,
memory must stay flat, and all must be done, none twice.

  backlog.py TEXTMILL [--files N] [--bytes N] [--durability MODE] [--pipeline FILE --plugin-dir DIR] [--only-first]
"""
import argparse, os, re, shutil, sys, time
from drop import Drop, children, memory

parser = argparse.ArgumentParser()
parser.add_argument("textmill")
parser.add_argument("--files", type=int, default=1000000)
parser.add_argument("--bytes", type=int, default=300)
parser.add_argument("--durability", default="none")
parser.add_argument("--pipeline")
parser.add_argument("--plugin-dir")
parser.add_argument("--jobs", default="2")
parser.add_argument("--seconds", type=float, default=1800, help="most time for all")
parser.add_argument("--first", type=float, default=2, help="most seconds to the first result")
parser.add_argument("--only-first", action="store_true", help="stop at the first result")
a = parser.parse_args()
drop = Drop(a.textmill, args=["-q", "-j", a.jobs, "--durability", a.durability, "--settle", "1s",
                              *(["--plugin-dir", a.plugin_dir] if a.plugin_dir else [])],
            pipeline=os.path.abspath(a.pipeline) if a.pipeline else None)
body = ("The council met twice and agreed on nothing, which surprised no one. " * (a.bytes // 69 + 1))[:a.bytes]
began = time.monotonic()
inbox = os.open(drop.root + "/inbox", os.O_RDONLY)
for i in range(a.files):
    fd = os.open(f"{i}.txt", os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o644, dir_fd=inbox)
    os.write(fd, f"<{i}> {body}".encode())
    os.close(fd)
os.close(inbox)
print(f"{a.files} files of {a.bytes} bytes stand there after {time.monotonic() - began:.0f} s", flush=True)

seen = bytearray(a.files)
twice = half = taken = 0
most = dict(watcher=0, worker=0)
stretches = []  # (results, seconds) at each tenth
out = drop.root + "/out"


def consume():
    global twice, half, taken
    n = 0
    with os.scandir(out) as entries:
        for entry in entries:
            with open(entry.path, "rb") as f:
                data = f.read()
            os.unlink(entry.path)
            m = re.match(rb'\{"text":"<(\d+)> ', data) or re.search(rb'"text":"<(\d+)> ', data)
            if not m or not data.endswith(b"}\n"):
                half += 1
                continue
            i = int(m[1])
            twice += seen[i]
            seen[i] = 1
            taken += 1
            n += 1
            if n == 20000:
                break
    return n


def look():
    for role, pids in (("watcher", [drop.process.pid]), ("worker", children(drop.process.pid))):
        for pid in pids:
            m = memory(pid)
            if m:
                most[role] = max(most[role], m["anon"])


os.makedirs(out, exist_ok=True)
start = time.monotonic()
drop.start(is_ready=False)
while not os.listdir(out):
    if time.monotonic() - start > 600 or drop.process.poll() is not None:
        sys.exit("no result at all\n" + drop.log()[-2000:])
    time.sleep(0.002)
first = time.monotonic() - start
print(f"first result after {first:.2f} s", flush=True)
next_look = 0
while not a.only_first and taken < a.files and time.monotonic() - start < a.seconds and drop.process.poll() is None:
    if time.monotonic() > next_look:
        look()
        next_look = time.monotonic() + 0.5
    if taken >= len(stretches) * a.files / 10:
        stretches.append((taken, round(time.monotonic() - start, 1)))
    if not consume():
        time.sleep(0.01)
all_after = time.monotonic() - start
look()
status = drop.status()
code = drop.stop()
lost = a.files - sum(seen) if not a.only_first else 0
left = 0 if a.only_first else len(drop.leftovers())
print(f"{a.files} files: first after {first:.2f} s, all after {all_after:.0f} s ({taken / all_after:.0f} a second), lost {lost}, "
      f"twice {twice}, half-written {half}, left over {left}, quarantined {len(drop.names('quarantine'))}, exit {code}; "
      f"most private memory: watcher {most['watcher'] / 1024:.1f} MiB, worker {most['worker'] / 1024:.1f} MiB; "
      f"{status.get('scans')} scans, {status.get('overflows')} overflows")
print("  tenths (files, seconds):", stretches)
is_bad = lost or twice or half or left or code or first > a.first or max(most.values()) > 96 << 10
drop.end()
sys.exit(bool(is_bad))
