#!/usr/bin/env python3
"""Idle: what a watcher costs that has nothing to do: processor time over some seconds, and the memory of all its
processes (the sum of what each has to itself and its part of what they share).

  idle.py TEXTMILL --pipeline FILE --plugin-dir DIR [--seconds N] [--after FILES]
"""
import argparse, os, sys, time
from drop import Drop, children, memory

parser = argparse.ArgumentParser()
parser.add_argument("textmill")
parser.add_argument("--pipeline", required=True)
parser.add_argument("--plugin-dir", required=True)
parser.add_argument("--seconds", type=float, default=30)
parser.add_argument("--after", type=int, default=0, help="when so many files have been done")
parser.add_argument("--jobs", default="2")
parser.add_argument("--most-mib", type=float, default=30)
a = parser.parse_args()
drop = Drop(a.textmill, args=["-q", "-j", a.jobs, "--plugin-dir", a.plugin_dir], pipeline=os.path.abspath(a.pipeline))


def ticks(pid):
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def switches(pid):
    with open(f"/proc/{pid}/status") as f:
        return sum(int(line.split()[1]) for line in f if "ctxt_switches" in line)


try:
    drop.start()
    drop.put_many(a.after)
    if a.after:
        drop.wait(lambda: drop.status().get("files") == a.after, "they are done", 120)
    drop.wait(lambda: all(w["state"] in ("ready", "loaded") for w in drop.status()["workers"]), "all workers stand by")
    time.sleep(2)
    pids = [drop.process.pid, *children(drop.process.pid)]
    before = [(ticks(p), switches(p)) for p in pids]
    time.sleep(a.seconds)
    after = [(ticks(p), switches(p)) for p in pids]
    used = sum(x[0] - y[0] for x, y in zip(after, before)) / os.sysconf("SC_CLK_TCK")
    woken = sum(x[1] - y[1] for x, y in zip(after, before))
    figures = [memory(p) for p in pids]
    pss = sum(m["pss"] for m in figures) / 1024
    print(f"{len(pids)} processes idle for {a.seconds:g} s{f' after {a.after} files' if a.after else ''}: {used:.2f} s of processor "
          f"time ({100 * used / a.seconds:.2f} %), woken {woken} times; PSS {pss:.1f} MiB in all "
          f"({', '.join('%.1f' % (m['pss'] / 1024) for m in figures)}), private "
          f"{sum(m['anon'] for m in figures) / 1024:.1f} MiB; threads {[m['threads'] for m in figures]}")
    code = drop.stop()
finally:
    drop.end()
sys.exit(bool(used > 0.01 * a.seconds or pss > a.most_mib or code))
