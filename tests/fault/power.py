#!/usr/bin/env python3
"""Real power cuts: the root lies on a file system of its own in an image, which is shut down, its journal unwritten, at
each of the watcher's calls to the file system in turn; it is mounted again, the watcher is started again, and every
document must stand in out/ once, whole. With and without a neighbour who flushes the journal just before. Needs root
and loop devices; where they are not to be had it says so and ends with 77.

  power.py TEXTMILL SHIM [--fs ext4|xfs] [--every N] [--batch N] [--durability MODE] [--isolation MODE] [--gap flush|ready]
"""
import argparse, collections, json, os, shutil, signal, subprocess, sys, tempfile, time

import mixed_inbox
from mixed_inbox import WANT

parser = argparse.ArgumentParser()
parser.add_argument("textmill")
parser.add_argument("shim")
parser.add_argument("--fs", default="ext4")
parser.add_argument("--every", type=int, default=1)
parser.add_argument("--batch", default="4")
parser.add_argument("--durability", default="auto")
parser.add_argument("--isolation", default="none")
parser.add_argument("--gap", default="", help="a step of the protocol that is taken out: the sweep must fail")
a = parser.parse_args()

work = tempfile.mkdtemp(prefix="textmill-power-")
image, mount = work + "/image", work + "/mount"
root = mount + "/root"
pipeline = work + "/pipeline.json"


def sh(*command):
    return subprocess.run(command, capture_output=True, text=True)


def skip(why):
    shutil.rmtree(work, ignore_errors=True)
    print("SKIPPED:", why)
    sys.exit(77)


os.mkdir(mount)
open(pipeline, "w").write('{"stages": []}')
make = {"ext4": ["mkfs.ext4", "-q", "-F"], "xfs": ["mkfs.xfs", "-q", "-f"], "btrfs": ["mkfs.btrfs", "-q", "-f"]}[a.fs]
if os.geteuid() != 0 or not shutil.which(make[0], path="/usr/sbin:/sbin:/usr/bin:/bin") or not shutil.which("losetup"):
    skip(f"it needs root, losetup and {make[0]}")
os.truncate(os.open(image, os.O_CREAT | os.O_WRONLY), 400 << 20)
made = sh(*make, image)
device = sh("losetup", "-f", "--show", image).stdout.strip() if made.returncode == 0 else ""
if not device or sh("mount", device, mount).returncode != 0:
    if device:
        sh("losetup", "-d", device)
    skip(f"{a.fs} on a loop device is not to be had here: {made.stderr.strip()}")


def unmount():
    """The workers of a watcher that was killed end a moment after it."""
    for _ in range(500):
        r = sh("umount", mount)
        if "busy" not in r.stderr:
            break
        time.sleep(0.02)
    return r


def remount():
    r = unmount()
    if r.returncode == 0:
        r = sh("mount", device, mount)
    if r.returncode != 0:
        raise SystemExit(f"cannot mount again: {r.stderr}")


def fill():
    mixed_inbox.fill(root)
    os.sync()


def start(env):
    command = [a.textmill, "watch", pipeline, root, "--once", "--settle", "5ms", "--retry-wait", "2ms", "--batch", a.batch,
               "--isolation", a.isolation, "-j", "1", "--min-free", "1", "-q", "--durability", a.durability]
    full = dict(os.environ, LD_PRELOAD=a.shim, SHIM_ROOT=root, **env)
    if a.gap:
        full["TEXTMILL_TEST_GAP"] = a.gap
    try:
        r = subprocess.run(command, env=full, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, timeout=60)
        return r.returncode, r.stderr.decode(errors="replace")
    except subprocess.TimeoutExpired:
        return "hangs", ""


figures = collections.Counter()


def judge(point, code, note):
    came, half = [], []
    for name in os.listdir(root + "/out"):
        mixed_inbox.read_result(f"{root}/out/{name}", came, half)
    reasons = []
    for name in os.listdir(root + "/quarantine"):
        try:
            reasons.append(json.load(open(f"{root}/quarantine/{name}/reason.json"))["code"])
        except (OSError, ValueError):
            reasons.append("unreadable")
    left = mixed_inbox.leftovers(root)
    lost = [n for n in WANT if n not in came]
    twice = [n for n in set(came) if came.count(n) > 1]
    wrong = sorted(reasons) != ["lines", "truncated-input"] or bool(left) or code != 0
    figures.update(points=1, lost=len(lost), twice=len(twice), half=len(half), wrong=wrong)
    if lost or twice or half or wrong:
        print(f"  {point}: lost {lost} twice {twice} half {half} quarantine {reasons} left {left} {code} {note[-200:]}"[:500])


def cut(k, neighbour):
    fill()
    start(dict(SHIM_AT=str(k), SHIM_ACT="shutdown", **({"SHIM_NEIGHBOUR": "1"} if neighbour else {})))
    remount()
    code, note = start({})
    judge(f"cut at {k}{' after a neighbour' if neighbour else ''}", code, note)


signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # by way of `finally`
try:
    fill()
    start(dict(SHIM_COUNT=work + "/count", SHIM_FLUSHES="1"))
    n = max(int(line) for line in open(work + "/count"))
    print(f"{a.fs}: {n} calls to the file system, durability {a.durability}, isolation {a.isolation}, batch {a.batch}"
          f"{', without ' + a.gap if a.gap else ''}", flush=True)
    for k in range(1, n + 1, a.every):
        for neighbour in (False, True):
            cut(k, neighbour)
finally:
    unmount()
    sh("losetup", "-d", device)
    shutil.rmtree(work, ignore_errors=True)
print(f"{figures['points']} power cuts: lost {figures['lost']}, twice {figures['twice']}, half-written {figures['half']}, "
      f"otherwise wrong {figures['wrong']}")
is_bad = any(figures[key] for key in ("lost", "twice", "half", "wrong"))
sys.exit((0 if is_bad else 1) if a.gap else is_bad)
