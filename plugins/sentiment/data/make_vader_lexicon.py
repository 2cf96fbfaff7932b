#!/usr/bin/env python3
"""Makes vader_lexicon.tsv anew from the npm package vader-sentiment, and emoji.tsv from Debian's unicode-data.

    npm pack vader-sentiment@1.1.3 && tar xzf vader-sentiment-1.1.3.tgz
    make_vader_lexicon.py package/vader_lexicon.txt /usr/share/unicode/emoji/emoji-test.txt OUT_FOLDER

The lexicon: word TAB mean of ten ratings, in the package's order (the last of two equal words counts). The package is of
an older state than the Python original; the entries that it lacks stand in PATCH.
"""
import hashlib
import re
import sys

SHA256 = "ffb6117bfccf798a34e91d72f50604329946e6fd763668092618d5c5b340a298"
PATCH = {"heart": "3.2", "hearts": "3.3", "flawed": "-2.1", "badass": "1.4"}


def lexicon(source, target):
    data = open(source, "rb").read()
    if hashlib.sha256(data).hexdigest() != SHA256:
        sys.exit(f"{source} is not the lexicon of vader-sentiment 1.1.3")
    lines = []
    for line in data.decode("utf-8").splitlines():
        fields = line.split("\t")
        if len(fields) >= 2 and fields[0] not in PATCH:
            lines.append(f"{fields[0]}\t{fields[1]}\n")
    lines += [f"{word}\t{value}\n" for word, value in PATCH.items()]
    open(target, "w", encoding="utf-8").writelines(lines)


def emoji(source, target):
    names = {}
    for line in open(source, encoding="utf-8"):
        found = re.match(r"([0-9A-F]+)( FE0F)?\s*;.*#\s*\S+\s+E[\d.]+\s+(.*)$", line)
        if found:
            names.setdefault(int(found.group(1), 16), found.group(3).strip())
    with open(target, "w", encoding="utf-8") as out:
        for code in sorted(names):
            out.write(f"{code:04X}\t{names[code]}\n")


if len(sys.argv) != 4:
    sys.exit(__doc__)
lexicon(sys.argv[1], f"{sys.argv[3]}/vader_lexicon.tsv")
emoji(sys.argv[2], f"{sys.argv[3]}/emoji.tsv")
