#!/usr/bin/env python3
"""Holds what README.md shows of the first command's output to what textmill prints: the article as it was found, as it came
out, and the first rows of the table.

    readme_shown.py TEXTMILL PLUGIN_DIR
"""
import os
import re
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ARTICLE = "pipelines/samples/02-stone-bridge.txt"


def mill(*args):
    command = [sys.argv[1], "run", "pipelines/news.json", *args, "-q", "--plugin-dir", sys.argv[2]]
    return subprocess.run(command, cwd=TOP, check=True, capture_output=True, text=True).stdout.splitlines()


def demo_fields():
    with open(os.path.join(TOP, "pipelines", "demo.sh"), encoding="utf-8") as f:
        return re.search(r"--fields (\S+)", f.read()).group(1)


def compare(name, shown, printed):
    """Lists of the same things: what is shown stands in what is printed, in this order, from its beginning; `...` leaves
    some out."""
    text, at = "\0".join(printed) + "\0", 0
    for number, part in enumerate("\0".join(shown).split("\0...")):
        part = part.strip("\0") + "\0"
        here = text.find(part, at) if part != "\0" else at
        if here < 0 or (number == 0 and here):
            wrong = next((w for w in part.split("\0") if w not in printed), part.replace("\0", " "))
            return ["%s: this is shown, and not printed there: %s" % (name, wrong)]
        at = here + len(part)
    return []


def main():
    with open(os.path.join(TOP, "README.md"), encoding="utf-8") as f:
        blocks = re.findall(r"^```\n(.*?)\n```$", f.read(), re.M | re.S)
    with open(os.path.join(TOP, ARTICLE), encoding="utf-8") as f:
        article = f.read().splitlines()
    table = next(b for b in blocks if b.startswith("id "))
    found, came_out = [b for b in blocks if b.startswith(article[0])]
    rows = ["\t".join(re.split(r" {2,}", line.rstrip())) for line in table.splitlines()]
    printed = [line.rstrip("\t") for line in mill("pipelines/samples", "--format", "tsv", "--fields", demo_fields())]
    problems = compare("table", rows, printed)  # by lines; articles by words, as README.md wraps them
    problems += compare("as found", found.split(), " ".join(article).split())
    problems += compare("came out", came_out.split(), " ".join(mill(ARTICLE, "--format", "text")).split())
    count = int(re.search(r"the first eleven of (\d+)", open(os.path.join(TOP, "README.md")).read()).group(1))
    if count != len(printed) - 1:
        problems.append("table: README.md tells of %d rows, %d are printed" % (count, len(printed) - 1))
    print("\n".join(problems) or "readme: what is shown is what is printed")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
