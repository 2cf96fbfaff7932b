#!/usr/bin/env python3
"""Soak: files go in at a steady rate, a live consumer takes results at once, workers are killed and the pipeline is
reloaded all the while, the watcher itself is killed in the first quarter. Every ten seconds memory, descriptors and
threads of each process are noted; the medians of the second and of the last quarter must be the same.

  soak.py TEXTMILL --plugin-dir DIR [--pipeline FILE] [--minutes N] [--rate FILES_A_SECOND] [--csv FILE]
"""
import argparse, csv, json, os, random, signal, statistics, sys, threading, time
from drop import Drop, children, memory

parser = argparse.ArgumentParser()
parser.add_argument("textmill")
parser.add_argument("--plugin-dir", action="append", default=[])
parser.add_argument("--pipeline")
parser.add_argument("--minutes", type=float, default=60)
parser.add_argument("--rate", type=float, default=100)
parser.add_argument("--every", type=float, default=10, help="seconds between samples")
parser.add_argument("--csv", default=os.devnull)
parser.add_argument("--jobs", default="2")
a = parser.parse_args()
random.seed(11)
drop = Drop(a.textmill, args=["-q", "-j", a.jobs, *(f"--plugin-dir={d}" for d in a.plugin_dir)],
            pipeline=os.path.abspath(a.pipeline) if a.pipeline else None)
WORDS = ("harbour council ferry winter budget school vote river bridge minister market summer train strike museum "
         "reporter festival library garden weather election court village engine hospital coffee letter window").split()
total = a.minutes * 60
began = time.monotonic()
put = taken = 0
seen = bytearray(int(2 * total * a.rate) + 100000)  # how often each came out
half, problems = [], []
is_over, is_drained = threading.Event(), threading.Event()


def text_of(i):
    chance = random.Random(i)
    lines = []
    for _ in range(12):
        words = [chance.choice(WORDS) for _ in range(chance.randint(9, 22))]
        lines.append(" ".join(words).capitalize() + ".")
    return f"Report {i} of the day\n\n" + "\n\n".join(" ".join(lines[j:j + 3]) for j in range(0, 12, 3))


def produce():
    """Now a file of text, now one of eight lines."""
    global put
    files = 0
    while time.monotonic() - began < total:
        if files % 10 == 9:
            drop.put(f"{put}.jsonl", "".join(json.dumps({"id": str(put + k), "text": text_of(put + k)}) + "\n"
                                             for k in range(8)))
            put += 8
        else:
            drop.put(f"{put}.txt", text_of(put))
            put += 1
        files += 1
        late = began + files / a.rate - time.monotonic()
        if late > 0:
            time.sleep(late)
    is_over.set()


def take(name):
    global taken
    path = f"{drop.root}/out/{name}"
    data = open(path, "rb").read()
    os.unlink(path)
    first = int(name.split(".")[0])
    n = 8 if ".jsonl.jsonl" in name else 1
    lines = data.splitlines()
    if not data.endswith(b"\n") or len(lines) != n:
        half.append(name)
        return
    for k, line in enumerate(lines):
        if f"Report {first + k} of" not in json.loads(line)["text"]:
            half.append(name)
            return
        seen[first + k] += 1
        taken += 1


def consume():
    while not is_drained.is_set():
        names = drop.names()
        for name in names:
            try:
                take(name)
            except Exception as e:  # told at the end, with the figures
                problems.append(f"{name}: {e!r}")
                half.append(name)
        if not names:
            time.sleep(0.02)


kills = dict(watcher=0, worker=0, reload=0)


def disturb():
    """Kills and reloads, at times of their own."""
    next_worker, next_watcher, next_reload = 3.0, 7.0, 11.0
    while not is_over.is_set():
        time.sleep(0.2)
        now = time.monotonic() - began
        if now >= next_worker:
            next_worker = now + random.uniform(2, 10)
            victims = children(drop.process.pid)
            if victims:
                try:
                    os.kill(random.choice(victims), signal.SIGKILL)
                    kills["worker"] += 1
                except ProcessLookupError:
                    pass
        if now >= next_reload:
            next_reload = now + random.uniform(20, 60)
            drop.process.send_signal(signal.SIGHUP)
            kills["reload"] += 1
        if now >= next_watcher and now < total / 4:
            next_watcher = now + random.uniform(total / 80, total / 20)
            with alive:
                drop.process.kill()
                drop.process.wait()
                kills["watcher"] += 1
                drop.start(is_ready=False)


alive = threading.Lock()
rows = []


def sample(out):
    while not is_over.is_set():
        with alive:
            pid = drop.process.pid
        now = time.monotonic() - began
        for role, p in [("watcher", pid)] + [("worker", c) for c in children(pid)]:
            m = memory(p)
            if m:
                rows.append(dict(seconds=round(now, 1), role=role, pid=p, **m))
                out.writerow(rows[-1])
        is_over.wait(a.every)


drop.start()
threads = [threading.Thread(target=t) for t in (produce, consume, disturb)]
with open(a.csv, "w", buffering=1) as f:
    out = csv.DictWriter(f, ["seconds", "role", "pid", "rss", "anon", "pss", "most", "fds", "threads"])
    out.writeheader()
    threads.append(threading.Thread(target=sample, args=(out,)))
    for t in threads:
        t.start()
    is_over.wait()
    time.sleep(1)
until = time.monotonic() + 120
while taken < put and time.monotonic() < until and drop.process.poll() is None:
    time.sleep(0.1)
last = drop.status()
code = drop.stop() if drop.process.poll() is None else drop.process.returncode
time.sleep(0.5)
is_drained.set()
for t in threads:
    t.join()
lost = sum(1 for i in range(put) if not seen[i])
twice = sum(1 for i in range(put) if seen[i] > 1)
print(f"{a.minutes:g} min, {put} documents, {put / total:.0f} a second; killed: watcher {kills['watcher']}, workers "
      f"{kills['worker']}; reloads {kills['reload']}: lost {lost}, twice {twice}, half-written {len(half)}, "
      f"quarantined {len(drop.names('quarantine'))}, left over {len(drop.leftovers())}, exit {code}")
is_bad = bool(lost or twice or half or problems or drop.leftovers() or code)


def median(role, key, quarter):
    low, high = (quarter - 1) * total / 4, quarter * total / 4
    values = [r[key] for r in rows if r["role"] == role and low <= r["seconds"] < high]
    return statistics.median(values) if values else 0


# Judged is what is a process's own: anonymous memory, which may differ by what the allocator rounds, descriptors and
# threads. What is resident besides is files that are mapped, as far as documents have touched them: told only.
for role in ("watcher", "worker"):
    for key, unit, may in (("anon", " KiB", 512), ("fds", "", 0), ("threads", "", 0), ("rss", " KiB", None),
                           ("pss", " KiB", None)):
        before, after = median(role, key, 2), median(role, key, 4)
        grows = may is not None and after - before > max(may, 0.05 * before if may else 0.5)
        is_bad |= grows
        print(f"  {role:8} {key:8} second quarter {before:g}{unit}, last {after:g}{unit}"
              f"{'  (told, not judged)' if may is None else '  GROWS' if grows else ''}")
print("  last status:", {k: last.get(k) for k in ("published", "crashes", "worker_ends", "reloads", "overflows", "breaker")})
for p in problems[:10]:
    print("  ", p)
if is_bad:
    print(drop.log()[-3000:])
else:
    drop.end()
sys.exit(is_bad)
