#!/usr/bin/env python3
"""Measures the runner by whole runs and writes the page of results; nothing here fails on a time.

    tests/bench/run.py [--build build] [--rows pass,light,...] [--size 200M] [--repeats 5]
                       [--page tests/bench/RESULTS.md] [--readme README.md] [--work DIR] [--list]

Wall time, CPU time (user and system, all threads) and peak memory are of the whole process, start to end; the figure of
a row is the median of its runs. Where there is a peer, runs of the two alternate, so that what else the machine does
weighs on both. Without --page the page goes to standard output. Only rows that are named are renewed in an old page.
"""
import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))


def size_of(word):
    units = {"K": 10**3, "M": 10**6, "G": 10**9}
    return int(float(word[:-1]) * units[word[-1]]) if word[-1] in units else int(word)


class Run:
    """One whole run of a command."""

    def __init__(self, command, stdout=None, watch=False):
        self.anon = self.waited = self.ran = 0
        self.threads = {}  # of each thread: role, nanoseconds that it ran, how often it waited for another
        out = open(stdout or os.devnull, "wb")  # cuts a peer's output of the run before, outside of its time
        if "-o" in command:  # and so for ours: to drop 200 MB that are replaced takes as long as to copy them
            old = command[command.index("-o") + 1]
            if os.path.isfile(old):
                os.unlink(old)
        start = time.monotonic()
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.PIPE)
        errors = []
        drain = threading.Thread(target=lambda: errors.append(process.stderr.read()))
        drain.start()
        self.rss = 0
        watcher = threading.Thread(target=self.watch, args=(process.pid, watch))
        watcher.start()
        _, status, usage = os.wait4(process.pid, 0)
        self.wall = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        drain.join()
        watcher.join()
        process.stderr.close()
        out.close()
        self.cpu = usage.ru_utime + usage.ru_stime
        self.system = usage.ru_stime
        self.faults = usage.ru_minflt
        if process.returncode not in (0, 1):
            sys.exit("%s: status %d\n%s" % (" ".join(command), process.returncode, errors[0].decode()))

    def watch(self, pid, closely):
        """Peak memory (wait4's counts that of this script, before exec); most private memory, and how long the busiest
        thread ran and how long it waited for a processor."""
        while True:
            try:
                with open("/proc/%d/status" % pid) as f:
                    status = f.read()
                anon, high = (re.search(name + r":\s+(\d+)", status) for name in ("RssAnon", "VmHWM"))
                if not anon or not high:
                    return
                self.rss = max(self.rss, int(high.group(1)) * 1024)
                self.anon = max(self.anon, int(anon.group(1)) * 1024)
                for task in os.listdir("/proc/%d/task" % pid) if closely else ():
                    with open("/proc/%d/task/%s/schedstat" % (pid, task)) as f:
                        ran, waited = (int(n) for n in f.read().split()[:2])
                    with open("/proc/%d/task/%s/status" % (pid, task)) as f:
                        status = f.read()
                    waits = int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", status, re.M).group(1))
                    self.threads[task] = (status.split(None, 2)[1], ran, waits)
                    if ran > self.ran:
                        self.ran, self.waited = ran, waited
            except (OSError, ValueError):
                if not os.path.exists("/proc/%d/status" % pid):
                    return
            time.sleep(0.003 if closely else 0.01)


def alternate(commands, repeats, **options):
    """Runs of each command by turns; commands is {name: (command, stdout)}."""
    runs = {name: [] for name in commands}
    for _ in range(repeats):
        for name, (command, stdout) in commands.items():
            runs[name].append(Run(command, stdout, **options))
    return runs


def median(runs, what):
    return statistics.median(getattr(r, what) for r in runs)


def share(part, whole):
    """0 where a run was too short for its time to be told."""
    return part / whole if whole else 0


def figure(x):
    """Two digits at least, and no fractions of a hundred."""
    return "%.0f" % x if x >= 100 else "%.1f" % x if x >= 10 else "%.2g" % x


class Bench:
    def __init__(self, args, work):
        self.args = args
        self.work = work
        self.mill = os.path.join(args.build, "textmill")
        self.gen = os.path.join(args.build, "tests", "bench", "bench_gen")
        self.news = os.path.join(TOP, "pipelines", "news.json")
        self.samples = os.path.join(TOP, "pipelines", "samples")
        self.out = os.path.join(work, "out.jsonl")
        self.peer_out = os.path.join(work, "peer.out")
        self.bytes = size_of(args.size)
        self.repeats = args.repeats

    # --- inputs, made once ---

    def made(self, name, *options):
        path = os.path.join(self.work, name)
        if not os.path.exists(path):
            Run([self.gen, *options], path)
        return path

    def jsonl(self, size=None):
        size = size or self.bytes
        return self.made("%d.jsonl" % size, "--bytes", str(size))

    def mixed(self, size):
        return self.made("mixed%d.jsonl" % size, "--bytes", str(size), "--samples", self.samples)

    def one(self, size):
        return self.made("one%d.txt" % size, "--one", "--bytes", str(size))

    def pipeline(self, name, stages):
        path = os.path.join(self.work, name + ".json")
        with open(path, "w") as f:
            json.dump({"name": name, "stages": stages}, f)
        return path

    def mill_run(self, pipeline, source, *options):
        return ([self.mill, "run", pipeline, source, "-q", "-o", self.out, *options], None)

    def has_stage(self, name):
        return os.path.exists(os.path.join(self.args.build, "plugins", name, name + ".so"))

    # --- rows: each yields lines of the page, and what the README quotes ---

    def rates(self, source, commands):
        size = os.path.getsize(source) / 1e6
        runs = alternate(commands, self.repeats)
        ours = next(iter(runs))
        yield "| run | MB/s wall | MB a CPU second | peak RSS, MiB | times ours, wall |"
        yield "|---|---|---|---|---|"
        for name, all_of in runs.items():
            ratio = statistics.median(o.wall / r.wall for o, r in zip(runs[ours], all_of))
            yield "| %s | %s | %s | %.0f | %s |" % (
                name, figure(size / median(all_of, "wall")), figure(size / median(all_of, "cpu")),
                median(all_of, "rss") / 2**20, "" if name == ours else figure(ratio))

    def row_pass(self):
        source = self.jsonl()
        dead = os.path.join(self.work, "dead.jsonl")
        commands = {"textmill, no stage": self.mill_run(self.pipeline("pass", []), source, "--failed", dead),
                    "cat to a file": (["cat", source], self.peer_out), "wc -l": (["wc", "-l", source], None)}
        yield from self.rates(source, commands)
        with open(dead, "rb") as f, open(self.out, "rb") as out:
            yield "\nRecords out: %d; dead letters: %d." % (sum(1 for _ in out), sum(1 for _ in f))
        small = self.jsonl(self.bytes // 10)
        slow = {"textmill, no stage": self.mill_run(self.pipeline("pass", []), small)}
        if shutil.which("jq"):  # stops at the first broken line
            good = os.path.join(self.work, "good.jsonl")
            Run([self.mill, "run", self.pipeline("pass", []), small, "-q", "-o", good])
            slow = {"textmill, no stage": self.mill_run(self.pipeline("pass", []), good),
                    "jq -c .": (["jq", "-c", ".", good], self.peer_out)}
            small = good
            if shutil.which("mlr"):
                slow["mlr --ijsonl --ojsonl cat"] = (["mlr", "--ijsonl", "--ojsonl", "cat", good], self.peer_out)
        yield "\nWithout the broken lines, %d MB:\n" % (os.path.getsize(small) / 1e6)
        yield from self.rates(small, slow)

    def row_light(self):
        if self.has_stage("fields") and self.has_stage("filter"):
            names, stages = "fields, filter, normalize", [
                {"use": "fields", "with": {"remove": ["url"], "set": {"corpus": "bench"}}},
                {"use": "filter", "with": {"keep_when": {"text.bytes": {"ge": 1}}}}, {"use": "normalize"}]
        else:
            names, stages = "normalize alone", [{"use": "normalize"}]
        source = self.jsonl()
        commands = {names: self.mill_run(self.pipeline("light", stages), source)}
        yield from self.rates(source, commands)

    def row_news(self):
        for name, source in (("generated articles", self.jsonl(self.bytes // 4)),
                             ("paragraphs of pipelines/samples, mixed", self.mixed(self.bytes // 4))):
            yield "%s, %d MB:\n" % (name[0].upper() + name[1:], os.path.getsize(source) / 1e6)
            yield from self.rates(source, {"news.json": self.mill_run(self.news, source)})
            yield ""

    def row_stages(self):
        yield "| row | generated: ns a byte | MB/s | samples: ns a byte | MB/s |"
        yield "|---|---|---|---|---|"
        columns = []
        for source in (self.jsonl(self.bytes // 10), self.mixed(self.bytes // 10)):
            size, best = os.path.getsize(source), {}
            for _ in range(self.repeats):
                report = os.path.join(self.work, "report.json")
                command, _ = self.mill_run(self.news, source, "--jobs", "1", "--report", report)
                run = Run(command, watch=True)
                with open(report) as f:
                    told = json.load(f)
                share = run.ran / (run.ran + run.waited) if run.ran else 1.0
                rows = {s["stage"]: s["seconds"] for s in told["stages"]}
                rows["(layers)"] = told["layers_seconds"]
                rows["(records in and out)"] = told["record_seconds"]
                for name, seconds in rows.items():
                    best.setdefault(name, []).append(seconds * share * 1e9 / size)
            columns.append({name: statistics.median(v) for name, v in best.items()})
        for column in columns:
            column["all"] = sum(column.values())
        for name in columns[0]:
            yield "| %s | %.2f | %.0f | %.2f | %.0f |" % (
                name, columns[0][name], 1000 / max(columns[0][name], 1e-9), columns[1][name],
                1000 / max(columns[1][name], 1e-9))

    def row_files(self):
        folder = os.path.join(self.work, "files")
        count = self.args.files
        if not os.path.exists(folder):
            Run([self.gen, "--files", folder, "--count", str(count), "--doc", "450"])
        runs = alternate({"ours": self.mill_run(self.pipeline("pass", []), folder)}, self.repeats)["ours"]
        yield "| files | files a second, wall | files a CPU second | peak RSS, MiB |"
        yield "|---|---|---|---|"
        yield "| %d | %.0f | %.0f | %.0f |" % (count, count / median(runs, "wall"), count / median(runs, "cpu"),
                                             median(runs, "rss") / 2**20)

    def row_start(self):
        seed = os.path.join(self.samples, "01-ferry-strike.txt")
        command, _ = self.mill_run(self.news, seed)
        Run(command)
        runs = [Run(command) for _ in range(self.repeats * 4)]
        yield "| one article through news.json | ms wall | ms CPU |"
        yield "|---|---|---|"
        yield "| warm | %.1f | %.1f |" % (median(runs, "wall") * 1e3, median(runs, "cpu") * 1e3)
        drop = "/proc/sys/vm/drop_caches"
        if self.args.cold and os.access(drop, os.W_OK):
            cold = []
            for _ in range(3):
                os.sync()
                with open(drop, "w") as f:
                    f.write("3")
                cold.append(Run(command))
            yield "| cold (page cache dropped) | %.0f | %.0f |" % (median(cold, "wall") * 1e3, median(cold, "cpu") * 1e3)

    def row_memory(self):
        yield "news.json, 2 workers. What a document adds is what it takes over the most that a megabyte of short ones does.\n"
        yield "| run | wall, s | CPU, s | of it system | most RssAnon, MiB | peak RSS, MiB | adds, times its size | all, times its size |"
        yield "|---|---|---|---|---|---|---|---|"
        base = 0
        for size, unit in ((10**6, 1e6), (size_of(self.args.memory_size), 1e9)):
            source = self.jsonl(size)
            run = max((Run(self.mill_run(self.news, source, "--jobs", "2")[0], watch=True)
                       for _ in range(self.repeats if unit == 1e6 else 1)), key=lambda r: r.anon)
            base = base or run.anon
            yield "| %.1f %s of short documents | %.1f | %.1f | %.1f | %.0f | %.0f | | |" % (
                os.path.getsize(source) / unit, "MB" if unit == 1e6 else "GB", run.wall, run.cpu, run.system,
                run.anon / 2**20, run.rss / 2**20)
        for mib in self.args.document:
            source = self.one((mib << 20) - 4096)
            size = os.path.getsize(source)
            command, _ = self.mill_run(self.news, source, "--jobs", "2", "--max-doc", "%dM" % mib)
            runs = [Run(command, watch=True) for _ in range(self.repeats)]
            anon = max(r.anon for r in runs)
            yield "| one document of %.1f MiB | %.2f | %.2f | %.2f | %.0f | %.0f | %.1f | %.1f |" % (
                size / 2**20, median(runs, "wall"), median(runs, "cpu"), median(runs, "system"), anon / 2**20,
                max(r.rss for r in runs) / 2**20, (anon - base) / size, anon / size)

    def row_scaling(self):
        source = self.jsonl(self.bytes // 5)
        control = [self.gen, "--bytes", str(self.bytes)]
        ours, theirs = [], []
        for _ in range(self.repeats):
            one, two = (Run(self.mill_run(self.news, source, "--jobs", n)[0]).wall for n in ("1", "2"))
            ours.append(one / two)
            alone = Run(control).wall
            start = time.monotonic()
            both = [subprocess.Popen(control, stdout=subprocess.DEVNULL) for _ in range(2)]
            for process in both:
                process.wait()
            theirs.append(2 * alone / (time.monotonic() - start))
        yield "| from 1 to 2 | gain, best | gain, median |"
        yield "|---|---|---|"
        yield "| workers, news.json | %.2f | %.2f |" % (max(ours), statistics.median(ours))
        yield "| processes of a pure CPU control | %.2f | %.2f |" % (max(theirs), statistics.median(theirs))

    def row_threads(self):
        """What one reader and one writer cost beside the workers that they serve, and how often each waits."""
        source = self.jsonl(self.bytes // 5)
        size = os.path.getsize(source)
        yield "| workers | MB/s wall | reader ns a byte | writer ns a byte | workers ns a byte | waits a MB: reader | writer | workers |"
        yield "|---|---|---|---|---|---|---|---|"
        for jobs in ("1", "2", "4", "8"):
            run = Run(self.mill_run(self.news, source, "--jobs", jobs)[0], watch=True)
            ran, waits = ({role: sum(t[n] for t in run.threads.values() if t[0] == role)
                           for role in ("reader", "writer", "worker")} for n in (1, 2))
            yield "| %s | %.0f | %.2f | %.2f | %.1f | %.0f | %.0f | %.0f |" % (
                jobs, size / 1e6 / run.wall, *(ran[r] / size for r in ("reader", "writer", "worker")),
                *(waits[r] / (size / 1e6) for r in ("reader", "writer", "worker")))
        yield "\nAt the last row's prices one reader keeps %.0f workers busy, and one writer takes what %.0f make." % (
            ran["worker"] / max(1, ran["reader"]), ran["worker"] / max(1, ran["writer"]))
        yield ("Two thirds of the writer's time are the kernel's copy into the page cache. Several threads that write one "
               "file gain nothing: ext4 lets in one at a time. Beyond that number, shares of the input go to several runs.")

    def row_linear(self):
        small = self.bytes // 100
        yield "| ten times | CPU s, 1x | CPU s, 10x | times | in the program alone | system's share, 1x | 10x | page faults, 1x | 10x |"
        yield "|---|---|---|---|---|---|---|---|---|"
        for name, a, b in (("longer document", self.one(small), self.one(small * 10)),
                           ("more documents", self.jsonl(small), self.jsonl(small * 10))):
            yield "| %s (%.1f and %.1f MB) | %s |" % (name, os.path.getsize(a) / 1e6, os.path.getsize(b) / 1e6, self.ten_times(
                self.mill_run(self.news, a), self.mill_run(self.news, b)))

        documents = self.jsonl(small * 10)
        few, many = (self.mill_run(self.rules(n), documents) for n in (100, 1000))
        yield "| more rules of the user's own (100 and 1,000, clean alone) | %s |" % self.ten_times(few, many)

    def ten_times(self, once, ten_times):
        runs = alternate({"a": once, "b": ten_times}, self.repeats)
        one, ten = median(runs["a"], "cpu"), median(runs["b"], "cpu")
        own = [median(runs[n], "cpu") - median(runs[n], "system") for n in ("a", "b")]
        return "%.2f | %.2f | %.1f | %.1f | %.0f %% | %.0f %% | %.0f | %.0f" % (
            one, ten, share(ten, one), share(own[1], own[0]), 100 * (1 - share(own[0], one)),
            100 * (1 - share(own[1], ten)), median(runs["a"], "faults"), median(runs["b"], "faults"))

    def rules(self, n):
        """A pipeline that cleans by n rules more, over as many phrases."""
        path = os.path.join(self.work, "own%d.rules" % n)
        words = ("harbour", "evening", "council", "report", "window", "garden", "letter", "supply", "market", "season")
        with open(path, "w") as f:
            for at in range(10):
                f.write("list own%d\n" % at)
                for i in range(at, n, 10):
                    f.write("\t%s %s %s\n" % (words[i % 10], words[i // 10 % 10], words[i // 100 % 10]))
            for i in range(n):
                f.write("rule own-%d boilerplate\n\twhen begins:own%d words:2..%d\n"
                        "\twhen has:own%d words:3..%d edge\n" % (i, i % 10, 3 + i // 10 % 7, i % 10, 4 + i // 70))
        return self.pipeline("rules%d" % n, [{"use": "clean", "with": {"rules": [path]}}])

    def row_peers(self):
        """Sentiment and entities beside packages of npm (NODE_PATH tells where they are), neardup beside simhash, which
        compares all files with all."""
        source = self.jsonl(self.bytes // 100)
        scripts = {
            "vader-sentiment": ("sentiment", "const v=require('vader-sentiment').SentimentIntensityAnalyzer;"
                                             "const f=t=>v.polarity_scores(t).compound;"),
            "compromise": ("entities", "const n=require('compromise');"
                                       "const f=t=>n(t).topics().out('array').length;")}
        for package, (stage, head) in scripts.items():
            if not shutil.which("node") or subprocess.run(["node", "-e", "require('%s')" % package],
                                                          capture_output=True).returncode:
                yield "%s: not installed.\n" % package
                continue
            code = head + ("for(const l of require('fs').readFileSync(process.argv[1],'utf8').split('\\n'))"
                           "{let d;try{d=JSON.parse(l)}catch(e){continue}console.log(f(d.text))}")
            yield from self.rates(source, {
                "textmill, " + stage: self.mill_run(self.pipeline(stage, [{"use": stage}]), source),
                package: (["node", "-e", code, source], self.peer_out)})
            yield ""
        if not shutil.which("simhash"):
            yield "simhash: not installed.\n"
            return
        count, folder = 2000, os.path.join(self.work, "alike")
        Run([self.gen, "--files", folder, "--count", str(count), "--doc", "3300"])
        files = [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
        runs = alternate({"textmill, neardup": self.mill_run(self.pipeline("alike", [{"use": "neardup"}]), folder),
                          "simhash -m": (["simhash", "-m", *files], self.peer_out)}, self.repeats)
        yield "| %d files of 3.3 KB | files a second, wall |\n|---|---|" % count
        for name, all_of in runs.items():
            yield "| %s | %.0f |" % (name, count / median(all_of, "wall"))


TITLES = {
    "pass": "Pass-through: JSONL to JSONL, every line checked, one in 10,000 broken",
    "light": "Light stages: JSONL to JSONL",
    "news": "The news pipeline: JSONL to JSONL, all cores",
    "stages": "Own time of each stage, one worker",
    "files": "Small files of 500 bytes: a folder to JSONL, no stage",
    "start": "One article, process start and all data included",
    "memory": "Private memory",
    "scaling": "From one worker to two",
    "threads": "What would stop it at 64 workers: the threads of the news pipeline",
    "linear": "Linear time, news.json",
    "peers": "Single stages beside their peers",
}


def machine():
    model = "unknown"
    with open("/proc/cpuinfo") as f:
        found = re.search(r"model name\s*:\s*(.*)", f.read())
        model = found.group(1) if found else model
    with open("/proc/meminfo") as f:
        memory = int(re.search(r"MemTotal:\s+(\d+)", f.read()).group(1)) / 2**20
    return "%d cores, %s, %.0f GiB of memory, Linux %s; load average when the page was made: %.1f" % (
        os.cpu_count(), model, memory, os.uname().release.split("-")[0], os.getloadavg()[1])


def old_sections(page):
    """The sections of a page by row, so that some can be renewed."""
    if not page or not os.path.exists(page):
        return {}
    with open(page) as f:
        parts = re.split(r"^<!-- row (\w+) -->\n", f.read(), flags=re.M)
    return dict(zip(parts[1::2], parts[2::2]))


def build_page(args, sections):
    lines = ["# Results", "",
             "Made by `tests/bench/run.py`; not to be edited by hand. A figure is the median of repeated whole runs with a warm",
             "page cache; MB are 10^6 bytes. A stage's own time leaves out the layers, which have a row of their own, and the",
             "time that its thread waited for a processor.", "", "Machine: %s." % machine(), ""]
    page = "\n".join(lines) + "\n"
    for row in TITLES:
        if row in sections:
            page += "<!-- row %s -->\n%s" % (row, sections[row])
    return page


def build_readme(path, sections):
    """Quotes the main tables between the markers of the README."""
    with open(path) as f:
        text = f.read()
    quoted = ["", "Measured by `tests/bench/run.py` on %s; all rows: `tests/bench/RESULTS.md`." % machine(), ""]
    for row in ("pass", "light", "news", "stages", "files", "start", "memory"):
        if row in sections:
            table = re.search(r"((?:^\|.*\n)+)", sections[row], flags=re.M)
            quoted += ["%s:" % TITLES[row], "", table.group(1)] if table else []
    begin, end = "<!-- bench -->", "<!-- /bench -->"
    if begin not in text or end not in text:
        sys.exit("%s: the markers %s and %s are not there" % (path, begin, end))
    head, rest = text.split(begin, 1)
    with open(path, "w") as f:
        f.write(head + begin + "\n".join(quoted) + end + rest.split(end, 1)[1])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=os.path.join(TOP, "build"))
    parser.add_argument("--rows", default=",".join(TITLES))
    parser.add_argument("--size", default="200M", help="of the JSONL of the pass-through row; others take a part of it")
    parser.add_argument("--memory-size", default="1G", help="of the JSONL of the memory row")
    parser.add_argument("--document", type=lambda s: [int(n) for n in s.split(",") if n], default=[4, 16, 64],
                        help="sizes in MiB of the single documents of the memory row")
    parser.add_argument("--files", type=int, default=100000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--page")
    parser.add_argument("--readme")
    parser.add_argument("--cold", action="store_true", help="drop the machine's page cache for the row start")
    parser.add_argument("--work", help="where the inputs are made and kept; default: a new folder, removed at the end")
    parser.add_argument("--list", action="store_true", help="name the rows and stop")
    args = parser.parse_args()
    if args.list:
        print("\n".join("%-8s %s" % pair for pair in TITLES.items()))
        return
    rows = args.rows.split(",")
    for row in rows:
        if row not in TITLES:
            sys.exit("there is no row %s; --list names them" % row)
    sections = old_sections(args.page)
    work = args.work or tempfile.mkdtemp(prefix="textmill-bench-")
    os.makedirs(work, exist_ok=True)
    try:
        bench = Bench(args, work)
        for row in rows:
            print(row, file=sys.stderr, flush=True)
            lines = list(getattr(bench, "row_" + row)())
            sections[row] = "## %s\n\n%s\n\n    tests/bench/run.py --rows %s --size %s --repeats %d\n\n" % (
                TITLES[row], "\n".join(lines).strip("\n"), row, args.size, args.repeats)
            page = build_page(args, sections)
            if args.page:
                with open(args.page, "w") as f:
                    f.write(page)
        if not args.page:
            print(page)
        if args.readme:
            build_readme(args.readme, sections)
    finally:
        if not args.work:
            shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
