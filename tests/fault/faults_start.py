"""How it is started, and over what: lines 38, 39 and 48 to 52 of the list of faults."""
import os, re, signal, subprocess, time
from drop import Drop
from faults_disk import Skip


def f38_results_into_the_inbox(t):
    d = t.drop()
    for args in (["--out", d.root + "/inbox"], ["--inbox", d.root], ["--out", d.root]):
        d.put_many(1)
        assert d.once(*args) == 2, args
        assert d.names("inbox") == ["0.txt"]
        assert "three folders" in d.log()


def f39_closed_streams(t):
    d = t.drop()
    d.put_many(20)
    command = " ".join(f"'{c}'" for c in d.command("--once"))
    for closed in ("<&- >&- 2>&-", "2>&-", "<&-"):
        d.put_many(20)
        r = subprocess.run(["sh", "-c", f"{command} {closed}"], timeout=60, stderr=subprocess.DEVNULL,
                           stdout=subprocess.DEVNULL, env=dict(os.environ, **d.env))
        assert r.returncode == 0, r
        d.all_done(20)
        for name in d.names():
            os.unlink(f"{d.root}/out/{name}")
        assert not d.quarantine()


def f48_a_pipeline_full_of_mistakes(t):
    d = t.drop()
    d.put_many(1)
    for text, words in (('{"stages": [{"use": "a"}, {"use": "b", "wiht": 1}], "nmae": 7}', (":1:", "wiht", "nmae")),
                        ("[" * 100000, ("deep",)), ('{"stages": {}, "stages": []}', ("stages",)), ("", (":1:",)),
                        ('{"stages": [{"use": 7}]}', (":1:",)), ('{"include": "p.json"}', ("p.json",))):
        open(d.pipeline, "w").write(text)
        open(d.log_path, "w").close()
        assert d.once() == 2, text[:80]
        assert all(w in d.log() for w in words), (text[:80], d.log())
    with open(d.pipeline, "wb") as f:
        f.truncate(1 << 30)
    assert d.once() == 2 and d.names("inbox") == ["0.txt"]


def f49_two_watchers(t):
    d = t.drop().start()
    other = Drop(t.textmill, root=d.root)
    t.drops.append(other)
    assert other.once() == 2 and f"pid {d.process.pid}" in other.log(), other.log()
    d.put_many(5)
    d.wait_for(5)
    d.process.kill()
    d.process.wait()
    assert other.once() == 0  # freed by any death


def f49_two_watchers_with_one_store(t):
    """The second waits for the store as long as the stage says, claims nothing meanwhile, and names the holder; when a
    process that holds it dies, the one that stands by takes it over."""
    plugins = os.path.abspath(t.built + "/../../plugins")
    if not os.path.exists(plugins + "/neardup/neardup.so"):
        raise Skip("neardup was left out of the build")
    first, second = (t.drop(args=["--plugin-dir", plugins]) for _ in range(2))
    for d in (first, second):
        d.set_stages([{"use": "neardup", "with": {"store": first.work + "/seen", "wait": "300ms"}}])
    first.start()
    first.put_many(3)
    first.wait_for(3)
    second.put_many(3)
    assert second.once() == 2
    holder = next(w["pid"] for w in first.status()["workers"] if w["state"] == "ready")
    assert f"process {holder}" in second.log() and len(second.names("inbox")) == 3, second.log()
    assert first.stop() == 0
    second.start()
    second.wait_for(3)
    os.kill(next(w["pid"] for w in second.status()["workers"] if w["state"] == "ready"), signal.SIGKILL)
    second.put_many(3, 3)
    second.wait_for(6)
    second.wait(lambda: second.status()["files"] == 6, "all are done")
    second.all_done(6)
    assert second.stop() == 0


def f50_what_stands_there_from_before(t):
    d = t.drop()
    d.put_many(3)
    assert d.once() == 0
    state = d.root + "/.textmill"
    open(d.work + "/mark", "w").write("untouched")
    for folder, name in (("stage", "old.out"), ("stage", "1700000000000000-1f~a.txt.out"), ("ready", "junk"), ("ready", "../x.out"[3:]),
                         ("ready", "no-id.out"), ("work", "junk.in"), ("work", "1700000000000000-1f~b.txt.a1.in"),
                         ("work", "1700000000000000-1f~c.txt.a9.in"), ("work", "x.poison"),
                         ("ready", "1700000000000000-1f~%2E%2E%2F%2E%2E%2Fmark.out")):
        open(f"{state}/{folder}/{name}", "w").write('{"text":"<9> old"}\n')
    os.symlink(d.work + "/mark", state + "/ready/1700000000000001-1f~link.txt.out")
    claimed = os.path.join(state, "work")
    os.symlink(d.work + "/mark", claimed + "/1700000000000002-1f~link.txt.a1.in")
    os.mkfifo(claimed + "/1700000000000003-1f~fifo.txt.a1.in")
    os.mkdir(claimed + "/1700000000000004-1f~folder.txt.a1.in")
    os.mkdir(state + "/stage/folder")
    d.put_many(3, 3)
    assert d.once(seconds=20) == 0
    assert open(d.work + "/mark").read() == "untouched"
    assert not d.names(".textmill/stage") or d.names(".textmill/stage") == ["folder"], d.names(".textmill/stage")
    texts = {n: open(f"{d.root}/out/{n}").read() for n in d.names() if os.path.isfile(f"{d.root}/out/{n}")}
    assert not any("untouched" in v for v in texts.values()), texts
    assert not any(os.path.islink(f"{d.root}/out/{n}") for n in d.names()), d.names()
    assert all(f"{i}.txt.jsonl" in texts for i in range(6)), texts.keys()


def f51_a_hostile_environment(t):
    d = t.drop(["beast"])
    d.put_many(30)
    assert d.once() == 0
    want = {n: open(f"{d.root}/out/{n}", "rb").read() for n in d.names()}
    clean = {"PATH": os.environ.get("PATH", "")}
    for how, env in (("umask 777; ulimit -n 64", {"LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8", "TZ": ":odd/../zone"}),
                     ("ulimit -s 64", {"TZ": "XYZ-99:99"}), ("ulimit -c unlimited; umask 000", {"HOME": "/nowhere", "TMPDIR": "/nowhere"}),
                     ("ulimit -v 800000; ulimit -u 200", {"LD_LIBRARY_PATH": "/nowhere", "UV_THREADPOOL_SIZE": "-1"})):
        e = t.drop(["beast"])
        e.put_many(30)
        command = " ".join(f"'{c}'" for c in e.command("--once"))
        with open(e.log_path, "ab") as log:
            r = subprocess.run(["bash", "-c", f"{how}; exec {command}"], env=dict(clean, **env), stderr=log, timeout=60)
        assert r.returncode == 0, (how, r, e.log())
        got = {n: open(f"{e.root}/out/{n}", "rb").read() for n in e.names()}
        assert got == want, (how, len(got))


def f52_a_log_that_takes_nothing(t):
    d = t.drop()
    d.put_many(100)
    assert d.once("-v", stderr=open("/dev/full", "w")) == 0
    d.all_done(100)
    reader, writer = os.pipe()  # nobody reads: it fills, and nothing may wait for it
    d.put_many(2000, 100)
    d.start("-v", stderr=writer)
    d.wait(lambda: d.status().get("files") == 2000, "all are done")
    d.all_done(2100)
    assert d.stop() == 0
    os.close(reader)
    os.close(writer)
