#!/usr/bin/env python3
"""Scores the names found in German, Spanish and French samples. Standard library only.

    names.py inputs IN.jsonl
    textmill run PIPELINE IN.jsonl -o OUT.jsonl     PIPELINE: { "stages": [ { "use": "lang" }, { "use": "entities" } ] }
    names.py score [-v] OUT.jsonl                   -v: every name that came out wrong, or was missed
    names.py check                                  is the gold sound? exit status 1 where it is not

The samples, abroad/LANG-NAME.txt, were written for this repository, with their names marked [TYPE|name]; people in them
are invented. A mention is right where its type and its span are those of the gold; GPE and LOC count as one.
It measures and does not judge: the exit status is 0 whenever it could score.
"""
import json
import re
import sys
from collections import Counter
from pathlib import Path

import scorer

FOLDER = Path(__file__).resolve().parent / "abroad"
MARK = re.compile(r"\[(PERSON|ORG|GPE|LOC|EVENT|MISC)\|([^\]|]+)\]")


def read(path):
    """The text of a sample, and its names as (start, end) in bytes -> type."""
    text, names, at = "", {}, 0
    marked = path.read_text(encoding="utf-8")
    for m in MARK.finditer(marked):
        text += marked[at:m.start()]
        start = len(text.encode())
        text += m[2]
        names[(start, len(text.encode()))] = kind(m[1])
        at = m.end()
    return text + marked[at:], names


def kind(name):
    return "LOC" if name == "GPE" else name


def samples():
    for path in sorted(FOLDER.glob("*.txt")):
        text, names = read(path)
        yield path.stem, text, names


def inputs(path):
    with open(path, "w", encoding="utf-8") as f:
        for name, text, _ in samples():
            f.write(json.dumps({"id": name, "text": text}, ensure_ascii=False) + "\n")


def line(head, right, found, marked):
    p, r = right / found if found else 1.0, right / marked if marked else 1.0
    return f"{head:8s}P {p:.3f}  R {r:.3f}   (right {right}, found {found}, marked {marked})"


def score(path, verbose):
    records = {}
    for record in map(json.loads, Path(path).read_bytes().splitlines()):
        records[record["id"]] = record
    counts, documents = Counter(), Counter()
    for name, text, gold in samples():
        record, lang, raw = records.get(name), name.split("-")[0], text.encode()
        documents[lang] += 1
        found = {}
        if record is None or record.get("text") != text:
            print(f"{name}: no record, or another text")
        else:
            found = {(m["start"], m["end"]): kind(e["type"]) for e in record["entities"] for m in e["mentions"]}
        for t in set(gold.values()) | set(found.values()):
            of = {s for s in found if found[s] == t}
            want = {s for s in gold if gold[s] == t}
            counts[lang, t, "right"] += len(of & want)
            counts[lang, t, "found"] += len(of)
            counts[lang, t, "marked"] += len(want)
        if verbose:
            for s in sorted(found.keys() | gold.keys()):
                if found.get(s) != gold.get(s):
                    print(f"{name}: {raw[s[0]:s[1]].decode('utf-8', 'replace')}: {gold.get(s, 'no name')}, "
                          f"came out as {found.get(s, 'none')}")
    for lang, n in documents.items():
        print(f"{lang}: {n} documents, lang told in "
              f"{sum(records.get(i, {}).get('lang') == lang for i, _, _ in samples() if i.startswith(lang))}")
        for t in ("PERSON", "LOC", "ORG", "EVENT", "MISC", "all"):
            c = [sum(v for k, v in counts.items() if k[0] == lang and k[2] == what and t in (k[1], "all"))
                 for what in ("right", "found", "marked")]
            if any(c):
                print("  " + line(t, *c))


def check():
    """Every mark is whole, every sample has names."""
    bad, n = [], 0
    for name, text, names in samples():
        n += 1
        if "[" in text or "|" in text.replace(" | ", "") or not names:
            bad.append(f"{name}: a mark that is not whole, or no name")
    print(*bad, f"{n} samples", sep="\n")
    return 1 if bad or not n else 0


if __name__ == "__main__":
    sys.exit(scorer.main(__doc__, inputs, score, check))
