#!/usr/bin/env python3
"""A stage in Python: for every document a line comes in, for every line one goes out."""
import json
import re
import sys

for line in sys.stdin:
    doc = json.loads(line)
    words = re.findall(r"\w+", doc["text"])
    sentences = [s for s in re.split(r"[.!?]+", doc["text"]) if s.strip()]
    if not words:
        answer = {"drop": "no-words"}
    else:
        answer = {"readability": {"words": len(words), "words_per_sentence": round(len(words) / len(sentences), 1)}}
    print(json.dumps(answer), flush=True)
