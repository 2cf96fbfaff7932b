"""What plugins do: lines 40 to 47 of the list of faults. zoo.py runs the deeds over many documents."""
import json, os, resource, shutil, signal, subprocess, time
from faults_disk import Skip


def check_deed(t, deed, args=(), blamed=("3.txt",), stage="beast", **with_):
    d = t.drop([{"use": "beast", "with": dict(deed=deed, **with_)}], args=["-j", "2", *args])
    for i in range(10):
        d.put(f"{i}.txt", f"<{i}> a beast" if i == 3 else f"<{i}> a lamb")
    assert d.once() == 0
    reasons = d.quarantine()
    assert sorted(reasons) == sorted(blamed), (deed, reasons)
    for reason in reasons.values():
        assert reason["stage"] in (stage, "beast") and reason["attempts"] == 2, reason
    assert len(d.names()) == 10 - len(blamed) and not d.leftovers(), (deed, d.names(), d.leftovers())
    return d


def f40_a_stage_that_ends_its_process(t):
    for deed in ("crash", "abort", "exit", "quiet-exit"):
        check_deed(t, deed)


def f40_many_that_fall_open_the_breaker(t):
    """Nothing is claimed while it is open, and that is told; one that goes through closes it, and those that fell go to
    quarantine after all."""
    d = t.drop([{"use": "beast", "with": {"deed": "crash"}}], args=["-j", "2"])
    d.start()
    for i in range(6):
        d.put(f"{i}.txt", f"<{i}> a beast")
    d.wait(lambda: d.status()["breaker"] != "closed", "the breaker opens")
    assert "in stage beast" in d.ask("/healthz") and "degraded" in d.ask("/healthz")
    assert "textmill_breaker_open 1" in d.ask("/metrics")
    for i in range(6, 12):
        d.put(f"{i}.txt", f"<{i}> a lamb")
    d.wait_for(6)
    d.wait(lambda: len(d.names("quarantine")) == 6 and d.status()["breaker"] == "closed", "it closes", 120)
    assert {r["attempts"] for r in d.quarantine().values()} == {2} and not d.leftovers()


def f40_a_stage_that_lets_nothing_through(t):
    """The documents are not to blame, and wait; --once, which waits for them, ends and says so."""
    d = t.drop([{"use": "beast", "with": {"deed": "crash"}}], args=["-j", "2", "--attempts", "9"])
    for i in range(7):
        d.put(f"{i}.txt", f"<{i}> a beast")
    assert d.once() == 3 and "none of 7 files" in d.log(), d.log()
    assert not d.names() and not d.names("quarantine")
    d.set_stages([])
    assert d.once() == 0
    d.all_done(7)


def f41_a_stage_that_hangs(t):
    check_deed(t, "block", ["--timeout", "200ms"])  # deaf to signals besides


def f41_a_stage_that_runs_for_ever(t):
    check_deed(t, "spin", ["--timeout", "200ms"])


def f42_a_stage_that_takes_all_memory(t):
    check_deed(t, "memory", ["--max-memory", "100M"])
    d = check_deed(t, "huge", ["--max-memory", "100M"], blamed=())  # 100 GB at once: it is refused, and it lives on
    assert d.records("3.txt.jsonl")[0]["text"] == "<3> a beast"


def f42_a_stage_that_leaks(t):
    """1 MiB a document: workers are replaced, at the best before it comes to a kill, and nothing is blamed."""
    d = t.drop([{"use": "beast", "with": {"deed": "leak"}}], args=["-j", "1", "--max-memory", "100M", "--batch", "4"])
    for i in range(300):
        d.put(f"{i}.txt", f"<{i}> a beast")
    d.start()
    d.wait(lambda: d.status()["files"] == 300, "all are done")
    d.all_done(300)
    s = d.status()
    assert s["worker_ends"] >= 2 and not d.quarantine(), s


def f42_a_stage_that_forks_without_end(t):
    d = check_deed(t, "fork", ["--timeout", "2s"], blamed=())
    assert d.records("3.txt.jsonl")[0]["text"] == "<3> a beast"


def f43_a_stage_that_spoils_its_process(t):
    """It changes folder, locale, umask and signal mask; the others' results are the same bytes."""
    for mode in ("auto", "off"):
        d = check_deed(t, "spoil", blamed=(), args=["-j", "1", "--sandbox", mode])
        for i in range(10):
            assert d.records(f"{i}.txt.jsonl")[0]["text"].startswith(f"<{i}> a ")
            assert os.stat(f"{d.root}/out/{i}.txt.jsonl").st_mode & 0o600 == 0o600
    check_deed(t, "close", blamed=("3.txt",), stage="-")


def trespass(t, deed, path, *args, stages=None, shared=None):
    """What came of it: "done" or "refused"."""
    d = shared or t.drop()
    d.set_stages(stages or [{"use": "beast", "with": {"deed": deed, "path": path}}])
    d.put("3.txt", "a beast")
    assert d.once("--plugin-dir", t.zoo, *args) == 0
    verdict = d.records("3.txt.jsonl")[0]["verdict"]
    os.unlink(d.root + "/out/3.txt.jsonl")
    return verdict


def f43_a_stage_that_trespasses(t):
    """What no stage declares is refused to it: files, programs, the network, signals to others."""
    if subprocess.run([t.textmill, "watch", "--help"], capture_output=True, text=True).stdout.count("--sandbox") == 0:
        raise Skip("this build holds no workers")
    d = t.drop()
    probe = d.once("--plugin-dir", t.zoo)
    if probe or "workers are not held" in d.log():
        raise Skip("this kernel cannot hold workers")
    for folder in ("quarantine", "done"):
        os.makedirs(f"{d.root}/{folder}", exist_ok=True)
    mine = {f"{d.root}/{n}": n for n in ("inbox/.later", "quarantine/x", "done/x", ".textmill/lock")}
    mine[d.work + "/secret"] = "secret"
    for path in mine:
        if not os.path.exists(path):
            open(path, "w").write("mine")
    for deed, paths in (("write", ["/etc/passwd", *mine]), ("unlink", list(mine)), ("read", [d.work + "/secret", "/etc/passwd"]),
                        ("call", ["/"]), ("run", ["/"]), ("signal", ["/"])):
        for path in paths:
            assert trespass(t, deed, path, shared=d) == "refused", (deed, path)
            assert path == "/" or os.path.exists(path), path
    for deed in ("read", "write", "unlink", "call", "run", "signal"):  # and that the beast really tries
        assert trespass(t, deed, d.work + "/secret", "--sandbox", "off", shared=d) == "done", deed


def f43_what_is_declared_is_granted(t):
    """A program of the user's own, a script, a store that is still to be made: with the same results as without."""
    plugins = os.path.abspath(t.built + "/../../plugins")
    if not all(os.path.exists(f"{plugins}/{p}/{p}.so") for p in ("exec", "lua", "neardup")):
        raise Skip("exec, lua or neardup was left out of the build")
    text = "The ferry was late again, and nobody wondered who had been waiting at the pier since the morning of that day. " * 5
    for mode in ("auto", "off"):
        d = t.drop(args=["--plugin-dir", plugins, "--sandbox", mode, "-j", "2"])
        os.mkdir(d.work + "/own")
        open(d.work + "/own/answer.sed", "w").write('s/.*/{"answer": 42}/\n')
        open(d.work + "/own/bytes.lua", "w").write('function process(doc) doc:set("bytes", #doc.text) end\n')
        for name, stages, field, value in (
                ("exec", [{"use": "exec", "with": {"command": ["sed", "-u", "-f", "answer.sed"], "folder": "own", "receive": ["answer"]}}],
                 "answer", 42),
                ("lua", [{"use": "lua", "with": {"script": "own/bytes.lua", "writes": ["bytes"]}}], "bytes", len(text))):
            d.set_stages(stages)
            d.put(f"{name}.txt", text)
            assert d.once() == 0
            assert d.records(f"{name}.txt.jsonl")[0][field] == value, d.records(f"{name}.txt.jsonl")
        d.set_stages([{"use": "neardup", "with": {"store": "seen", "action": "drop"}}])
        for name in ("first", "second"):
            d.put(f"{name}.txt", text)
            assert d.once() == 0
        assert "first.txt.jsonl" in d.names() and "second.txt.jsonl" not in d.names(), (mode, d.names())
        assert not d.quarantine() and os.listdir(d.work + "/seen")


def f44_a_stage_that_speaks(t):
    """Standard output stays empty; what it wrote stands in the log as events, and the log stays a log: also where a
    stage crashes, every line is JSON."""
    for deed, words in (("speak", ("it roars", "it growls")), ("crash", ("crashed at inbox/3.txt by SIGSEGV",))):
        d = t.drop([{"use": "beast", "with": {"deed": deed}}])
        d.put("3.txt", "a beast")
        r = subprocess.run(d.command("--once"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        assert r.returncode == 0 and r.stdout == b"", r
        events = [json.loads(line) for line in r.stderr.decode().splitlines()]
        for word in words:
            assert any(word in (e.get("text", "") + e.get("message", "")) for e in events), (word, events)


def check_refused(t, d, *words):
    d.put_many(2)
    code = d.once()
    assert code == 2, code
    assert all(w in d.log() for w in words), d.log()
    assert len(d.names("inbox")) == 2 and not d.names() and not d.names(".textmill/work")


def a_copy_of_the_zoo(t, d):
    folder = d.work + "/plugins"
    shutil.copytree(t.zoo, folder)
    return folder, folder + "/beast/beast.so"


def f45_a_plugin_that_cannot_be_loaded(t):
    good = open(t.zoo + "/beast/beast.so", "rb").read()
    for name, data in (("text", b"not a library\n"), ("empty", b""), ("cut", good[:len(good) // 8]), ("a page", good[:4096]),
                       ("other", good[:18] + b"\xb7" + good[19:])):
        d = t.drop()
        folder, so = a_copy_of_the_zoo(t, d)
        open(so, "wb").write(data)
        d.set_stages(["beast"])
        d.args += ["--plugin-dir", folder]
        check_refused(t, d, "beast.so")
    d = t.drop()
    d.set_stages(["there-is-none"])
    check_refused(t, d, "there-is-none")


def f46_a_plugin_that_is_replaced(t):
    """Moved over: the old one goes on, a reload takes the new one. Copied over, in place: only workers may fall, and when
    the file is good again all goes on."""
    d = t.drop(args=["-j", "1", "--rescan", "200ms"])
    folder, so = a_copy_of_the_zoo(t, d)
    d.set_stages([{"use": "beast", "with": {"deed": "none"}}])
    d.args += ["--plugin-dir", folder]
    d.start()
    d.put_many(20)
    d.wait_for(20)
    shutil.copy(so, so + ".new")
    os.rename(so + ".new", so)
    d.put_many(20, 20)
    d.wait_for(40)
    n = d.status()["reloads"]
    d.process.send_signal(signal.SIGHUP)
    d.wait(lambda: d.status()["reloads"] == n + 1, "it is reloaded")
    good = open(so, "rb").read()
    with open(so, "r+b") as f:  # as cp does it
        f.truncate(0)
    d.put_many(10, 40)
    time.sleep(0.3)
    with open(so, "r+b") as f:
        f.write(good)
    d.put_many(10, 50)
    d.wait(lambda: len(d.names()) + len(d.names("quarantine")) == 60 and d.status()["status"] == "ok", "all have ended", 60)
    assert not d.leftovers() and d.process.poll() is None


def f47_a_plugin_from_where_it_may_not_come(t):
    d = t.drop()
    folder, so = a_copy_of_the_zoo(t, d)
    for use in ("../beast/beast.so", "/beast", "~/beast", so, "beast.so"):
        d = t.drop()
        d.set_stages([use])
        d.args += ["--plugin-dir", folder]
        check_refused(t, d, use.split("/")[-1])
    d = t.drop()
    folder, so = a_copy_of_the_zoo(t, d)
    d.set_stages(["beast"])
    d.args += ["--plugin-dir", folder]
    os.chmod(os.path.dirname(so), 0o777)
    check_refused(t, d, "beast")
    os.chmod(os.path.dirname(so), 0o755)
    os.chmod(so, 0o666)
    d2 = t.drop()
    d2.set_stages(["beast"])
    d2.args += ["--plugin-dir", folder]
    check_refused(t, d2, "beast")
    d3 = t.drop()
    d3.set_stages(["beast"])
    d3.env["LD_LIBRARY_PATH"] = t.zoo + "/beast"
    check_refused(t, d3, "beast")
