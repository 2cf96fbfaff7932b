#!/usr/bin/env python3
"""Tells whether a pipeline keeps the same words of a text that was wrapped at a column. Standard library only.

    rewrap.py [-v] [--width 72] TEXTMILL PIPELINE DIR...     DIR: .txt and .jsonl files

Each document runs with its lines as they are and wrapped, in three forms. Documents that are wrapped as they stand are
left as they are. Then each is joined to one line.

lines    documents of which the same words are kept, blank lines where they stand; words that came or went
bare     the same without blank lines: nothing but line ends between the paragraphs
blank    the same with a blank line between all lines
joined   words of the documents on one line that were cut, by the kind of cut
-v names the documents and the words.
"""
import argparse
import collections
import difflib
import json
import re
import subprocess
import tempfile
import textwrap
from pathlib import Path

WORD = re.compile(r"\w+")


def documents(folders):
    texts = {}
    for folder in folders:
        for path in sorted(Path(folder).glob("*.txt")):
            texts[path.stem] = path.read_bytes().decode("utf-8", "replace")
        for path in sorted(Path(folder).glob("*.jsonl")):
            for line in path.read_text(encoding="utf-8").splitlines():
                record = json.loads(line)
                texts[str(record["id"])] = record["text"]
    return texts


def lines_of(text):
    return [line for line in text.splitlines() if line.strip()]


def is_wrapped(text):
    """Many lines go on in lower case."""
    lines = lines_of(text)
    return sum(line[:1].islower() for line in lines) * 3 > len(lines) > 4


def in_form(name, text):
    if name == "lines":
        return text
    return ("\n" if name == "bare" else "\n\n").join(lines_of(text))


def wrapped(text, width):
    return "\n".join("\n".join(textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False)) or line
                     for line in text.splitlines())


def run(args, texts):
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / "in.jsonl", Path(folder) / "out.jsonl"
        with source.open("w", encoding="utf-8") as f:
            for key, text in texts.items():
                f.write(json.dumps({"id": key, "text": text}) + "\n")
        subprocess.run([args.textmill, "run", args.pipeline, source, "-o", out, "-q"], check=False)
        return {r["id"]: r for r in map(json.loads, out.read_text(encoding="utf-8").splitlines())}


def compare(args, name, base, other):
    same, came, went = 0, 0, 0
    for key, record in base.items():
        a, b = WORD.findall(record["text"]), WORD.findall(other[key]["text"])
        same += a == b
        if a == b:
            continue
        if args.verbose:
            print(f"  {key}")
        for tag, i, j, m, n in difflib.SequenceMatcher(None, a, b, False).get_opcodes():
            if tag == "equal":
                continue
            came += n - m
            went += j - i
            if args.verbose:
                print(f"    gone: {' '.join(a[i:j])}   come: {' '.join(b[m:n])}")
    print(f"{name:8s}{same} of {len(base)} documents keep the same words; {came} words came, {went} went")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-v", "--verbose", action="store_true")
    parser.add_argument("--width", type=int, default=72)
    parser.add_argument("textmill")
    parser.add_argument("pipeline")
    parser.add_argument("folder", nargs="+")
    args = parser.parse_args()
    texts = documents(args.folder)
    for name in ("lines", "bare", "blank"):
        plain, other = {}, {}
        for key, text in texts.items():
            plain[key] = other[key] = text
            if not is_wrapped(text):
                plain[key] = in_form(name, text)
                other[key] = wrapped(plain[key], args.width)
        compare(args, name, run(args, plain), run(args, other))
    joined = {key: " ".join(lines_of(text)) for key, text in texts.items()}
    cut, total = collections.Counter(), 0
    for key, record in run(args, joined).items():
        source = joined[key].encode()
        total += len(WORD.findall(joined[key]))
        for one in record.get("removed", []):
            cut[one["kind"]] += len(WORD.findall(source[one["start"]:one["end"]].decode("utf-8", "replace")))
    kinds = ", ".join(f"{kind} {n}" for kind, n in cut.most_common()) or "none"
    print(f"joined  words cut of {total}: {kinds}")


if __name__ == "__main__":
    main()
