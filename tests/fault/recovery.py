#!/usr/bin/env python3
"""How long a crash of a plugin keeps the next document waiting. Into a watcher that stands idle a document is dropped
that brings its worker down, and others beside it; told is the time from the worker's death to the first of the others
in out/. No time is asserted; what is asserted is that the others come out and the one does not.

  recovery.py TEXTMILL ZOO_DIR [--plugins DIR] [--pipeline FILE] [--remembers] [--crashes N] [--jobs N]
"""
import argparse, ctypes, json, os, select, shutil, signal, struct, subprocess, sys, tempfile, time

parser = argparse.ArgumentParser()
parser.add_argument("textmill")
parser.add_argument("zoo")
parser.add_argument("--plugins", default="", help="the folder of the plugins of --pipeline")
parser.add_argument("--pipeline", default="", help="its stages stand behind the one that crashes")
parser.add_argument("--remembers", action="store_true", help="neardup with a store stands last: one process works")
parser.add_argument("--crashes", type=int, default=10)
parser.add_argument("--jobs", default="2")
a = parser.parse_args()

work = tempfile.mkdtemp(prefix="textmill-recovery-")
root = work + "/root"
os.makedirs(root + "/inbox")
os.makedirs(root + "/out")
stages = [{"use": "beast", "with": {"deed": "crash"}}]
if a.pipeline:
    stages.append({"include": os.path.abspath(a.pipeline)})
if a.remembers:
    stages.append({"use": "neardup", "with": {"store": work + "/store"}})
with open(work + "/p.json", "w") as f:
    json.dump({"stages": stages}, f)
command = [a.textmill, "watch", work + "/p.json", root, "-q", "--plugin-dir", a.zoo, "-j", a.jobs, "--min-free", "1",
           "--durability", "none"] + (["--plugin-dir", a.plugins] if a.plugins else [])
log = open(work + "/log", "w")
watcher = None

libc = ctypes.CDLL(None)
notify = libc.inotify_init1(os.O_NONBLOCK)
libc.inotify_add_watch(notify, (root + "/out").encode(), 0x80)  # moved to


def arrivals():
    try:
        data, at = os.read(notify, 65536), 0
    except BlockingIOError:
        return []
    names = []
    while at < len(data):
        length = struct.unpack_from("iIII", data, at)[3]
        names.append(data[at + 16:at + 16 + length].rstrip(b"\0").decode())
        at += 16 + length
    return names


def status():
    r = subprocess.run([a.textmill, "status", root], capture_output=True)
    try:
        return json.loads(r.stdout)
    except ValueError:
        return {}


def fail(why):
    watcher.kill()
    print(why + "\n" + open(work + "/log").read()[-2000:])
    sys.exit(1)


def wait_until(what, why, seconds=30):
    until = time.time() + seconds
    while not what():
        if time.time() > until or watcher.poll() is not None:
            fail("it did not happen: " + why)
        time.sleep(0.02)


def drop(name, text):
    with open(f"{root}/inbox/.{name}", "w") as f:
        f.write(text)
    os.rename(f"{root}/inbox/.{name}", f"{root}/inbox/{name}")


def all_stand_by():
    """One more than work; of a pipeline that remembers one works, and the spare has its plugins loaded."""
    states = sorted(w["state"] for w in status().get("workers", []))
    return states in (["ready"] * (int(a.jobs) + 1), ["loaded", "ready"])


times, lost, code = [], 0, 0


def stop(crashes):
    wait_until(lambda: status().get("quarantined") == crashes, "each that crashed is in quarantine")
    watcher.send_signal(signal.SIGTERM)
    return watcher.wait()


for i in range(a.crashes):
    if i % 4 == 0:  # five would open the breaker
        code |= stop(4) if watcher else 0
        watcher = subprocess.Popen(command, stderr=log)
    wait_until(all_stand_by, "all workers stand by")
    workers = {os.pidfd_open(w["pid"]): w["pid"] for w in status()["workers"]}
    poll = select.poll()
    for fd in workers:
        poll.register(fd, select.POLLIN)
    poll.register(notify, select.POLLIN)
    wanted = {f"lamb{i}-{j}.txt.jsonl" for j in range(6)}
    drop(f"a{i}.txt", f"a beast {i}")
    for j in range(6):
        drop(f"lamb{i}-{j}.txt", f"a lamb that was shorn in the spring {i} {j}")
    death, until = None, time.time() + 30
    while wanted and time.time() < until:
        for fd, _ in poll.poll(100):
            now = time.monotonic()
            if fd != notify:
                death = death or now
                poll.unregister(fd)
                continue
            came = [n for n in arrivals() if n in wanted]
            if came and death and death > 0:
                times.append(now - death)
                death = -1
            wanted -= set(came)
    lost += len(wanted)
    for fd in workers:
        os.close(fd)
code |= stop((a.crashes - 1) % 4 + 1)
times.sort()
shutil.rmtree(work)
if times:
    print(f"{a.crashes} crashes, {os.path.basename(a.pipeline) or 'no other stage'}"
          f"{', neardup with a store' * a.remembers}, {a.jobs} jobs: from a worker's death "
          f"to the next document in out/: median {times[len(times) // 2] * 1e3:.1f} ms, most {times[-1] * 1e3:.1f} ms "
          f"({len(times)} measured); lost {lost}, exit {code}")
sys.exit(bool(lost or code))
