#!/usr/bin/env python3
"""Sweeps: the watcher is killed, or a call of it fails, at each of its calls to the file system in turn; then it is
started again, and every document must have come out once, whole, or stand in quarantine where it belongs.

  sweep.py TEXTMILL SHIM crash|power|error [--every N] [--gap ready|flush] [--isolation none|worker] [--of watcher|worker]
           [--batch N] [--durability ordered|strict|none]
"""
import argparse, json, os, shutil, subprocess, sys, tempfile

import mixed_inbox
from mixed_inbox import WANT

parser = argparse.ArgumentParser()
parser.add_argument("textmill")
parser.add_argument("shim")
parser.add_argument("what", choices=["crash", "power", "error"])
parser.add_argument("--every", type=int, default=1, help="take every N-th point")
parser.add_argument("--gap", default="", help="a step of the protocol that is taken out: the sweep must fail")
parser.add_argument("--isolation", default="none")
parser.add_argument("--of", default="", help="watcher or worker: only the calls of that process; default: either's")
parser.add_argument("--batch", default="4")
parser.add_argument("--durability", default="ordered")
parser.add_argument("--loses", default="all,half,text", help="what of un-flushed files a simulated power cut takes")
parser.add_argument("--keep-input", action="store_true")
a = parser.parse_args()

work = tempfile.mkdtemp(prefix="textmill-sweep-")
root = work + "/root"
pipeline = work + "/pipeline.json"
open(pipeline, "w").write('{"stages": []}')


def fill():
    mixed_inbox.fill(root)


def start(env, times=20):
    command = [a.textmill, "watch", pipeline, root, "--once", "--settle", "5ms", "--retry-wait", "2ms", "--grace", "5s",
               "--isolation", a.isolation, "--batch", a.batch, "-j", "1", "--durability", a.durability, "--min-free", "1",
               "-q"] + (["--keep-input"] if a.keep_input else [])
    full = dict(os.environ, LD_PRELOAD=a.shim, SHIM_ROOT=root, **env)
    if a.gap:
        full["TEXTMILL_TEST_GAP"] = a.gap
    if a.of:
        full["SHIM_PROCESS"] = a.of
    try:
        r = subprocess.run(command, env=full, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, timeout=times)
        return r.returncode, r.stderr.decode(errors="replace")
    except subprocess.TimeoutExpired as e:
        return "hangs", (e.stderr or b"").decode(errors="replace")


def consume(taken, half):
    """Takes what is in out, as a live consumer does."""
    if not os.path.isdir(root + "/out"):
        return
    for name in os.listdir(root + "/out"):
        path = f"{root}/out/{name}"
        mixed_inbox.read_result(path, taken, half)
        os.unlink(path)


def quarantined():
    found, bad_lines = [], 0
    folder = root + "/quarantine"
    for name in os.listdir(folder):
        parts = set(os.listdir(f"{folder}/{name}"))
        reason = json.load(open(f"{folder}/{name}/reason.json"))
        if "input" in parts:
            found.append(reason["name"] + " " + reason["code"])
        if "lines.jsonl" in parts:
            bad_lines += sum(1 for line in open(f"{folder}/{name}/lines.jsonl") if json.loads(line)["line"] == 2)
    return sorted(found), bad_lines


figures = dict(points=0, lost=0, twice=0, half=0, wrong=0, restarts=0)


def judge(point, taken, half, hangs, note):
    lost = [n for n in WANT if n not in taken]
    twice = [n for n in set(taken) if taken.count(n) > 1]
    aside, bad_lines = quarantined()
    left = mixed_inbox.leftovers(root)
    wrong = aside != ["cut.jsonl truncated-input"] or bad_lines != 1 or bool(left) or hangs
    figures["points"] += 1
    figures["lost"] += len(lost)
    figures["twice"] += len(twice)
    figures["half"] += len(half)
    figures["wrong"] += wrong
    if lost or twice or half or wrong:
        print(f"  {point}: lost {lost} twice {twice} half {half} quarantine {aside} lines {bad_lines} left {left} {note}"[:600])


def one(point, env, recovery=None):
    fill()
    taken, half = [], []
    flushed = work + "/flushed"
    shutil.rmtree(flushed, ignore_errors=True)
    os.makedirs(flushed)
    env = dict(env, SHIM_FLUSHED=flushed)
    if (a.what == "error" or a.of == "worker") and "SHIM_ALWAYS" not in env:
        open(work + "/once", "w").close()
        env["SHIM_ONCE"] = work + "/once"
    code, note = start(env)
    hangs = code == "hangs"
    consume(taken, half)
    if recovery:
        once = {k: env[k] for k in ("SHIM_ONCE",) if k in env}
        open(work + "/once", "w").close()
        start(dict(recovery, SHIM_FLUSHED=flushed, **once))
        consume(taken, half)
    if code != 0:
        figures["restarts"] += 1
        for _ in range(3):
            code, note = start({})
            consume(taken, half)
            if code == 0:
                break
    hangs += code == "hangs"
    judge(point, taken, half, hangs, f"{code} {note[-200:]}")


def count(env):
    fill()
    start(dict(env, SHIM_COUNT=work + "/count"))
    return max(int(line) for line in open(work + "/count"))


n = count({})
print(f"{a.what}: {n} calls to the file system, isolation {a.isolation}{' of the ' + a.of if a.of else ''}, batch {a.batch}, {a.durability}{', without ' + a.gap if a.gap else ''}")
if a.what in ("crash", "power"):
    act = "kill" if a.what == "crash" else "power"
    ways = a.loses.split(",") if act == "power" else [""]
    for way in ways:
        for k in range(1, n + 1, a.every):
            one(f"{act} {way} at {k}", dict(SHIM_AT=str(k), SHIM_ACT=act, SHIM_LOSES=way))
    if not a.gap:
        for k in range(2, n + 1, 7 * a.every):  # and once more in the middle of recovery
            for j in range(3, 60, 9 * a.every):
                one(f"{act} at {k}, then at {j}", dict(SHIM_AT=str(k), SHIM_ACT=act), dict(SHIM_AT=str(j), SHIM_ACT=act))
else:
    shift = 0
    for act in ("ENOSPC", "EDQUOT", "EIO", "EMFILE", "EACCES", "EINTR", "short"):
        for k in range(1 + shift % a.every, n + 1, a.every):
            one(f"{act} at {k}", dict(SHIM_AT=str(k), SHIM_ACT=act))
        shift += 1
    for act in ("short",):
        one(f"{act} always", dict(SHIM_AT="1", SHIM_ACT=act, SHIM_ALWAYS="1"))

shutil.rmtree(work)
print("{points} points: lost {lost}, twice {twice}, half-written {half}, otherwise wrong {wrong}; "
      "{restarts} started again".format(**figures))
is_bad = any(figures[k] for k in ("lost", "twice", "half", "wrong"))
sys.exit((0 if is_bad else 1) if a.gap else is_bad)
