#!/usr/bin/env python3
"""What the watcher tells: reasons, the log, /status, /metrics, /healthz, `textmill quarantine`.

  told.py TEXTMILL PLUGIN_DIR CASE...
"""
import json, os, re, shutil, signal, socket, subprocess, sys, time, urllib.request

import cases
from cases import textmill


def drop(*args):
    return cases.drop(["sum"], *args)


def events(d):
    return [json.loads(line) for line in d.log().splitlines()]


def done(d, name):
    [event] = [e for e in events(d) if e.get("event") == "done" and e["document"] == name]
    return event


def reasons_name_stage_code_line_signal_attempts_and_versions():
    d = drop()
    d.put("bad.txt", "bad")
    d.put("die.txt", "die")
    d.put("cut.jsonl", '{"text":"good"}\n{"text":"go')
    d.put("some.jsonl", '{"text":"good"}\n{"text":"die"}\n{"text":"bad"}\n')
    d.put("name.txt", "good")
    os.makedirs(d.root + "/out", exist_ok=True)
    shutil.copy(d.pipeline, d.root + "/out/name.txt.jsonl")
    assert d.once("--conflict", "fail") == 0
    found = d.quarantine()
    bad, die, cut, some, name = (found[n] for n in ("bad.txt", "die.txt", "cut.jsonl", "some.jsonl", "name.txt"))
    assert {"id", "name", "time", "stage", "code", "message", "attempts", "bytes", "versions"} <= bad.keys(), bad
    version = bad["versions"]["textmill"]
    assert (bad["stage"], bad["code"], bad["attempts"]) == ("sum", "bad", 1)
    assert bad["versions"] == {"textmill": version, "sum": "1.0"}, bad
    assert (die["stage"], die["code"], die["attempts"]) == ("sum", "crash", 2) and die["signal"] > 0, die
    assert (cut["stage"], cut["code"], cut["line"]) == ("read", "truncated-input", 2), cut
    assert cut["versions"] == {"textmill": version}
    assert [(line["line"], line["error"]["code"]) for line in some["lines"]] == [(2, "poison"), (3, "bad")], some
    assert some["lines"][0]["error"]["message"].endswith("in stage sum"), some["lines"][0]
    assert (name["stage"], name["code"]) == ("publish", "name-conflict") and not name["is_whole"]
    assert done(d, "name.txt")["verdict"] == "quarantine"


def many_lines_that_end_workers_send_the_file_to_quarantine():
    d = drop("--max-poison", "1")
    d.put("a.jsonl", '{"text":"die"}\n{"text":"good"}\n{"text":"die"}\n')
    assert d.once() == 0
    reason = d.quarantine()["a.jsonl"]
    assert (reason["code"], reason["line"], reason["attempts"]) == ("too-many-bad-lines", 3, 2), reason
    assert reason["is_whole"] and reason["signal"] > 0 and "--max-poison" in reason["message"]


def the_log_names_document_stage_time_and_verdict():
    d = drop("-v").start()
    d.put("good.txt", "good")
    d.put("bad.txt", "bad")
    d.put("cut.jsonl", '{"text":"good"}\n{"text":"go')
    d.wait(lambda: d.status()["files"] == 3, "all are done")
    s = d.status()
    assert (s["published"], s["quarantined"]) == (1, 2), s  # of the file that was cut off nothing came out
    assert d.stop() == 0
    good, bad = done(d, "good.txt"), done(d, "bad.txt")
    assert good["verdict"] == "published" and good["slowest"] == "sum" and good["records"] == 1, good
    assert isinstance(good["ms"], (int, float)) and good["ms"] >= 0
    assert (bad["verdict"], bad["stage"], bad["code"], bad["records"]) == ("quarantine", "sum", "bad", 0), bad
    told = [e["message"] for e in events(d) if e["level"] == "info"]
    assert told[0].startswith("ready: ") and d.pipeline in told[0] and "durability" in told[0], told
    assert told[-1].startswith("stopped: 3 files done, "), told


def families(text):
    """Prometheus' text format, read strictly: name -> (type, [(name, labels, value)])."""
    found, current = {}, None
    assert text.endswith("\n")
    for line in text.splitlines():
        head = re.fullmatch(r"# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.+)", line)
        if head and head[1] == "HELP":
            assert head[2] not in found, line
            current = head[2]
            found[current] = [None, []]
        elif head:
            assert head[2] == current and head[3] in ("counter", "gauge", "histogram"), line
            found[current][0] = head[3]
        else:
            sample = re.fullmatch(r'([a-zA-Z_:][\w:]*)(?:\{((?:\w+="[^"\\\n]*",?)*)\})? (-?[\d.]+(?:e[-+]?\d+)?)', line)
            assert sample and sample[1].startswith(current), line
            found[current][1].append((sample[1], dict(re.findall(r'(\w+)="([^"]*)"', sample[2] or "")), float(sample[3])))
    return found


def metrics_are_prometheus_text():
    d = drop("-j", "1").start()
    d.put_many(20)
    d.put("die.txt", "die")
    d.wait(lambda: d.status()["files"] == 21, "all are done")
    got = families(d.ask("/metrics"))
    value = {name: samples[0][2] for name, (kind, samples) in got.items() if kind != "histogram"}
    assert value["textmill_documents_published_total"] == 20 and value["textmill_files_quarantined_total"] == 1
    assert value["textmill_worker_crashes_total"] == 2 and value["textmill_worker_ends_total"] >= 2
    for name in ("queue_waiting", "queue_working", "queue_finished", "oldest_waiting_seconds", "breaker_open", "degraded"):
        assert value["textmill_" + name] == 0, (name, value)
    assert all(name.endswith("_total") == (kind == "counter") for name, (kind, _) in got.items())
    kind, samples = got["textmill_stage_seconds"]
    buckets = [(s[1]["le"], s[2]) for s in samples if s[0].endswith("_bucket") and s[1]["stage"] == "sum"]
    counts = [n for _, n in buckets]
    assert kind == "histogram" and buckets[-1][0] == "+Inf" and counts == sorted(counts), buckets
    assert [s[2] for s in samples if s[0].endswith("_count")] == counts[-1:] and counts[-1] >= 20
    limits = [float(le) for le, _ in buckets]
    assert limits == sorted(set(limits))
    assert d.stop() == 0


def health_is_degraded_while_something_is_wrong():
    d = drop("--rescan", "100ms").start()
    assert d.answer("/healthz")[0].startswith("HTTP/1.0 200") and '"ok"' in d.ask("/healthz")
    os.rename(d.root + "/inbox", d.root + "/away")
    d.wait(lambda: "the inbox is gone" in d.ask("/healthz"), "it is told")
    assert d.answer("/healthz")[0].startswith("HTTP/1.0 503")
    d.put("a.txt", "good", folder="away")
    os.rename(d.root + "/away", d.root + "/inbox")
    d.wait(lambda: d.answer("/healthz")[0].startswith("HTTP/1.0 200"), "it is well again")
    d.wait_for(1)
    assert d.answer("/nothing")[0].startswith("HTTP/1.0 404")
    assert d.stop() == 0
    d = drop("--min-free", "1000000G").start()
    d.put("a.txt", "good")
    d.wait(lambda: d.answer("/healthz")[0].startswith("HTTP/1.0 503") and "--min-free" in d.ask("/healthz"), "it is told")
    assert d.status()["status"] == "degraded" and d.names("inbox") == ["a.txt"]
    assert d.stop() == 0


def addresses_are_read_whole():
    for address in ("127.0.0.1:http", "127.0.0.1:99999", "127.0.0.1:", "127.0.0.1:0", "no.such.name:9180", ""):
        d = drop("--http", address)
        assert d.once() == 2 and f"--http {address}: " in d.log(), (address, d.log())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    d = drop("--http", f"localhost:{port}").start()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics?format=text") as page:
        assert page.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        families(page.read().decode())
    assert d.stop() == 0


def quarantine_is_listed_shown_retried_and_dropped():
    d = drop()
    for name in ("a.txt", "b.txt", "c.txt"):
        d.put(name, "bad")
    d.put("d.jsonl", '{"text":"good"}\n{"text":"bad"}\n')
    assert d.once() == 0

    def ask(*words):
        r = subprocess.run([textmill, "quarantine", words[0], d.root, *words[1:]], capture_output=True, text=True)
        return r.returncode, r.stdout, r.stderr

    ids = {n.split("~")[1]: n for n in d.names("quarantine")}
    code, out, _ = ask("list")
    assert code == 0 and len(out.splitlines()) == 4 and "sum/bad" in out, out
    code, out, _ = ask("show", ids["a.txt"])
    assert code == 0 and '"code": "bad"' in out and f"{ids['a.txt']}/input" in out, out
    assert ask("show", "1")[0] == 2 and ask("drop")[0] == 2  # more than one begin so; all is never dropped
    assert ask("drop", ids["a.txt"])[0] == 0 and ids["a.txt"] not in d.names("quarantine")
    code, _, told = ask("retry", ids["d.jsonl"])
    assert code == 3 and "lines.jsonl" in told
    d.start()
    before = d.status()["files"]
    assert ask("retry", ids["b.txt"])[0] == 0
    d.wait(lambda: d.status()["files"] == before + 1, "it was done again")
    assert ids["b.txt"] not in d.names("quarantine") and "b.txt" in d.quarantine()
    assert ask("retry")[0] == 0  # all that have an input
    d.wait(lambda: d.status()["files"] == before + 3, "they were done again")
    d.wait(lambda: sorted(d.quarantine()) == ["b.txt", "c.txt", "d.jsonl"], "they are back")
    assert d.stop() == 0


def retried_inputs_go_back_into_their_folder_and_through_no_link():
    d = drop("--subfolders")
    for name in ("a/b.txt", "c/d.txt"):
        os.makedirs(d.root + "/inbox/" + name.split("/")[0])
        d.put(name, "bad")
    assert d.once() == 0
    shutil.rmtree(d.root + "/inbox/a")
    shutil.rmtree(d.root + "/inbox/c")
    os.mkdir(d.root + "/elsewhere")
    os.symlink("../elsewhere", d.root + "/inbox/c")
    assert subprocess.run([textmill, "quarantine", "retry", d.root]).returncode == 0
    assert d.names("inbox/a") == ["b.txt"] and not d.names("elsewhere"), d.names("inbox")
    assert [n for n in d.names("inbox") if n.endswith("~c%2Fd.txt")], d.names("inbox")


def systemd_is_told():
    d = drop()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
        s.bind(d.work + "/notify")
        s.settimeout(30)
        d.env |= {"NOTIFY_SOCKET": d.work + "/notify", "WATCHDOG_USEC": "200000"}

        def until(word):
            while not (got := s.recv(4096).decode()).startswith(word):
                assert got == "WATCHDOG=1", got
            return got

        d.start()
        assert "STATUS=" + d.pipeline in until("READY=1")
        until("WATCHDOG=1")
        d.process.send_signal(signal.SIGHUP)
        until("RELOADING=1")
        until("READY=1")
        assert d.stop() == 0
        until("STOPPING=1")


def status_tells_silent_from_stopped():
    d = drop().start()
    for folder in (d.work, d.root, d.root + "/.textmill"):
        os.chmod(folder, 0o755)

    def ask(**how):
        r = subprocess.run([textmill, "status", d.root], capture_output=True, text=True, **how)
        return r.returncode, json.loads(r.stdout) if r.stdout else r.stderr

    assert ask()[0] == 0
    if os.geteuid() == 0 and os.stat(textmill).st_mode & 0o005:
        code, told = ask(user=65534, group=65534, extra_groups=[])
        assert code == 1 and told["status"] == "silent" and "may not ask" in told["why"], told
    os.unlink(d.root + "/.textmill/control")
    code, told = ask()
    assert code == 1 and told["status"] == "silent", told
    d.process.kill()
    d.process.wait()
    until = time.monotonic() + 30
    while ask()[1]["status"] == "silent" and time.monotonic() < until:  # its workers are about to end
        time.sleep(0.01)
    code, told = ask()
    assert code == 3 and told["status"] == "stopped" and told["inbox"] == 0, told


def two_watchers_one_root():
    d = drop().start()
    r = subprocess.run(d.command("--once"), capture_output=True, text=True)
    assert r.returncode == 2 and f"held by pid {d.process.pid}" in r.stderr, r
    d.process.kill()
    d.process.wait()
    d.start()
    assert d.stop() == 0


def folders_on_another_file_system_are_refused():
    if not os.path.isdir("/dev/shm") or os.stat("/dev/shm").st_dev == os.stat(drop().work).st_dev:
        print("there is no other file system to try it with")
        return
    other = f"/dev/shm/textmill-told-{os.getpid()}"
    for option in ("--inbox", "--out"):
        d = drop(option, other)
        assert d.once() == 2 and f"{other} is on another file system" in d.log(), d.log()
        assert not os.path.exists(other), "it was made though it is of no use"


cases.main(globals())
