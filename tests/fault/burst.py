#!/usr/bin/env python3
"""Burst: files are written into the inbox while the watcher stands still, more than inotify's queue can hold; then it
goes on. None may be missed.

  burst.py TEXTMILL [--files N]
"""
import argparse, json, os, shutil, signal, subprocess, sys, tempfile, time

parser = argparse.ArgumentParser()
parser.add_argument("textmill")
parser.add_argument("--files", type=int, default=50000)
a = parser.parse_args()
work = tempfile.mkdtemp(prefix="textmill-burst-")
root = work + "/root"
os.makedirs(root)
open(work + "/p.json", "w").write('{"stages": []}')
p = subprocess.Popen([a.textmill, "watch", work + "/p.json", root, "--settle", "50ms", "-q", "--min-free", "1",
                      "--durability", "none"])
def status():
    r = subprocess.run([a.textmill, "status", root], capture_output=True)
    try:
        return json.loads(r.stdout)
    except ValueError:
        return {}
deadline = time.time() + 20
while status().get("status") != "ok" and time.time() < deadline:
    time.sleep(0.02)
p.send_signal(signal.SIGSTOP)
for i in range(a.files):
    with open(f"{root}/inbox/{i}.txt", "w") as f:
        f.write(f"number {i}")
p.send_signal(signal.SIGCONT)
started = time.time()
first = None
deadline = time.time() + 300
while time.time() < deadline:
    done = status().get("published", 0)
    first = first or (time.time() - started if done else None)
    if done >= a.files or p.poll() is not None:
        break
    time.sleep(0.05)
last = status()
p.send_signal(signal.SIGTERM)
code = p.wait()
out = len(os.listdir(root + "/out"))
print(f"{a.files} files in one burst: {a.files - out} missed, {last.get('overflows')} overflows of inotify, "
      f"{last.get('scans')} scans, first after {first or -1:.2f} s, all after {time.time() - started:.1f} s, exit {code}")
shutil.rmtree(work)
sys.exit(out != a.files or code != 0)
