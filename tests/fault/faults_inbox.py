"""How files come: lines 15 to 27 of the list of faults."""
import os, shutil, signal, socket, subprocess, threading, time
from faults_disk import Skip


def f15_no_regular_files(t):
    d = t.drop()
    os.mkfifo(d.root + "/inbox/fifo.txt")
    os.mkdir(d.root + "/inbox/folder.txt")
    s = socket.socket(socket.AF_UNIX)
    here = os.open(d.root, os.O_RDONLY)
    s.bind(f"/proc/self/fd/{here}/inbox/socket.txt")
    try:
        os.mknod(d.root + "/inbox/null.txt", 0o20666, os.makedev(1, 3))
    except PermissionError:
        pass
    d.start("--rescan", "100ms")
    d.put_many(5)
    d.wait_for(5)
    n = len(d.names("inbox"))
    d.wait(lambda: d.status()["scans"] >= 4 and d.status()["refused_entries"] == n, "the refused are counted")
    assert d.stop() == 0
    d_left = d.names("inbox")
    assert len(d_left) == n >= 3
    for name in d_left:
        assert d.log().count(f'"{name}"') == 1, name
    s.close()
    os.close(here)


def f16_links_are_not_followed(t):
    d = t.drop()
    secret = d.work + "/secret.txt"
    open(secret, "w").write("not yours")
    os.symlink(secret, d.root + "/inbox/a.txt")
    os.symlink(d.work, d.root + "/inbox/folder")
    os.symlink("/nowhere", d.root + "/inbox/dangling.txt")
    os.symlink("loop.txt", d.root + "/inbox/loop.txt")
    d.start("--subfolders", "--rescan", "100ms")
    d.put("good.txt", "good")
    d.wait_for(1)
    d.wait(lambda: d.status()["scans"] >= 4, "four scans")
    assert d.names() == ["good.txt.jsonl"] and len(d.names("inbox")) == 4, (d.names(), d.names("inbox"))
    assert d.log().count('"a.txt"') == 1


def f17_hard_link_to_a_foreign_file(t):
    d = t.drop(settle="10ms")
    open(d.work + "/mine", "w").write("mine")
    os.link(d.work + "/mine", d.root + "/inbox/link.txt")
    d.start("--rescan", "100ms")
    d.put("good.txt", "good")
    d.wait_for(1)
    d.wait(lambda: "hard link" in d.log(), "the link is refused")
    assert d.names() == ["good.txt.jsonl"] and d.names("inbox") == ["link.txt"]
    os.unlink(d.work + "/mine")  # no other name any more
    os.kill(d.process.pid, signal.SIGUSR1)
    d.wait_for(2)


def f18_names_of_any_bytes(t):
    names = [b"new\nline.txt", b'quote"s\'.txt', b"100%.txt", b"esc\x1b[31mred.txt", b"\xff\xfe.txt", b"-rf.txt", b"x" * 251 + b".txt",
             b"a b.txt", "naïve—日本.txt".encode(), b"%2e%2e%2f.txt", b"~.txt", b"a&b;$(id).txt", b"x" * 255]
    d = t.drop()
    for name in names:
        d.put(name, "all the same text")
    assert d.once("-v") == 0
    assert len(d.names()) == len(names) and not d.leftovers() and not d.quarantine(), (d.names(), d.quarantine())
    for name in d.names():
        assert all(c.isalnum() or c in "._-%~" for c in name) and len(name) <= 255, name
        assert d.records(name)[0]["text"].strip() == "all the same text"
    log = open(d.log_path, "rb").read()
    assert b"\x1b" not in log and b"\xff" not in log and b"new\nline" not in log


def f19_a_slow_writer(t):
    """Written for longer than it takes to settle, then held open without a byte: not taken until it is closed."""
    d = t.drop(settle="50ms")
    d.start("--rescan", "100ms")
    f = open(d.root + "/inbox/slow.txt", "wb", buffering=0)
    for i in range(10):
        f.write(b"part %d\n" % i)
        time.sleep(0.03)
    scans = d.status()["scans"]
    d.wait(lambda: d.status()["scans"] >= scans + 8, "some scans")
    assert not d.names() and d.names("inbox") == ["slow.txt"]
    f.write(b"the end\n")
    f.close()
    d.wait_for(1)
    assert d.records("slow.txt.jsonl")[0]["text"].count("part") == 10 and "the end" in d.records("slow.txt.jsonl")[0]["text"]


def f20_gone_or_replaced(t):
    d = t.drop(settle="50ms")
    d.start()
    for i in range(200):  # written and removed again before it has settled
        open(f"{d.root}/inbox/{i}.txt", "w").write("gone")
        os.unlink(f"{d.root}/inbox/{i}.txt")
    open(d.root + "/inbox/same.txt", "w").write("old, and not closed for long")
    d.put("same.txt", "new")
    d.wait_for(1)
    assert d.stop() == 0
    assert [r["text"] for r in d.records("same.txt.jsonl")] == ["new"] and d.names() == ["same.txt.jsonl"]
    log = "".join(line for line in d.log().splitlines() if "workers are not held" not in line)
    assert not d.quarantine() and '"error"' not in log and '"warning"' not in log, log


def f21_the_same_name_again(t):
    for policy, names in (("rename", 3), ("replace", 1), ("fail", 1)):
        d = t.drop([{"use": "beast", "with": {"deed": "sleep"}}], args=["--conflict", policy, "-j", "1"])
        d.start()
        for i in range(3):
            d.put("a.txt", f"<{i}> sleepy beast")
            d.wait(lambda: not d.names("inbox"), "it is claimed")
        d.wait(lambda: d.status()["files"] == 3, "all three are done")
        assert len(d.names()) == names, (policy, d.names())
        texts = [d.records(n)[0]["text"][1] for n in d.names()]
        assert sorted(texts) == ["0", "1", "2"] if policy == "rename" else len(texts) == 1, texts
        if policy == "fail":
            assert len(d.names("quarantine")) == 2, d.names("quarantine")
        assert not d.leftovers()


def f23_more_than_inotify_can_hold(t):
    """burst.py has the numbers; here: a folder filled while the watcher stands still, and files linked in."""
    d = t.drop(args=["--durability", "none"])
    d.start()
    d.process.send_signal(signal.SIGSTOP)
    d.put_many(3000)
    for i in range(3000, 3010):
        open(f"{d.root}/inbox/.{i}", "w").write(f"<{i}> linked")
        os.link(f"{d.root}/inbox/.{i}", f"{d.root}/inbox/{i}.txt")
        os.unlink(f"{d.root}/inbox/.{i}")
    d.process.send_signal(signal.SIGCONT)
    d.wait_for(3010)
    d.wait(lambda: d.status()["files"] == 3010, "all are done")
    d.all_done(3010)


def check_comes_back(d, gone, back):
    d.put_many(10)
    d.wait_for(10)
    gone()
    d.wait(lambda: d.status()["status"] == "degraded", "it is degraded")
    assert "gone" in d.ask("/healthz")
    spent = os.sysconf("SC_CLK_TCK")
    before = sum(int(x) for x in open(f"/proc/{d.process.pid}/stat").read().split(")")[1].split()[11:13])
    time.sleep(0.5)
    after = sum(int(x) for x in open(f"/proc/{d.process.pid}/stat").read().split(")")[1].split()[11:13])
    assert after - before < spent / 10, "a busy loop"
    back()
    d.put_many(10, 10)
    d.wait_for(20)
    d.wait(lambda: d.status()["status"] == "ok", "it is well again")
    d.put("later.txt", "<20> later")  # and events come again
    d.wait_for(21)
    assert d.stop() == 0


def f24_the_inbox_goes_and_comes(t):
    d = t.drop().start()
    inbox = d.root + "/inbox"
    check_comes_back(d, lambda: os.rename(inbox, d.work + "/elsewhere"), lambda: os.mkdir(inbox))
    d = t.drop().start()
    inbox2 = d.root + "/inbox"
    check_comes_back(d, lambda: os.rmdir(inbox2), lambda: os.mkdir(inbox2))


def f24_something_is_mounted_over_the_inbox(t):
    d = t.drop(args=["--rescan", "200ms"]).start()
    inbox = d.root + "/inbox"
    if subprocess.run(["mount", "-t", "tmpfs", "none", inbox], capture_output=True).returncode != 0:
        raise Skip("mounting needs root")
    subprocess.run(["umount", inbox], check=True)
    try:
        check_comes_back(d, lambda: subprocess.run(["mount", "-t", "tmpfs", "none", inbox], check=True),
                         lambda: subprocess.run(["umount", inbox], check=True))
    finally:
        subprocess.run(["umount", inbox], capture_output=True)


def f25_no_inotify_is_left(t):
    for error in ("EMFILE", "ENOSPC"):
        d = t.drop(args=["--rescan", "100ms"], shim={"SHIM_NO_INOTIFY": error}).start()
        assert d.status()["mode"] == "poll" and "poll mode" in d.log()
        d.put_many(20)
        d.wait_for(20)
        d.wait(lambda: d.status()["files"] == 20, "all are done")
        d.all_done(20)


def f26_a_file_system_of_the_net(t):
    for number, name in ((0x6969, "nfs"), (0x65735546, "fuse")):
        d = t.drop(args=["--rescan", "100ms"], shim={"SHIM_FILE_SYSTEM": str(number)}).start()
        s = d.status()
        assert s["mode"] == "poll" and s["file_system"] == name and s["durability"] == "strict", s
        assert "poll mode" in d.log() and name in d.log()
        d.put_many(5)
        d.wait_for(5)


def f27_the_clock_jumps(t):
    clock = None
    d = t.drop(settle="50ms")
    clock = d.work + "/clock"
    open(clock, "w").write("0")
    d.env.update(LD_PRELOAD=t.shim, SHIM_CLOCK=clock)
    d.start("--rescan", "100ms", "--keep-input", "--keep-for", "1000d")
    n = 0
    for jump in (365 * 86400, -365 * 86400, 0):
        open(clock, "w").write(str(jump))
        for stamp in (time.time() + 3e7, time.time() - 3e8, 0):
            path = f"{d.root}/inbox/{n}.txt"
            open(path, "w").write(f"<{n}> a file of another time")
            os.utime(path, (stamp, stamp))
            n += 1
        d.put(f"{n}.txt", f"<{n}> of now")
        n += 1
        d.wait_for(n, 10)
    d.wait(lambda: d.status()["files"] == n, "all are done")
    d.all_done(n)
    assert d.stop() == 0
