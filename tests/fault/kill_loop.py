#!/usr/bin/env python3
"""Kill loop: documents are renamed in, a live consumer takes results at once, and the watcher is killed at random times
(SIGKILL) and started again, until all is done. Every document must come out once, whole.

  kill_loop.py TEXTMILL [--documents N] [--kills N] [--jobs N] [--durability MODE] [--pipeline FILE --plugin-dir DIR]
"""
import argparse, json, os, random, re, shutil, signal, subprocess, sys, tempfile, threading, time

parser = argparse.ArgumentParser()
parser.add_argument("textmill")
parser.add_argument("--documents", type=int, default=20000)
parser.add_argument("--kills", type=int, default=200, help="at least so many, then it may finish")
parser.add_argument("--jobs", default="2")
parser.add_argument("--durability", default="none")
parser.add_argument("--workers-too", action="store_true", help="every other kill hits a worker")
a = parser.parse_args()

work = tempfile.mkdtemp(prefix="textmill-kills-")
root = work + "/root"
os.makedirs(root + "/inbox")
open(work + "/p.json", "w").write('{"stages": []}')
body = "The council met twice and agreed on nothing, which surprised no one. " * 4
taken, half, ended = [], [], threading.Event()


def produce():
    for i in range(a.documents):
        part = f"{root}/inbox/.{i}"
        open(part, "w").write(f"<{i}> {body}")
        os.rename(part, f"{root}/inbox/{i}.txt")
        if i % 50 == 0:
            time.sleep(a.kills * 7 / a.documents)  # the last comes when nearly all kills are done


def consume_once():
    n = 0
    try:
        names = os.listdir(root + "/out")
    except FileNotFoundError:
        return 0
    for name in names:
        data = open(f"{root}/out/{name}").read()
        os.unlink(f"{root}/out/{name}")
        n += 1
        try:
            text = json.loads(data)["text"]
            i = int(re.match(r"<(\d+)>", text)[1])
            if not data.endswith("\n") or text != f"<{i}> {body}":
                raise ValueError
            taken.append(i)
        except (ValueError, KeyError, TypeError):
            half.append(name)
    return n


def consume():
    while not ended.is_set():
        if not consume_once():
            time.sleep(0.005)


command = [a.textmill, "watch", work + "/p.json", root, "-q", "--settle", "20ms", "-j", a.jobs, "--durability",
           a.durability, "--min-free", "1"]
random.seed(7)
threads = [threading.Thread(target=produce), threading.Thread(target=consume)]
for t in threads:
    t.start()
kills = worker_kills = 0
started = time.time()
while True:
    p = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    enough = kills + worker_kills >= a.kills
    until = time.time() + (random.uniform(0.02, 0.25) if not enough else 600)
    while time.time() < until and len(set(taken)) + len(half) < a.documents:
        time.sleep(0.01)
        if enough or not a.workers_too or random.random() > 0.2:
            continue
        try:
            children = open(f"/proc/{p.pid}/task/{p.pid}/children").read().split()
            if children:
                os.kill(int(random.choice(children)), signal.SIGKILL)
                worker_kills += 1
        except (FileNotFoundError, ProcessLookupError):
            pass
    done = len(set(taken)) + len(half) >= a.documents
    if done:
        time.sleep(0.3)
        p.send_signal(signal.SIGTERM)
    else:
        p.kill()
        kills += 1
    code = p.wait()
    if done or time.time() - started > 1800:
        break
threads[0].join()
time.sleep(0.1)
ended.set()
threads[1].join()
consume_once()
left = [n for d in ("inbox", ".textmill/work", ".textmill/stage", ".textmill/ready", "quarantine")
        for n in os.listdir(f"{root}/{d}")]
lost = a.documents - len(set(taken)) - len(half)
twice = len(taken) - len(set(taken))
print(f"{a.documents} documents, {kills} kills of the watcher, {worker_kills} of workers, {time.time() - started:.1f} s: "
      f"lost {lost}, twice {twice}, half-written {len(half)}, left over {len(left)}, exit {code}")
shutil.rmtree(work)
sys.exit(bool(lost or twice or half or left or code or (kills + worker_kills < min(a.kills, 10))))
