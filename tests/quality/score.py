#!/usr/bin/env python3
"""Scores a news pipeline on the labelled documents of this repository. Standard library only.

    score.py inputs DIR            copies the documents into DIR: ID.txt files and wire.jsonl
    textmill run pipelines/news.json DIR -o out.jsonl
    score.py score [-v] out.jsonl  -v: every line that came out wrong
    score.py check                 is the gold sound? exit status 1 where it is not

It measures and does not judge: the exit status is 0 whenever it could score.

text     words of the kept text against the words that should be kept; mean over the documents
junk     lines that should go for another reason than repetition; a line is gone where 90 % of its bytes are
dup      lines that repeat others, gone under a kind that begins with duplicate_
inline   marks cut out of a line whose rest stands
damage   share of the bytes of lines to keep that are gone
text==   documents whose text is the original without what "removed" lists, up to white space
Bylines, times and headings of removed lists may stay or go. The README.txt beside this file tells the labels.
"""
import json
import re
import shutil
import sys
from collections import Counter
from pathlib import Path

import scorer

HERE = Path(__file__).resolve().parent
GOLD = HERE / "gold"
SAMPLES = HERE.parent.parent / "pipelines" / "samples"
DOCS = HERE / "docs"

JUNK = {"boilerplate", "related_links", "caption_credit", "tag_list"}
REPEAT = {"duplicate_bullet", "duplicate_paragraph", "duplicate_title"}
EITHER = {"byline", "timestamp", "section_marker"}
TOP_TERMS = {name: "%02d000000" % n for n, name in enumerate(
    ("arts/culture/entertainment", "crime/law/justice", "disaster/accident", "economy/business/finance", "education",
     "environment", "health", "human interest", "labour", "lifestyle/leisure", "politics", "religion",
     "science/technology", "society", "sport", "conflict/war/peace", "weather"), 1)}
# Words; every ideograph counts as one.
WORD = re.compile(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+")


class Count:
    """Right, wrong and missed."""

    def __init__(self):
        self.right = self.wrong = self.missed = 0

    def line(self, name):
        p = self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0
        r = self.right / (self.right + self.missed) if self.right + self.missed else 1.0
        f = 2 * p * r / (p + r) if p + r else 0.0
        return (f"{name:9s}P {p:.4f}  R {r:.4f}  F1 {f:.4f}   "
                f"(right {self.right}, wrong {self.wrong}, missed {self.missed})")


def originals():
    """The text of every document by id, as bytes."""
    texts = {p.stem: p.read_bytes() for folder in (SAMPLES, DOCS) for p in folder.glob("*.txt")}
    for path in SAMPLES.glob("*.jsonl"):
        for line in path.read_bytes().splitlines():
            record = json.loads(line)
            texts[record["id"]] = record["text"].encode()
    return texts


def golds():
    texts = originals()
    for path in sorted(GOLD.glob("*.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        gold["bytes"] = texts[gold["id"]]
        yield gold


def copy_inputs(target):
    target = Path(target)
    target.mkdir(parents=True, exist_ok=True)
    paths = [*SAMPLES.glob("*.txt"), *SAMPLES.glob("*.jsonl"), *DOCS.glob("*.txt")]
    for path in paths:
        shutil.copyfile(path, target / path.name)
    print(len(paths), "files")


def records_by_id(path):
    found = {}
    for line in path.read_bytes().splitlines():
        if not line.strip():
            continue
        record = json.loads(line)
        name = str(record.get("id") or record.get("source") or "")
        found[re.sub(r"\.txt$", "", name.rsplit("/", 1)[-1])] = record
    return found


def gone_bytes(record, size):
    """Two masks over the original: gone at all, gone as a repetition."""
    gone, repeated = bytearray(size), bytearray(size)
    for cut in record.get("removed") or []:
        a, b = max(0, cut["start"]), min(size, cut["end"])
        gone[a:b] = b"\1" * (b - a)
        if str(cut.get("kind", "")).startswith("duplicate"):
            repeated[a:b] = b"\1" * (b - a)
    return gone, repeated


def left_over(raw, gone):
    return bytes(c for c, g in zip(raw, gone) if not g).decode("utf-8", "replace")


class Scores:
    def __init__(self):
        self.junk, self.dup = Count(), Count()
        self.inline = [0, 0]
        self.damage = [0, 0]
        self.words = [0.0, 0.0, 0.0]
        self.same = self.documents = 0
        self.without = []
        self.first = self.three = self.with_topics = 0
        self.feelings = []
        self.names = [0, 0, 0, 0]


def score_line(s, label, line, start, gone, repeated, cuts):
    """One labelled line. Returns what went wrong with it, or None; and its words to keep, and kept."""
    cut_mask = bytearray(len(line))
    for cut in cuts:
        for m in re.finditer(re.escape(cut), line):
            cut_mask[m.start():m.end()] = b"\1" * len(cut)
    body = [i for i in range(len(line)) if not line[i:i + 1].isspace() and not cut_mask[i]]
    lost = sum(gone[start + i] for i in body)
    is_gone = bool(body) and lost >= 0.9 * len(body)
    is_repeat = bool(body) and sum(repeated[start + i] for i in body) >= 0.9 * len(body)
    is_marked = False
    if label == "keep":
        s.damage[0] += lost
        s.damage[1] += len(body)
        if is_gone:
            (s.dup if is_repeat else s.junk).wrong += 1
        for cut in cuts:
            at = [m.start() for m in re.finditer(re.escape(cut), line)]
            whole = all(gone[start + a + k] for a in at for k in range(len(cut)) if not cut[k:k + 1].isspace())
            s.inline[0] += whole and lost <= 1 + len(body) // 50
            s.inline[1] += 1
            is_marked = is_marked or not whole
        if is_marked:
            return "MARK LEFT"
        return "LOST" if is_gone else "CUT" if lost > len(body) // 10 else None
    count = s.junk if label in JUNK else s.dup
    ok = is_gone if label in JUNK else is_repeat
    if ok:
        count.right += 1
    else:
        count.missed += 1
    return None if ok else "OTHER KIND" if is_gone else "LEFT"


def score_document(s, gold, record, verbose):
    raw = gold["bytes"]
    gone, repeated = gone_bytes(record, len(raw))
    cuts = {}
    for c in gold["inline"]:
        cuts.setdefault(c["n"], []).append(c["cut"].encode())
    labels = {entry["n"]: entry["label"] for entry in gold["lines"]}
    want, have = Counter(), Counter()
    start, wrongs = 0, []
    for n, line in enumerate(raw.split(b"\n")):
        label = labels.get(n)
        if label and label not in EITHER:
            wrong = score_line(s, label, line, start, gone, repeated, cuts.get(n, []))
            if wrong:
                wrongs.append(f"    {wrong} {n + 1} {label}: {line[:100].decode('utf-8', 'replace')}")
            kept = left_over(line, gone[start:start + len(line)])
            have.update(WORD.findall(kept.lower()))
            if label == "keep":
                plain = line
                for cut in cuts.get(n, []):
                    plain = plain.replace(cut, b"")
                want.update(WORD.findall(plain.decode("utf-8", "replace").lower()))
        start += len(line) + 1
    both = sum((want & have).values())
    p = both / sum(have.values()) if have else 1.0
    r = both / sum(want.values()) if want else 1.0
    for i, x in enumerate((p, r, 2 * p * r / (p + r) if p + r else 0.0)):
        s.words[i] += x
    same = left_over(raw, gone).split() == str(record.get("text") or "").split()
    s.same += same
    if verbose and (wrongs or not same):
        print(f"{gold['id']}: F1 {2 * p * r / (p + r) if p + r else 0:.3f}" + ("" if same else "  text and removed disagree"))
        print(*wrongs, sep="\n" if wrongs else "")


def score_extras(s, gold, record):
    want = {TOP_TERMS[t] for t in gold["topics"]}
    topics = record.get("topics")
    if isinstance(topics, list):
        s.with_topics += 1
        got = [re.sub(r"\D", "", str(t.get("top") or t.get("id") or ""))[:8] for t in topics[:3]]
        s.first += bool(got) and got[0] in want
        s.three += bool(want.intersection(got))
    score = (record.get("sentiment") or {}).get("score")
    if isinstance(score, (int, float)):
        s.feelings.append((score, gold["sentiment"]["score"]))
    if gold.get("entities") and isinstance(record.get("entities"), list):
        text = str(record.get("text") or "").encode()
        forms = {}
        for e in record["entities"]:
            spans = [text[m["start"]:m["end"]].decode("utf-8", "replace") for m in e.get("mentions") or []]
            for form in {e.get("name"), *spans}:
                forms.setdefault(form, set()).add(e.get("type"))
        for e in gold["entities"]:
            types = {"GPE", "LOC"} if e["type"] in ("GPE", "LOC") else {e["type"]}
            s.names[0] += 1
            if e["text"] in forms:
                s.names[1] += 1
                s.names[2] += bool(types & forms[e["text"]])
        s.names[3] += 1


def correlation(pairs):
    n = len(pairs)
    ma, mb = sum(a for a, _ in pairs) / n, sum(b for _, b in pairs) / n
    cov = sum((a - ma) * (b - mb) for a, b in pairs)
    va, vb = sum((a - ma) ** 2 for a, _ in pairs), sum((b - mb) ** 2 for _, b in pairs)
    return cov / (va * vb) ** 0.5 if va and vb else 0.0


def report(s):
    n = max(1, s.documents)
    print(f"documents {s.documents}" + (f"   without a record: {' '.join(s.without)}" if s.without else ""))
    print(f"text     P {s.words[0] / n:.4f}  R {s.words[1] / n:.4f}  F1 {s.words[2] / n:.4f}")
    print(s.junk.line("junk"))
    print(s.dup.line("dup"))
    print(f"inline   {s.inline[0]}/{s.inline[1]}   damage {100 * s.damage[0] / max(1, s.damage[1]):.3f} %   "
          f"text== {s.same}/{s.documents}")
    if s.with_topics:
        print(f"topics   first {s.first}/{s.with_topics}   one of three {s.three}/{s.with_topics}")
    if s.feelings:
        def sign(x):
            return (x >= 0.2) - (x <= -0.2)
        agree = sum(sign(a) == sign(b) for a, b in s.feelings)
        print(f"feeling  sign {agree}/{len(s.feelings)}   r {correlation(s.feelings):.3f}")
    if s.names[0]:
        print(f"entities recall {s.names[1]}/{s.names[0]}   type right {s.names[2]}/{s.names[1]}   "
              f"({s.names[3]} documents)")


def score(path, verbose):
    path = Path(path)
    records, s = records_by_id(path), Scores()
    for gold in golds():
        s.documents += 1
        record = records.get(gold["id"])
        if record is None:
            s.without.append(gold["id"])
            record = {"text": gold["bytes"].decode()}
        score_document(s, gold, record, verbose)
        score_extras(s, gold, record)
    report(s)


def check():
    """Every label has its line, every line its label; what a repetition repeats is kept; the entities stand in the text."""
    known = JUNK | REPEAT | EITHER | {"keep"}
    bad, n_documents = [], 0
    for gold in golds():
        n_documents += 1
        lines = gold["bytes"].decode().split("\n")
        labels = {entry["n"]: entry["label"] for entry in gold["lines"]}
        bad += [f"{gold['id']}:{n + 1}: no label" for n, line in enumerate(lines) if line.strip() and n not in labels]
        bad += [f"{gold['id']}:{n + 1}: a label {label!r} and no line, or an unknown label"
                for n, label in labels.items() if label not in known or n >= len(lines) or not lines[n].strip()]
        for entry in gold["lines"]:
            if (entry["label"] in REPEAT) != bool(entry.get("duplicate_of")):
                bad.append(f"{gold['id']}:{entry['n'] + 1}: duplicate_of and the label disagree")
            bad += [f"{gold['id']}:{entry['n'] + 1}: repeats line {n + 1}, which does not stay"
                    for n in entry.get("duplicate_of", []) if labels.get(n) != "keep"]
        bad += [f"{gold['id']}:{c['n'] + 1}: {c['cut']!r} is not in the line" for c in gold["inline"]
                if c["cut"] not in lines[c["n"]]]
        bad += [f"{gold['id']}: {e['text']!r} is not in the text" for e in gold.get("entities", [])
                if e["text"] not in gold["bytes"].decode()]
        bad += [f"{gold['id']}: no such topic as {t!r}" for t in gold["topics"] if t not in TOP_TERMS]
    print(*bad, f"{n_documents} documents", sep="\n")
    return 1 if bad or not n_documents else 0


if __name__ == "__main__":
    sys.exit(scorer.main(__doc__, copy_inputs, score, check))
