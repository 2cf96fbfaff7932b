#!/usr/bin/env python3
"""The watcher over time, from outside: its end, turnover, reload, order, marks.

  watch.py TEXTMILL PLUGIN_DIR CASE...
"""
import json, os, random, shutil, signal

import cases
from cases import plugins


def drop(*args, mark="one"):
    return cases.drop([{"use": "sum", "with": {"mark": mark}}], *args)


def sums(d):
    """What flush gave: a number each time."""
    return [int(r["text"].split()[-1]) for n in d.names() if n.startswith("flush-") for r in d.records(n)]


def mark_of(d, name, text="The ferry was late."):
    d.put(name + ".txt", text)
    d.wait(lambda: name + ".txt.jsonl" in d.names(), f"{name} comes out")
    return d.records(name + ".txt.jsonl")[0].get("mark")


def flush_comes_out_at_the_end():
    for isolation in ("worker", "none"):
        d = drop("--isolation", isolation)
        d.put_many(30)
        assert d.once() == 0
        assert sum(sums(d)) == 30, (sums(d), d.log())
        assert not d.leftovers() and len(d.names()) > 30
        d = drop("--isolation", isolation).start()
        d.put_many(10)
        d.wait_for(10)
        assert d.stop() == 0 and sum(sums(d)) == 10, d.names()


def flush_comes_out_at_a_turnover():
    d = drop("--recycle-after", "5", "-j", "1").start()
    d.put_many(20)
    d.wait(lambda: sums(d) and d.status()["files"] == 20, "a worker was replaced, and what it had came out")
    assert d.stop() == 0
    assert sum(sums(d)) == 20, (sums(d), d.names())


def reload_takes_the_new_file():
    for isolation in ("worker", "none"):
        d = drop("--isolation", isolation).start()
        assert mark_of(d, "a") == "one"
        d.set_stages([{"use": "sum", "with": {"mark": "two"}}])
        assert mark_of(d, "b") == "one"
        for i in range(1, 4):
            d.put_many(50, 50 * i)  # it is at work meanwhile
            d.process.send_signal(signal.SIGHUP)
            d.wait(lambda: d.status()["reloads"] == i, "it is reloaded")
            assert mark_of(d, f"c{i}") == "two", d.log()
        d.wait(lambda: d.status()["files"] == 155, "all are done")
        assert d.stop() == 0 and not d.leftovers() and not d.quarantine()
        assert len([n for n in d.names() if not n.startswith("flush-")]) == 155


def kill_workers(d, ready=3):
    ended = {w["pid"] for w in d.status()["workers"]}
    for pid in ended:
        os.kill(pid, signal.SIGKILL)
    d.wait(lambda: len([w for w in d.status()["workers"] if w["state"] == "ready" and w["pid"] not in ended]) == ready,
           "others are there")


def a_worker_that_is_replaced_reads_what_the_others_read():
    d = drop()
    with open(d.work + "/more.json", "w") as f:
        json.dump([{"use": "sum", "id": "more", "with": {"mark": "included", "field": "more"}}], f)
    d.set_stages([{"use": "sum", "with": {"mark": "one"}}, {"include": "more.json"}])
    d.start()
    assert mark_of(d, "a") == "one"
    d.set_stages([{"use": "sum", "with": {"mark": "two"}}])
    os.unlink(d.work + "/more.json")
    kill_workers(d)
    assert mark_of(d, "b") == "one"
    assert d.records("b.txt.jsonl")[0]["more"] == "included"
    with open(d.pipeline, "w") as f:
        f.write("{ this is no pipeline")
    kill_workers(d)
    assert mark_of(d, "c") == "one"
    d.set_stages([{"use": "sum", "with": {"mark": "three"}}])
    d.process.send_signal(signal.SIGHUP)
    d.wait(lambda: d.status()["reloads"] == 1, "it is reloaded")
    os.unlink(d.pipeline)
    kill_workers(d)
    assert mark_of(d, "e") == "three"
    assert d.stop() == 0


def a_worker_that_is_replaced_is_made_of_what_the_others_are():
    """Plugin and table are replaced on the disk, taken away, come first in another folder: until a reload all workers
    have those of the start."""
    for remembers in (False, True):
        d = drop()
        folders = [d.work + "/before", d.work + "/plugins"]
        for folder in folders:
            os.mkdir(folder)
        d.args += [word for folder in folders for word in ("--plugin-dir", folder)]

        def install(version, folder):
            os.makedirs(folder + "/stamp", exist_ok=True)
            shutil.copy(f"{plugins}/../{version}/stamp/stamp.so", folder + "/stamp/.new")
            os.rename(folder + "/stamp/.new", folder + "/stamp/stamp.so")
            with open(folder + "/stamp/.new", "w") as f:
                f.write("table " + version)
            os.rename(folder + "/stamp/.new", folder + "/stamp/stamp.table")

        def on_disk():
            return {os.path.basename(p["path"]): p["on_disk"] for p in d.status()["plugins"] if "stamp" in p["path"]}

        install("one", folders[1])
        d.set_stages(["stamp"] + [{"use": "keep", "with": {"field": "kept"}}] * remembers)
        ready = 1 if remembers else 3
        d.start()
        assert mark_of(d, "a") == "one, table one"
        d.wait(lambda: on_disk() == {"stamp.so": "same", "stamp.table": "same"}, "both are held")
        install("two", folders[1])
        assert on_disk() == {"stamp.so": "replaced", "stamp.table": "replaced"}
        kill_workers(d, ready)
        assert mark_of(d, "b") == "one, table one", d.log()
        assert "stamp.so was replaced" in d.log()
        shutil.rmtree(folders[1])
        kill_workers(d, ready)
        assert mark_of(d, "c") == "one, table one", d.log()
        install("two", folders[0])
        kill_workers(d, ready)
        assert mark_of(d, "d") == "one, table one", d.log()
        d.process.send_signal(signal.SIGHUP)
        d.wait(lambda: d.status()["reloads"] == 1, "it is reloaded")
        assert mark_of(d, "e") == "two, table two", d.log()
        shutil.rmtree(folders[0])
        kill_workers(d, ready)
        assert mark_of(d, "f") == "two, table two", d.log()
        d.process.send_signal(signal.SIGHUP)
        d.wait(lambda: "the reload failed" in d.log(), "there is no such plugin now")
        kill_workers(d, ready)
        assert mark_of(d, "g") == "two, table two", d.log()
        assert d.stop() == 0 and not d.leftovers()


def a_reload_that_fails_changes_nothing():
    for isolation in ("worker", "none"):
        d = drop("--isolation", isolation).start()
        assert mark_of(d, "a") == "one"
        for i in range(2):
            with open(d.pipeline, "w") as f:
                f.write('{"stages": [{"use": "sum", "with": {"marc": "two"}}]}')
            d.process.send_signal(signal.SIGHUP)
            d.wait(lambda: d.log().count("the reload failed") == i + 1, "it is told")
            assert "marc" in d.log()
            assert mark_of(d, f"b{i}") == "one"
        if isolation == "worker":
            kill_workers(d)
        assert mark_of(d, "c") == "one"
        d.set_stages([{"use": "sum", "with": {"mark": "three"}}])
        d.process.send_signal(signal.SIGHUP)
        d.wait(lambda: d.status()["reloads"] == 1, "it is reloaded")
        assert mark_of(d, "d") == "three"
        assert d.stop() == 0


def a_reload_that_hangs_is_ended():
    d = drop("--timeout", "1s").start()
    assert mark_of(d, "a") == "one"
    d.set_stages([{"use": "sum", "with": {"mark": "two"}}, {"use": "sum", "id": "late", "with": {"stalls": True}}])
    d.process.send_signal(signal.SIGHUP)
    d.wait(lambda: "the reload failed" in d.log(), "it is ended")
    assert "does not come up" in d.log() and mark_of(d, "b") == "one"
    d.set_stages([{"use": "sum", "with": {"mark": "three"}}])
    d.process.send_signal(signal.SIGHUP)
    d.wait(lambda: d.status()["reloads"] == 1, "it is reloaded")
    assert mark_of(d, "c") == "three" and d.stop() == 0


def stages_that_remember_and_do_not_open_give_way():
    def stage(mark, **more):
        return [{"use": "keep", "with": dict(mark=mark, **more)}]

    for isolation in ("worker", "none"):
        d = drop("--isolation", isolation)
        d.set_stages(stage("one"))
        d.start()
        assert mark_of(d, "a") == "one"
        for i in range(2):
            d.set_stages(stage("two", shut=True))
            d.process.send_signal(signal.SIGHUP)
            d.wait(lambda: d.log().count("the pipeline of before goes on") == i + 1, "it is told")
            assert mark_of(d, f"b{i}") == "one"
        d.set_stages(stage("three"))
        reloads = d.status()["reloads"]
        d.process.send_signal(signal.SIGHUP)
        d.wait(lambda: d.status()["reloads"] == reloads + 1, "it is reloaded")
        assert mark_of(d, "c") == "three"
        assert d.stop() == 0 and not d.leftovers()


def lines(n_good, n_bad):
    return "".join('{"text":"%s"}\n' % text for text in ["good"] * n_good + ["bad"] * n_bad)


def too_many_bad_lines_send_the_file_to_quarantine():
    d = drop("--max-poison", "3")
    d.put("few.jsonl", lines(5, 3))
    d.put("many.jsonl", lines(5, 4))
    d.put("dying.jsonl", lines(5, 2) + '{"text":"die"}\n{"text":"good"}\n')
    d.put("dying2.jsonl", '{"text":"die"}\n' + lines(5, 3))
    assert d.once() == 0, d.log()
    found = d.quarantine()
    assert not found["few.jsonl"]["is_whole"] and len(found["few.jsonl"]["lines"]) == 3
    assert found["many.jsonl"]["is_whole"] and found["many.jsonl"]["code"] == "too-many-bad-lines", found["many.jsonl"]
    assert not found["dying.jsonl"]["is_whole"] and len(found["dying.jsonl"]["lines"]) == 3, found["dying.jsonl"]
    assert found["dying2.jsonl"]["is_whole"] and found["dying2.jsonl"]["code"] == "too-many-bad-lines"
    out = [n for n in d.names() if not n.startswith("flush-")]
    assert out == ["dying.jsonl.jsonl", "few.jsonl.jsonl"], out
    assert len(d.records("dying.jsonl.jsonl")) == 6 and len(d.records("few.jsonl.jsonl")) == 5
    assert not d.leftovers()


def order_by_name():
    d = drop("--order", "name", "-v", "--batch", "16")
    numbers = list(range(700))
    random.Random(3).shuffle(numbers)
    for i in numbers:
        d.put(f"{i:04}.txt", "slow " * (i % 7) + str(i))
    assert d.once() == 0
    done = [json.loads(line)["document"] for line in d.log().splitlines() if '"verdict":"published"' in line]
    done = [n for n in done if not n.startswith("flush-")]
    assert done == [f"{i:04}.txt" for i in range(700)], done[:20]


def marks_what_is_on_the_disk():
    d = drop("--sync-mark", "--durability", "ordered").start()
    assert mark_of(d, "a") == "one"
    d.wait(lambda: ".sync" in d.names() and open(d.root + "/out/.sync").read().strip().endswith("~a.txt"), "the mark is there")
    assert mark_of(d, "b") == "one"
    d.wait(lambda: open(d.root + "/out/.sync").read().strip().endswith("~b.txt"), "the mark is renewed")
    before = os.stat(d.root + "/out/.sync").st_mtime_ns
    d.process.kill()  # it may have published something behind the last mark
    d.process.wait()
    d.start()
    assert os.stat(d.root + "/out/.sync").st_mtime_ns > before
    assert open(d.root + "/out/.sync").read().strip().endswith("~b.txt")
    assert d.stop() == 0
    d = drop("--sync-mark", "--durability", "none")
    d.put_many(3)
    assert d.once() == 0 and ".sync" not in d.names()
    assert "out/.sync is never put" in d.log()


cases.main(globals())
