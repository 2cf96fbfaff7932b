"""drop.py: a watcher over a folder of its own, as one sees it from outside: files go in, results and reasons come out.
The tests of faults are written with it. Nothing waits for luck: every wait is for an event, with a deadline.
"""
import json, os, shutil, signal, socket, subprocess, tempfile, time


class Drop:
    """`textmill watch` over a fresh folder."""

    def __init__(self, textmill, stages=(), args=(), env=None, root=None, pipeline=None, settle="20ms"):
        self.textmill = textmill
        self.work = tempfile.mkdtemp(prefix="textmill-fault-")
        self.root = root or self.work + "/root"
        os.makedirs(self.root + "/inbox", exist_ok=True)
        self.pipeline = pipeline or self.work + "/p.json"
        if not pipeline:
            self.set_stages(stages)
        self.args = ["--settle", settle, "--retry-wait", "50ms", "--min-free", "1", "--log-json", *args]
        self.env = env or {}
        self.log_path = self.work + "/log"
        self.process = None

    def set_stages(self, stages):
        with open(self.pipeline, "w") as f:
            json.dump({"stages": [{"use": s} if isinstance(s, str) else s for s in stages]}, f)

    # --- running ---

    def command(self, *more):
        return [self.textmill, "watch", self.pipeline, self.root, *self.args, *more]

    def start(self, *more, is_ready=True, **how):
        with open(self.log_path, "ab") as log:
            how.setdefault("stderr", log)
            self.process = subprocess.Popen(self.command(*more), env=dict(os.environ, **self.env),
                                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, **how)
        if is_ready:
            self.wait(lambda: self.status().get("status") in ("ok", "degraded") and self.ask("/healthz") and
                      "starting" not in self.ask("/healthz"), "it is ready")
        return self

    def once(self, *more, seconds=60, **how):
        """Runs until the inbox is empty; its exit status."""
        with open(self.log_path, "ab") as log:
            how.setdefault("stderr", log)
            return subprocess.run(self.command("--once", *more), env=dict(os.environ, **self.env), timeout=seconds,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, **how).returncode

    def stop(self, number=signal.SIGTERM, seconds=30):
        self.process.send_signal(number)
        return self.process.wait(seconds)

    def end(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.work, ignore_errors=True)

    def wait(self, is_so, what, seconds=30):
        until = time.monotonic() + seconds
        while True:
            got = is_so()
            if got:
                return got
            if self.process and self.process.poll() is not None:
                raise AssertionError(f"the watcher ended with {self.process.returncode} before {what}\n{self.log()[-2000:]}")
            if time.monotonic() > until:
                raise AssertionError(f"not within {seconds} s: {what}\n{self.ask('/status')}\n{self.log()[-2000:]}")
            time.sleep(0.01)

    # --- what goes in ---

    def put(self, name, data, folder="inbox"):
        """As a producer should: written beside, renamed in."""
        data = data.encode() if isinstance(data, str) else data
        name = name if isinstance(name, bytes) else name.encode()
        part = self.root.encode() + b"/" + folder.encode() + b"/.part-%d" % time.monotonic_ns()
        with open(part, "wb") as f:
            f.write(data)
        os.rename(part, self.root.encode() + b"/" + folder.encode() + b"/" + name)

    def put_many(self, n, begin=0, suffix=".txt"):
        for i in range(begin, begin + n):
            self.put(f"{i}{suffix}", f"<{i}> The ferry was late again, and nobody wondered.")

    # --- what comes out ---

    def names(self, folder="out"):
        try:
            return sorted(os.listdir(f"{self.root}/{folder}"))
        except FileNotFoundError:
            return []

    def records(self, name):
        with open(f"{self.root}/out/{name}", "rb") as f:
            data = f.read()
        assert not data or data.endswith(b"\n"), f"{name} ends in mid-line"
        return [json.loads(line) for line in data.splitlines()]

    def wait_for(self, n, seconds=30):
        self.wait(lambda: len(self.names()) >= n, f"{n} results are in out/", seconds)
        return self.names()

    def quarantine(self):
        """By the name of the input: its reason, with "lines" where lines failed."""
        found = {}
        for entry in self.names("quarantine"):
            folder = f"{self.root}/quarantine/{entry}"
            if not os.path.exists(folder + "/reason.json"):
                continue
            with open(folder + "/reason.json", encoding="utf-8", errors="surrogateescape") as f:
                reason = json.load(f)
            reason["is_whole"] = os.path.exists(folder + "/input")
            if os.path.exists(folder + "/lines.jsonl"):
                with open(folder + "/lines.jsonl") as f:
                    reason["lines"] = [json.loads(line) for line in f]
            found[reason["name"]] = reason
        return found

    def leftovers(self):
        return [f"{d}/{n}" for d in ("inbox", ".textmill/work", ".textmill/stage", ".textmill/ready")
                for n in self.names(d)]

    def all_done(self, n, begin=0):
        """Every one of put_many has come out once, whole, and nothing is left."""
        seen = []
        for name in self.names():
            seen += [int(r["text"].split(">")[0][1:]) for r in self.records(name) if r["text"].startswith("<")]
        assert sorted(seen) == list(range(begin, begin + n)), f"came out: {len(seen)}, {len(set(seen))} of {n}"
        assert not self.leftovers(), self.leftovers()

    def log(self):
        with open(self.log_path, errors="replace") as f:
            return f.read()

    # --- what it says ---

    def ask(self, page):
        """The body of a page of the control socket; "" where nobody answers."""
        return self.answer(page)[1]

    def answer(self, page):
        """Its first line, and its body."""
        here = os.open(self.root, os.O_RDONLY)
        try:
            s = socket.socket(socket.AF_UNIX)
            s.settimeout(10)
            s.connect(f"/proc/self/fd/{here}/.textmill/control")
            s.sendall(f"GET {page} HTTP/1.0\r\n\r\n".encode())
            data = b""
            while chunk := s.recv(65536):
                data += chunk
            head, body = data.split(b"\r\n\r\n", 1)
            return head.split(b"\r\n")[0].decode(), body.decode()
        except (OSError, ValueError):
            return "", ""
        finally:
            s.close()
            os.close(here)

    def status(self):
        try:
            return json.loads(self.ask("/status"))
        except ValueError:
            return {}

    def workers(self):
        return [w["pid"] for w in self.status().get("workers", [])]


def children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as f:
            return [int(p) for p in f.read().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def memory(pid):
    """Bytes: resident, anonymous, shared out among those who map them; numbers of descriptors and threads."""
    try:
        figures = {}
        for line in open(f"/proc/{pid}/status"):
            if line.startswith(("VmRSS:", "RssAnon:", "VmHWM:", "Threads:")):
                figures[line.split(":")[0]] = int(line.split()[1])
        for line in open(f"/proc/{pid}/smaps_rollup"):
            if line.startswith("Pss:"):
                figures["Pss"] = int(line.split()[1])
        return dict(rss=figures["VmRSS"], anon=figures["RssAnon"], pss=figures["Pss"], most=figures["VmHWM"],
                    fds=len(os.listdir(f"/proc/{pid}/fd")), threads=figures["Threads"])
    except (FileNotFoundError, ProcessLookupError, KeyError, PermissionError):
        return None
