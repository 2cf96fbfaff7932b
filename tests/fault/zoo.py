#!/usr/bin/env python3
"""Plugin zoo: a stage that does each thing a plugin must not, to 3 of many documents and to one line of a file of lines.
Those must stand in quarantine with the stage's name, all others must have come out once.

  zoo.py TEXTMILL PLUGIN_DIR [DEED...]
"""
import json, os, shutil, subprocess, sys, tempfile, time
from datetime import datetime

textmill, plugins, deeds = sys.argv[1], sys.argv[2], sys.argv[3:]
deeds = deeds or ["crash", "abort", "exit", "quiet-exit", "kill", "hang", "memory", "stack", "close", "heap", "block"]
N, bad = 120, 0
times = []
for deed in deeds:
    work = tempfile.mkdtemp(prefix="textmill-zoo-")
    root = work + "/root"
    os.makedirs(root + "/inbox")
    json.dump({"stages": [{"use": "beast", "with": {"deed": deed}}]}, open(work + "/p.json", "w"))
    for i in range(N):
        open(f"{root}/inbox/{i}.txt", "w").write(f"a beast {i}" if i % 50 == 7 else f"a lamb {i}")
    open(root + "/inbox/lines.jsonl", "w").write('{"text":"lamb"}\n{"text":"beast"}\n{"text":"sheep"}\n')
    started = time.time()
    try:
        r = subprocess.run([textmill, "watch", work + "/p.json", root, "--once", "--settle", "10ms", "--timeout", "300ms",
                            "--max-memory", "200M", "--plugin-dir", plugins, "--log-json", "-v", "--min-free", "1",
                            "--durability", "none", "-j", "2"], stderr=subprocess.PIPE, timeout=100)
        code, log = r.returncode, r.stderr.decode(errors="replace")
    except subprocess.TimeoutExpired as e:
        code, log = "hangs", (e.stderr or b"").decode(errors="replace")
    spent = time.time() - started
    out = os.listdir(root + "/out")
    texts = [n for n in out if n.startswith(tuple("0123456789"))]
    lines = open(root + "/out/lines.jsonl.jsonl").read().count("\n") if "lines.jsonl.jsonl" in out else 0
    blamed, stages = [], set()
    for name in os.listdir(root + "/quarantine"):
        reason = json.load(open(f"{root}/quarantine/{name}/reason.json"))
        if os.path.exists(f"{root}/quarantine/{name}/input"):
            blamed.append(reason["name"])
            stages.add(reason.get("stage"))
    expected = {f"{i}.txt" for i in range(N) if i % 50 == 7}
    # Who closes everything is gone before it is seen: then the file is blamed, not its line.
    whole = deed == "close"
    lost = N - len(expected) - len(texts) + (lines < 2 and not whole)
    wrongly = set(blamed) - expected - ({"lines.jsonl"} if whole else set())
    missed = expected - set(blamed)
    # From a death to the next document that is done.
    death = None
    for line in log.splitlines():
        try:
            event = json.loads(line)
            now = datetime.fromisoformat(event["time"].replace("Z", "+00:00")).timestamp()
        except (ValueError, KeyError):
            continue
        if event.get("event", "").startswith("a document brought"):
            death = now
        elif event.get("event") == "done" and death and event.get("verdict") == "published":
            times.append(now - death)
            death = None
    is_bad = code != 0 or lost or wrongly or missed or len(texts) != len(set(texts))
    bad += bool(is_bad)
    print(f"{deed}: exit {code}, lost {lost}, blamed wrongly {len(wrongly)}, not blamed {len(missed)}, "
          f"stages {sorted(map(str, stages))}, {spent:.1f} s" + (" NOT SO\n" + log[-1500:] if is_bad else ""), flush=True)
    shutil.rmtree(work)
times.sort()
if times:
    print(f"from a death to the next document published: median {times[len(times) // 2] * 1000:.0f} ms, "
          f"of {len(times)}")
sys.exit(bad > 0)
