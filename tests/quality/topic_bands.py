#!/usr/bin/env python3
"""Does a topic's score mean what it says? Share of right answers by band of the score, ten bands.

    topic_bands.py DATA_DIR OUT.jsonl    DATA_DIR holds SET.jsonl {id, codes}, OUT.jsonl the records with topics

Every top term that a document was given counts, the first and the further ones: it is right where it is among `codes`. For
each band: how many there are, their mean score, the share that is right, and the difference; at the end the difference over
all of them, and the largest one of a band with at least 20 (fewer say nothing). Standard library only."""
import glob
import json
import os
import re
import sys

LEAST = 20


def code(topic):
    return re.sub(r"\D", "", str(topic.get("top") or topic.get("id") or ""))[:8]


def bands(rows, records):
    found = [[] for _ in range(10)]
    for row in rows:
        for topic in (records.get(row["id"]) or {}).get("topics") or []:
            if topic["id"] == topic["top"]:
                score = float(topic["score"])
                found[min(9, int(score * 10))].append((score, code(topic) in row["codes"]))
    return found


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    with open(sys.argv[2], encoding="utf-8") as f:
        records = {r["id"]: r for r in map(json.loads, f)}
    for path in sorted(glob.glob(os.path.join(sys.argv[1], "*.jsonl"))):
        with open(path, encoding="utf-8") as f:
            rows = [json.loads(line) for line in f if line.strip()]
        worst, off, n = 0.0, 0.0, 0
        for i, band in enumerate(bands(rows, records)):
            if not band:
                continue
            mean = sum(s for s, _ in band) / len(band)
            right = sum(r for _, r in band) / len(band)
            print("%-8s score %.1f-%.1f   n %4d   mean score %.3f   right %.3f   difference %+.3f" % (
                os.path.basename(path)[:-6], i / 10, (i + 1) / 10, len(band), mean, right, right - mean))
            off += abs(right - mean) * len(band)
            n += len(band)
            if len(band) >= LEAST:
                worst = max(worst, abs(right - mean))
        print("         difference, mean over topics %.3f   largest of a band with %d or more %.3f" % (
            off / max(1, n), LEAST, worst))


if __name__ == "__main__":
    main()
