"""What is in the files: lines 1 to 14 of the list of faults."""
import gzip, json, os, threading, time
from drop import children, memory


def lines_of(d, name):
    """{line number: code} of the lines of a file that failed."""
    reason = d.quarantine().get(name, {})
    return {line["line"]: line["error"] for line in reason.get("lines", [])}


def run_lines(t, lines, *args):
    """One file of lines through a watcher; what came out, and which lines failed."""
    d = t.drop(args=args)
    d.put("in.jsonl", b"".join(lines))
    assert d.once() == 0
    out = d.records("in.jsonl.jsonl") if "in.jsonl.jsonl" in d.names() else []
    return d, out, lines_of(d, "in.jsonl")


GOOD = b'{"text":"good"}\n'


def check_bad_lines(t, bad, code, *args):
    d, out, failed = run_lines(t, [line for b in bad for line in (GOOD, b)] + [GOOD], *args)
    assert len(out) == len(bad) + 1 and all(r["text"] == "good" for r in out), out
    assert sorted(failed) == [2 * i + 2 for i in range(len(bad))], failed
    for line in failed.values():
        assert line["code"] in code, line
    assert not d.leftovers()
    return failed


def f01_invalid_utf8(t):
    failed = check_bad_lines(t, [b'{"text":"caf\xe9"}\n', b'{"text":"x","k":"\xff"}\n', b'{"t\x80":1}\n'], ("utf8",))
    assert failed[2]["offset"] == 12 and "0xe9" in failed[2]["message"], failed[2]
    _, out, failed = run_lines(t, [b'{"text":"caf\xe9 good"}\n'], "--replace")
    assert out[0]["text"] == "caf\ufffd good" and not failed, out
    d = t.drop()
    d.put("a.txt", b"The caf\xe9 is \x93closed\x94.\n")
    assert d.once() == 0
    record = d.records("a.txt.jsonl")[0]
    assert "café is “closed”" in record["text"] and "1252" in record["encoding"], record


def f02_overlong_surrogate_too_high(t):
    check_bad_lines(t, [b'{"text":"%s"}\n' % b for b in (b"\xc0\x80", b"\xe0\x80\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80",
                                                        b"\xf5\x80\x80\x80", b"\xf0\x8f\xbf\xbf")], ("utf8",))


def f03_nul_byte(t):
    check_bad_lines(t, [b'{"text":"a\x00b"}\n', b'\x00{"text":"a"}\n', b'{"te\x00xt":"a"}\n'], ("syntax",))
    d = t.drop()
    d.put("a.txt", b"before\x00after" + b", and a good deal of text more, as people write it" * 20)
    assert d.once() == 0
    assert "before\0after" in d.records("a.txt.jsonl")[0]["text"]


def f04_nul_in_a_key(t):
    check_bad_lines(t, [b'{"text":"x","a\\u0000b":1,"a":2}\n'], ("nul-in-key",))


def f05_byte_order_mark(t):
    d = t.drop()
    d.put("a.txt", b"\xef\xbb\xbfone \xef\xbb\xbftwo\n")
    d.put("b.jsonl", b'\xef\xbb\xbf{"text":"one"}\n{"text":"\xef\xbb\xbftwo"}\n')
    assert d.once() == 0
    assert d.records("a.txt.jsonl")[0]["text"].startswith("one \ufefftwo")
    assert [r["text"] for r in d.records("b.jsonl.jsonl")] == ["one", "\ufefftwo"]


def f06_utf16_and_utf32(t):
    text = "It rained — on the harbour.\n" * 5
    d = t.drop()
    d.put("le.txt", b"\xff\xfe" + text.encode("utf-16-le"))
    d.put("be.txt", b"\xfe\xff" + text.encode("utf-16-be"))
    d.put("bare.txt", text.encode("utf-16-le"))
    d.put("four.txt", b"\xff\xfe\0\0" + text.encode("utf-32-le"))
    assert d.once() == 0
    for name in ("le", "be"):
        record = d.records(name + ".txt.jsonl")[0]
        assert record["text"].strip() == text.strip() and "16" in record["encoding"], record
    reasons = d.quarantine()
    assert sorted(reasons) == ["bare.txt", "four.txt"], reasons
    assert "16" in reasons["bare.txt"]["message"] and "32" in reasons["four.txt"]["message"], reasons


def f07_line_ends(t):
    d = t.drop()
    d.put("a.jsonl", b'{"text":"one"}\r\n{"text":"two"}\r\n')
    d.put("b.jsonl", b'{"text":"one"}\n{"text":"two"}')
    d.put("c.txt", b"one\r\ntwo\rthree")
    assert d.once() == 0
    assert [r["text"] for r in d.records("a.jsonl.jsonl")] == ["one", "two"]
    assert b"\r" not in open(d.root + "/out/a.jsonl.jsonl", "rb").read()
    assert d.quarantine()["b.jsonl"]["code"] == "truncated-input" and "b.jsonl.jsonl" not in d.names()
    assert "three" in d.records("c.txt.jsonl")[0]["text"]
    d = t.drop(args=["--allow-truncated"])
    d.put("b.jsonl", b'{"text":"one"}\n{"text":"two"}')
    assert d.once() == 0 and len(d.records("b.jsonl.jsonl")) == 2


def f08_nothing_in_it(t):
    d = t.drop()
    d.put("a.jsonl", b"")
    d.put("b.jsonl", b"\n\n  \n\r\n")
    d.put("c.txt", b"")
    d.put("d.jsonl.gz", gzip.compress(b""))
    d.put("e.txt", b"   \n")
    assert d.once() == 0
    assert not d.quarantine() and not d.leftovers()
    for name in d.names():
        for record in d.records(name):
            assert not record["text"].strip(), record


def most_memory(d, *more):
    """The most anonymous memory that a worker had, KiB, while it ran."""
    most, is_over = [0], threading.Event()

    def look():
        while not is_over.is_set():
            for pid in children(d.process.pid) if d.process else []:
                m = memory(pid)
                most[0] = max(most[0], m["anon"] if m else 0)
            time.sleep(0.01)

    looker = threading.Thread(target=look)
    looker.start()
    try:
        d.start("--once", *more, is_ready=False)
        assert d.process.wait(120) == 0, d.log()[-1000:]
    finally:
        is_over.set()
        looker.join()
    return most[0]


def f09_a_line_without_end(t):
    """Longer than --max-doc: it fails, its neighbours do not, and memory holds."""
    d = t.drop(args=["--max-doc", "1M"])
    with open(d.root + "/inbox/.part", "wb") as f:
        f.write(GOOD + b'{"text":"')
        for _ in range(300):
            f.write(b"x" * (1 << 20))
        f.write(b'"}\n' + GOOD)
    os.rename(d.root + "/inbox/.part", d.root + "/inbox/in.jsonl")
    most = most_memory(d)
    assert len(d.records("in.jsonl.jsonl")) == 2
    assert [line["code"] for line in lines_of(d, "in.jsonl").values()] == ["too-long"], lines_of(d, "in.jsonl")
    assert most < 40 << 10, f"{most} KiB"


def f10_a_file_of_any_length(t):
    """Four times the bytes, the same memory."""
    most = []
    for size in (50, 200):
        d = t.drop(args=["-j", "2"])
        line = json.dumps({"text": "The ferry was late again, and nobody wondered. " * 60}).encode() + b"\n"
        with open(d.root + "/inbox/.part", "wb") as f:
            block = line * ((1 << 20) // len(line))
            for _ in range(size):
                f.write(block)
        os.rename(d.root + "/inbox/.part", d.root + "/inbox/in.jsonl")
        most.append(most_memory(d))
        assert os.path.getsize(d.root + "/out/in.jsonl.jsonl") >= size * len(block)
    assert most[1] < most[0] * 1.25 + 4096 and most[1] < 96 << 10, most


def f11_deep_json(t):
    deep = [b'{"text":"x","a":' + b"[" * n + b"]" * n + b"}\n" for n in (100000, 1000000)]
    check_bad_lines(t, deep + [b"[" * 200000 + b"\n", b'{"a":' * 100000 + b"\n"], ("too-deep",))


def f12_a_million_keys(t):
    keys = b",".join(b'"k%d":%d' % (i, i) for i in range(1000000))
    same = b",".join(b'"k":1' for i in range(1000000))
    d, out, failed = run_lines(t, [GOOD, b'{"text":"x",' + keys + b"}\n", b'{"text":"y",' + same + b"}\n", GOOD])
    assert len(out) + len(failed) == 4 and 1 not in failed and 4 not in failed and 3 in failed, (len(out), failed.keys())


def f13_what_json_forbids(t):
    check_bad_lines(t, [b'{"text":"x","n":NaN}\n', b"{'text':'x'}\n", b'{"text":"x","text":"y"}\n', b'{"text":"x",}\n',
                        b'{"text":"x"} {"text":"y"}\n', b'{"text":"x","n":01}\n', b'["text"]\n', b'{"text":7}\n', b'{"text"\n'],
                    ("syntax", "duplicate-key", "not-object", "text-type"))
    inner = b'{"text":"x","big":123456789012345678901234567890,"in":{"a":1,"a":2},"f":1.10,"e":1e400}\n'
    d, out, failed = run_lines(t, [inner])
    assert open(d.root + "/out/in.jsonl.jsonl", "rb").read() == inner and not failed


def f14_bombs_and_cut_archives(t):
    d = t.drop(args=["--max-expand", "100"])
    bomb = gzip.compress((b'{"text":"' + b"a" * 1000 + b'"}\n') * 20000)
    good = gzip.compress(b"".join(b'{"text":"%d"}\n' % (i * 7919) for i in range(200)))
    d.put("bomb.jsonl.gz", bomb)
    d.put("cut.jsonl.gz", good[:-9])
    d.put("torn.jsonl.gz", good[:60] + b"\0" * 40 + good[100:])
    d.put("good.jsonl.gz", good)
    d.put("bomb.txt.gz", gzip.compress(b"a" * 30000000))
    assert d.once() == 0
    reasons = d.quarantine()
    assert sorted(reasons) == ["bomb.jsonl.gz", "bomb.txt.gz", "cut.jsonl.gz", "torn.jsonl.gz"], reasons
    assert reasons["cut.jsonl.gz"]["code"] == "truncated-input", reasons["cut.jsonl.gz"]
    assert len(d.records("good.jsonl.gz.jsonl")) == 200 and len(d.names()) == 1, d.names()
