"""What the system refuses, and signals: lines 28 to 35 of the list of faults."""
import os, resource, shutil, signal, subprocess, threading, time


class Skip(Exception):
    """What the case needs is not to be had here."""


def f28_no_descriptors(t):
    """The limit falls to what is open; when it is raised again, the watcher goes on by itself."""
    d = t.drop(args=["--rescan", "100ms", "-j", "2"]).start()
    d.put_many(20)
    d.wait_for(20)
    d.wait(lambda: d.status()["files"] == 20, "they are done")
    pid = d.process.pid
    old = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (max(int(f) for f in os.listdir(f"/proc/{pid}/fd")) - 4, old[1]))
    d.put_many(50, 20)
    time.sleep(0.5)
    assert d.process.poll() is None
    resource.prlimit(pid, resource.RLIMIT_NOFILE, old)
    d.wait_for(70)
    d.wait(lambda: d.status()["files"] == 70, "all are done")
    d.all_done(70)
    assert not d.quarantine() and d.stop() == 0


def check_heals(t, error, *args, only=None, isolation="worker"):
    """While a file is there every call that changes something fails; then it is taken away."""
    d = t.drop(args=["--rescan", "200ms", "--isolation", isolation, "-j", "1", *args])
    full = d.work + "/full"
    d.env.update(LD_PRELOAD=t.shim, SHIM_ROOT=d.root, SHIM_WHILE=full, SHIM_ACT=error, **({"SHIM_ONLY": only} if only else {}))
    d.start()
    d.put_many(20)
    d.wait_for(20)
    open(full, "w").close()
    d.put_many(30, 20)
    d.wait(lambda: "degraded" in d.ask("/healthz"), f"{error} is told")
    assert d.status()["why"], d.status()
    d.put_many(10, 50)
    time.sleep(0.3)
    os.unlink(full)
    d.wait_for(60)
    d.wait(lambda: d.status()["status"] == "ok" and d.status()["files"] == 60, "it is well again by itself")
    d.all_done(60)
    assert not d.quarantine(), d.quarantine()
    assert d.stop() == 0


def f29_no_space(t):
    check_heals(t, "ENOSPC")


def f29_no_space_in_one_process(t):
    check_heals(t, "ENOSPC", isolation="none")


def f29_quota(t):
    check_heals(t, "EDQUOT")


def f29_file_too_big(t):
    check_heals(t, "EFBIG")


def f29_a_disk_that_is_really_full(t):
    d = t.drop(args=["--rescan", "200ms"])
    root = d.root
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2M", "none", root], capture_output=True).returncode != 0:
        raise Skip("mounting needs root")
    try:
        os.mkdir(root + "/inbox")
        d.start()
        d.put_many(10)
        d.wait_for(10)
        for i in range(10, 40):
            open(f"{root}/inbox/.{i}", "w").write(f"<{i}> " + "full " * 400)
        with open(root + "/ballast", "wb", buffering=0) as f:
            try:
                while True:
                    f.write(b"x" * 4096)
            except OSError:
                pass
        for i in range(10, 40):
            os.rename(f"{root}/inbox/.{i}", f"{root}/inbox/{i}.txt")
        d.wait(lambda: "degraded" in d.ask("/healthz"), "the full disk is told")
        time.sleep(0.3)
        os.unlink(root + "/ballast")
        d.wait(lambda: d.status()["files"] == 40, "it goes on by itself")
        d.all_done(40)
        assert not d.quarantine() and d.stop() == 0
    finally:
        d.process.kill() if d.process else None
        d.process.wait() if d.process else None
        subprocess.run(["umount", root], capture_output=True)


def f29_too_little_is_free(t):
    """Nothing is claimed while less than --min-free is free."""
    d = t.drop(args=["--min-free", "900T"]).start()
    d.put_many(3)
    d.wait(lambda: "degraded" in d.ask("/healthz"), "too little room is told")
    assert len(d.names("inbox")) == 3 and not d.names(".textmill/work")


def f30_read_only(t):
    check_heals(t, "EROFS")
    check_heals(t, "EACCES")


def f30_out_is_no_folder(t):
    d = t.drop()
    open(d.root + "/out", "w").close()
    d.put_many(1)
    assert d.once() in (2, 3) and "/out" in d.log(), d.log()
    assert d.names("inbox") == ["0.txt"]


def f30_out_goes_and_comes(t):
    """Removed by its consumer, then moved away: results wait, that is told, and where it stands again they go on."""
    d = t.drop(args=["--rescan", "200ms"]).start()
    d.put_many(10)
    d.wait_for(10)
    d.wait(lambda: d.status()["files"] == 10, "they are done")
    for i, way in enumerate((shutil.rmtree, lambda out: os.rename(out, d.work + "/taken-away"))):
        way(d.root + "/out")
        d.wait(lambda: not i or "degraded" in d.ask("/healthz"), "it is seen at the next scan")
        d.put_many(10, 10 * i)
        d.wait(lambda: "degraded" in d.ask("/healthz") and "/out" in d.ask("/healthz"), "it is told that out/ is gone")
        os.mkdir(d.root + "/out")
        d.wait(lambda: d.status()["files"] == 20 + 10 * i and d.status()["status"] == "ok", "it goes on")
        d.all_done(10, 10 * i)
    assert not d.quarantine() and d.stop() == 0


def f31_a_flush_that_fails(t):
    """Once: what was staged is made again. Twice: it stops, with 3, and nothing is lost."""
    for times in (1, 2):
        d = t.drop(args=["--rescan", "200ms", "-j", "1", "--durability", "ordered", "--retry-wait", "300ms"])
        full = d.work + "/full"
        d.env.update(LD_PRELOAD=t.shim, SHIM_ROOT=d.root, SHIM_WHILE=full, SHIM_ACT="EIO", SHIM_ONLY="flush")
        d.start()
        open(full, "w").close()
        d.put_many(5)
        d.wait(lambda: "Input/output error" in d.log(), "it is told")
        assert not d.names()
        if times == 1:
            os.unlink(full)
            d.wait_for(5)
            d.wait(lambda: d.status()["files"] == 5, "all are done")
        else:
            assert d.process.wait(20) == 3
            assert not d.names()
            os.unlink(full)
            assert d.once() == 0
        d.all_done(5)
        assert not d.quarantine()


def check_ends(t, number, prepare, args=(), stages=()):
    d = t.drop(stages, args=["--grace", "5s", *args])
    d.start()
    n = prepare(d)
    code = d.stop(number)
    assert code == 0, (number, code)
    left = [x for x in d.leftovers() if not x.startswith("inbox/")]
    assert not left, left
    assert d.once() == 0
    d.all_done(n)


def f33_stopped_in_each_phase(t):
    def idle(d):
        return 0

    def many(d):
        d.put_many(400)
        return 400

    def at_work(d):
        d.put_many(300)
        d.wait(lambda: d.names(".textmill/work"), "some are claimed")
        return 300

    def some_out(d):
        d.put_many(300)
        d.wait_for(1)
        return 300

    for number in (signal.SIGTERM, signal.SIGINT):
        for phase in (idle, many, at_work, some_out):
            check_ends(t, number, phase)
    check_ends(t, signal.SIGTERM, many, ["--isolation", "none"])
    check_ends(t, signal.SIGTERM, at_work, ["--batch", "1"])


def f33_a_second_signal_leaves_at_once(t):
    d = t.drop([{"use": "beast", "with": {"deed": "hang"}}], args=["--grace", "60s", "--timeout", "60s"]).start()
    d.put("a.txt", "a beast")
    d.put_many(5)
    d.wait(lambda: d.status()["working"], "it hangs")
    d.process.send_signal(signal.SIGTERM)
    d.wait(lambda: "once more" in d.log(), "it says that it stops")
    began = time.monotonic()
    d.process.send_signal(signal.SIGTERM)
    code = d.process.wait(10)
    assert time.monotonic() - began < 2 and code in (143, -15), code
    d.set_stages([])
    assert d.once() == 0
    assert len(d.names()) == 6 and not d.leftovers(), d.names()


def f33_grace_has_an_end(t):
    d = t.drop([{"use": "beast", "with": {"deed": "hang"}}], args=["--grace", "300ms", "--timeout", "60s"]).start()
    d.put("a.txt", "a beast")
    d.wait(lambda: d.status()["working"], "it hangs")
    began = time.monotonic()
    code = d.stop()
    assert time.monotonic() - began < 5 and code == 0, code
    d.set_stages([])
    assert d.once() == 0 and d.names() == ["a.txt.jsonl"]


def f34_reload(t):
    d = t.drop(args=["-j", "2"])
    d.set_stages([])
    d.start()
    d.put_many(50)
    open(d.pipeline, "w").write('{"stages": [{"use": "there-is-none"}, ')
    d.process.send_signal(signal.SIGHUP)
    d.wait(lambda: "the reload failed" in d.log(), "the bad pipeline is told")
    assert os.path.basename(d.pipeline) + ":1:" in d.log()
    d.put_many(50, 50)
    d.wait_for(100)
    before = set(d.workers())
    d.set_stages([])
    for i in range(3):
        d.put_many(20, 100 + 20 * i)
        n = d.status()["reloads"]
        d.process.send_signal(signal.SIGHUP)
        d.wait(lambda: d.status()["reloads"] == n + 1, "it is reloaded")
    d.wait_for(160)
    d.wait(lambda: not before & set(d.workers()), "the old workers are gone")
    d.wait(lambda: d.status()["files"] == 160, "all are done")
    d.all_done(160)
    assert d.stop() == 0
