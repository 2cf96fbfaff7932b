#!/usr/bin/env python3
"""Makes unicode_tables.h from the Unicode Character Database as Debian's package unicode-data ships it.

    ./make_unicode_tables.py [/usr/share/unicode] > unicode_tables.h

The classes and flags are those of text_unicode.h; its reader is there too.
"""
import os
import re
import sys

ROOT = sys.argv[1] if len(sys.argv) > 1 else "/usr/share/unicode"
LIMIT = 0x20000  # beyond it: ideographs of planes 2 and 3, tags, private use; text_unicode.h decides those by range
BLOCK = 64

CLASSES = ("PUNCT SPACE CONTROL FORMAT MARK LETTER RUNLETTER DIGIT NUMBER KATAKANA HIRAGANA IDEOGRAPH CONNECT "
           "MIDLETTER APOSTROPHE POINT MIDNUM FLAG EMOJI MODIFIER PICTOGRAPH").split()
C = {name: i for i, name in enumerate(CLASSES)}
FLAGS = "UPPER LOWER TERMINAL COMMA OPEN CLOSE QUOTE DASH".split()
F = {name: 1 << (8 + i) for i, name in enumerate(FLAGS)}


def ranges(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as f:
        for line in f:
            line = line.split("#")[0].strip()
            if line:
                parts = [p.strip() for p in line.split(";")]
                a, _, b = parts[0].partition("..")
                yield int(a, 16), int(b or a, 16), parts[1:]


def version():
    with open(os.path.join(ROOT, "PropList.txt"), encoding="utf-8") as f:
        return re.search(r"PropList-([0-9.]+)\.txt", f.readline()).group(1)


def fill(path, want=None):
    table = {}
    for a, b, props in ranges(path):
        if want is None or props[0] in want:
            for cp in range(a, b + 1):
                table.setdefault(cp, set()).add(props[0])
    return table


def classify():
    gc = {cp: next(iter(v)) for cp, v in fill("extracted/DerivedGeneralCategory.txt").items()}
    wb = {cp: next(iter(v)) for cp, v in fill("auxiliary/WordBreakProperty.txt").items()}
    prop = fill("PropList.txt", {"White_Space", "Sentence_Terminal", "Dash", "Ideographic", "Quotation_Mark"})
    emoji = fill("emoji/emoji-data.txt")
    script = fill("Scripts.txt", {"Han", "Hiragana"})
    out = [0] * LIMIT
    apostrophes = {0x27, 0x2018, 0x2019, 0x02BC, 0xFF07}
    points = {0x2E, 0x2024, 0xFE52, 0xFF0E}
    midnum = {0x2C, 0x3A, 0x066B, 0x066C, 0x060C, 0xFE10, 0xFE50, 0xFF0C, 0xFF1A}
    midletter = {0xB7, 0x0387, 0x2027, 0x05F4}
    commas = midnum - {0x066B, 0x066C} | {0x3B, 0x37E, 0x61B, 0x3001, 0xFF1B, 0xFF64, 0x1802, 0x55D, 0x1363, 0x1364}
    terminals = {0x2E, 0x21, 0x3F, 0x2026, 0x2025, 0xFF0E, 0xFF61, 0x2024}
    for cp in range(LIMIT):
        g, w, p, e = gc.get(cp, "Cn"), wb.get(cp, "Other"), prop.get(cp, set()), emoji.get(cp, set())
        if cp == 0x200B or "White_Space" in p:
            c = "SPACE"
        elif g == "Cc" or g == "Cs":
            c = "CONTROL"
        elif cp in apostrophes:
            c = "APOSTROPHE"
        elif cp in points:
            c = "POINT"
        elif cp in midnum:
            c = "MIDNUM"
        elif cp in midletter:
            c = "MIDLETTER"
        elif w == "Regional_Indicator":
            c = "FLAG"
        elif "Emoji_Modifier" in e:
            c = "MODIFIER"
        elif "Extended_Pictographic" in e:
            whole = "Emoji_Presentation" in e or ("Emoji" in e and cp >= 0x2600 and cp not in (0x3030, 0x303D, 0x3297, 0x3299))
            c = "EMOJI" if whole else "PICTOGRAPH"
        elif w in ("Extend", "ZWJ"):
            c = "MARK"
        elif w == "Format":
            c = "FORMAT"
        elif w in ("ALetter", "Hebrew_Letter"):
            c = "LETTER"
        elif w == "Numeric" or g == "Nd":
            c = "DIGIT"
        elif w == "Katakana":
            c = "KATAKANA"
        elif w == "ExtendNumLet":
            c = "CONNECT"
        elif "Ideographic" in p or (script.get(cp) == {"Han"} and g[0] in "LN"):
            c = "IDEOGRAPH"
        elif script.get(cp) == {"Hiragana"} and g[0] == "L":
            c = "HIRAGANA"
        elif g[0] == "L":
            c = "RUNLETTER"
        elif g[0] == "M":
            c = "MARK"
        elif g[0] == "N":
            c = "NUMBER"
        else:
            c = "PUNCT"
        v = C[c]
        if g in ("Lu", "Lt"):
            v |= F["UPPER"]
        if g == "Ll":
            v |= F["LOWER"]
        if ("Sentence_Terminal" in p and cp not in (0x3B,)) or cp in terminals:
            v |= F["TERMINAL"]
        if cp in commas:
            v |= F["COMMA"]
        quote = "Quotation_Mark" in p or g in ("Pi", "Pf")
        if quote:
            v |= F["QUOTE"]
        if g == "Ps" or g == "Pi":
            v |= F["OPEN"]
        if g == "Pe" or g == "Pf":
            v |= F["CLOSE"]
        if "Dash" in p or g == "Pd":
            v |= F["DASH"]
        out[cp] = v
    return out


def folding():
    out = [0] * LIMIT
    for a, b, props in ranges("CaseFolding.txt"):
        if props[0] in "CS" and a < LIMIT:
            out[a] = int(props[1], 16) - a
    for cp in (0x2018, 0x2019, 0x201B, 0x02BC, 0xFF07):
        out[cp] = 0x27 - cp
    for cp in (0x2010, 0x2011):
        out[cp] = 0x2D - cp
    return out


def two_stage(values):
    blocks, index, seen = [], [], {}
    for at in range(0, len(values), BLOCK):
        block = tuple(values[at:at + BLOCK])
        if block not in seen:
            seen[block] = len(blocks)
            blocks.append(block)
        index.append(seen[block])
    return index, [v for block in blocks for v in block]


def emit(kind, name, values):
    print(f"static const {kind} {name}[{len(values)}] = {{")
    line = "   "
    for v in values:
        word = f" {v},"
        if len(line) + len(word) > 120:
            print(line)
            line = "   "
        line += word
    print(line)
    print("};")
    print()


def main():
    print(f"""/* unicode_tables.h: generated by make_unicode_tables.py from the Unicode Character Database {version()}. Do not edit.
 *
 * Classes and flags of code points below U+{LIMIT:X}, and their simple case folding: two-stage tables, read by
 * text_unicode.h alone.
 *
 * The data is: Copyright (c) 1991-2022 Unicode, Inc. All rights reserved. Distributed under the Terms of Use in
 * https://www.unicode.org/copyright.html. Permission is hereby granted, free of charge, to any person obtaining a copy of
 * the Unicode data files and any associated documentation (the "Data Files") or Unicode software and any associated
 * documentation (the "Software") to deal in the Data Files or Software without restriction, including without limitation
 * the rights to use, copy, modify, merge, publish, distribute, and/or sell copies of the Data Files or Software, and to
 * permit persons to whom the Data Files or Software are furnished to do so, provided that either (a) this copyright and
 * permission notice appear with all copies of the Data Files or Software, or (b) this copyright and permission notice
 * appear in associated Documentation. THE DATA FILES AND SOFTWARE ARE PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND,
 * EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
 * NONINFRINGEMENT OF THIRD PARTY RIGHTS. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR HOLDERS INCLUDED IN THIS NOTICE BE
 * LIABLE FOR ANY CLAIM, OR ANY SPECIAL INDIRECT OR CONSEQUENTIAL DAMAGES, OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF
 * USE, DATA OR PROFITS, WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN
 * CONNECTION WITH THE USE OR PERFORMANCE OF THE DATA FILES OR SOFTWARE. Except as contained in this notice, the name of a
 * copyright holder shall not be used in advertising or otherwise to promote the sale, use or other dealings in these Data
 * Files or Software without prior written authorization of the copyright holder.
 */
#ifndef TM_DOC_UNICODE_TABLES_H
#define TM_DOC_UNICODE_TABLES_H

#include <stdint.h>

#define UNICODE_TABLES_VERSION "{version()}"
#define UNICODE_TABLES_LIMIT 0x{LIMIT:X}u
#define UNICODE_TABLES_BLOCK {BLOCK}u

/* Classes: the low 8 bits. */""")
    for name in CLASSES:
        print(f"#define UC_{name} {C[name]}u")
    print("/* Flags. */")
    for name in FLAGS:
        print(f"#define UF_{name} 0x{F[name]:04x}u")
    print()
    print("/* clang-format off */")
    index, data = two_stage(classify())
    emit("uint16_t", "unicode_class_index", index)
    emit("uint16_t", "unicode_class_data", data)
    folds = folding()
    deltas = sorted(set(folds))
    deltas.remove(0)
    deltas.insert(0, 0)
    index, data = two_stage([deltas.index(d) for d in folds])
    assert len(deltas) < 256 and len(data) // BLOCK < 256
    emit("int32_t", "unicode_fold_delta", deltas)
    emit("uint8_t", "unicode_fold_index", index)
    emit("uint8_t", "unicode_fold_data", data)
    print("/* clang-format on */")
    print("#endif")


main()
