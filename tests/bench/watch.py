#!/usr/bin/env python3
"""Measures the drop folder beside its two halves: the protocol alone (a pipeline without stages) and the pipeline alone
(one run over the same files, into one file). Runs alternate, so that what else the machine does weighs on all of them;
a figure is the median of the rounds. Nothing here fails on a time.

    tests/bench/watch.py [--build build] [--files 8000] [--doc 3000] [--rounds 3] [--jobs N] [--work DIR]
                         [--modes ordered,none] [--batch 64] [--pipeline pipelines/news.json]

What is asked: documents a second of the watcher with the pipeline / the lesser of the two halves.
"""
import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
parser = argparse.ArgumentParser()
parser.add_argument("--build", default=os.path.join(TOP, "build"))
parser.add_argument("--files", type=int, default=8000)
parser.add_argument("--doc", type=int, default=3000)
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
parser.add_argument("--work", default=None, help="a folder on the file system that is measured")
parser.add_argument("--modes", default="ordered,none")
parser.add_argument("--batch", type=int, default=64)
parser.add_argument("--pipeline", default=os.path.join(TOP, "pipelines", "news.json"))
parser.add_argument("--only", default="", help="of the rows, those that begin so")
a = parser.parse_args()

mill = os.path.join(a.build, "textmill")
plugins = os.path.join(a.build, "plugins")
work = tempfile.mkdtemp(prefix="textmill-bench-watch-", dir=a.work)
root = work + "/root"
empty = work + "/empty.json"
with open(empty, "w") as f:
    f.write('{"stages": []}')


def fill(folder):
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    subprocess.run([os.path.join(a.build, "tests/bench/bench_gen"), "--files", folder, "--count", str(a.files), "--doc",
                    str(a.doc)], check=True)
    os.sync()


def warm(folder):
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), "rb") as f:
            f.read()


def measure(command):
    """Wall and CPU seconds; the workers' count, since the supervisor waits for them."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - start
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{' '.join(command)}: status {os.waitstatus_to_exitcode(status)}\n{errors.decode()}")
    return wall, usage.ru_utime + usage.ru_stime


def watch(pipeline, mode):
    shutil.rmtree(root, ignore_errors=True)
    fill(root + "/inbox")
    warm(root + "/inbox")
    figures = measure([mill, "watch", pipeline, root, "--plugin-dir", plugins, "--once", "--settle", "1ms", "-q", "-j",
                       str(a.jobs), "--durability", mode, "--batch", str(a.batch), "--min-free", "1"])
    done = len(os.listdir(root + "/out"))
    if done != a.files:
        sys.exit(f"{a.files - done} of {a.files} documents did not come out")
    return figures


def run_alone():
    if not os.path.isdir(work + "/files"):
        fill(work + "/files")
    warm(work + "/files")
    return measure([mill, "run", a.pipeline, work + "/files", "--plugin-dir", plugins, "-q", "-j", str(a.jobs), "-o",
                    work + "/out.jsonl"])


rows = {"pipeline alone": run_alone}
for mode in a.modes.split(","):
    rows[f"{mode}: protocol alone"] = lambda mode=mode: watch(empty, mode)
    rows[f"{mode}: watcher"] = lambda mode=mode: watch(a.pipeline, mode)
rows = {name: run for name, run in rows.items() if name.startswith(a.only)}
walls = {name: [] for name in rows}
cpus = {name: [] for name in rows}
for i in range(a.rounds):
    for name, run in rows.items():
        wall, cpu = run()
        walls[name].append(wall)
        cpus[name].append(cpu)
shutil.rmtree(work)

print(f"{a.files} files of {a.doc} bytes, {os.path.basename(a.pipeline)}, batch {a.batch}, {a.jobs} jobs, "
      f"median of {a.rounds} rounds")
rate = {name: a.files / statistics.median(w) for name, w in walls.items()}
for name in rows:
    print(f"  {name:24} {rate[name]:8.0f} documents/s   {statistics.median(cpus[name]) / a.files * 1e6:6.0f} us of CPU each")
for mode in a.modes.split(","):
    three = ("pipeline alone", f"{mode}: protocol alone", f"{mode}: watcher")
    if all(name in rows for name in three):
        by_round = [min(p, q) and max(p, q) / r for p, q, r in zip(*(walls[name] for name in three))]
        print(f"  {mode}: {rate[three[2]] / min(rate[three[0]], rate[three[1]]):.2f} of the lesser "
              f"(by round {', '.join(f'{x:.2f}' for x in by_round)})")
